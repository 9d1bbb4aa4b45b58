"""`flask search query`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from forum.accounts.models import User
from forum.core.viewer import Role
from forum.search import backends, indexer
from tests.factories.accounts import a_member, an_admin
from tests.factories.discussions import a_board, a_reply, a_thread


@pytest.fixture(autouse=True)
def site(app: Flask, fixed_now: datetime) -> tuple[User, User]:
    """A member and an admin, with a thread that both may read and one that only the admin may."""
    member, admin = a_member("siti"), an_admin("bos")
    thread = a_thread(member, a_board(), title="Lampu jalan padam di gang", body="Sudah dua minggu.")
    a_reply(member, thread, body="Catat nomor tiang.")
    a_thread(admin, a_board(readers=[Role.ADMIN]), title="Anggaran lampu jalan", body="Rahasia.")
    indexer.rebuild()
    return member, admin


def run(app: Flask, *arguments: str, given: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["search", "query", *arguments], input=given)


def answer(app: Flask, *arguments: str) -> dict[str, Any]:
    done = run(app, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


def test_hits_are_told_as_json(app: Flask) -> None:
    found = answer(app, "lampu gang padam")
    assert found["good"] is True
    first = found["hits"][0]
    assert {key: first[key] for key in ("kind", "id", "title", "url", "good", "reply")} == {
        "kind": "diskusi",
        "id": 1,
        "title": "Lampu jalan padam di gang",
        "url": "/diskusi/1-lampu-jalan-padam-di-gang",
        "good": True,
        "reply": None,
    }
    assert first["score"] > 0


def test_the_reply_that_answers_is_named(app: Flask) -> None:
    [hit] = answer(app, "nomor tiang")["hits"]
    assert hit["url"] == "/diskusi/1-lampu-jalan-padam-di-gang"
    assert hit["reply"]["url"].startswith("/diskusi/1-lampu-jalan-padam-di-gang?balasan=")


def test_everything_is_found_unless_somebody_searches(app: Flask) -> None:
    assert answer(app, "lampu jalan")["total"] == 2
    assert answer(app, "lampu jalan", "--as", "bos")["total"] == 2
    assert answer(app, "lampu jalan", "--as", "@Siti")["total"] == 1
    assert len(answer(app, "lampu jalan", "--limit", "1")["hits"]) == 1


def test_lines_are_answered_one_by_one(app: Flask) -> None:
    lines = [{"id": "a", "query": "lampu gang"}, {"id": 2, "query": ""}, {"id": None, "query": 'tag:" -'}]
    done = run(app, "--jsonl", given="\n".join(map(json.dumps, lines)) + "\n\n")
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in answers] == ["a", 2, None]
    assert answers[0]["hits"][0]["id"] == 1
    assert answers[1]["hits"] == []


@pytest.mark.parametrize("line", ["x", "[]", '{"id": 1}', '{"query": "x"}', '{"id": 1, "query": 5}'])
def test_a_bad_line_ends_it_with_a_sentence(app: Flask, line: str) -> None:
    done = run(app, "--jsonl", given=line)
    assert done.exit_code == 2
    assert "Line 1" in done.stderr


def test_what_waits_is_indexed_first(app: Flask, site: tuple[User, User]) -> None:
    a_thread(site[0], a_board(), title="Trotoar retak di terminal", body="Isi.")
    assert answer(app, "trotoar retak")["hits"][0]["title"] == "Trotoar retak di terminal"


def test_it_does_not_wait_for_another_writer(app: Flask, site: tuple[User, User]) -> None:
    a_thread(site[0], a_board(), title="Trotoar retak di terminal", body="Isi.")
    with backends.current().lock():
        assert answer(app, "lampu jalan")["total"] == 2
        assert answer(app, "trotoar retak")["total"] == 0


def test_nobody_of_that_name_is_a_sentence(app: Flask) -> None:
    done = run(app, "lampu", "--as", "siapa")
    assert done.exit_code == 1
    assert done.stderr == "Error: There is no account with the username 'siapa'.\n"


def test_people_get_text(app: Flask) -> None:
    done = run(app, "lampu gang padam warna:biru")
    assert done.exit_code == 0
    assert "“warna:” bukan operator" in done.stdout
    assert "[diskusi] Lampu jalan padam di gang" in done.stdout


def test_text_or_lines_but_not_both(app: Flask) -> None:
    assert run(app).exit_code == 2
    assert run(app, "lampu", "--jsonl").exit_code == 2
