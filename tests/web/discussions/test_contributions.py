"""A person's threads, replies and accepted answers on their profile."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from forum.core import clock
from forum.core.db import transaction
from forum.core.timing import Meter
from forum.discussions.queries import contributions
from forum.discussions.services import curating
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete, replies


def titles(page: contributions.Lines) -> list[str]:
    return [line.title for line in page[0]]


def test_a_profile_shows_threads_replies_and_accepted_answers(client: FlaskClient) -> None:
    board, budi, siti = a_board(), a_member("budi"), a_member("siti")
    asked = a_thread(siti, board, title="Bagaimana mengganti lampu jalan")
    a_thread(budi, board, title="Cara kami merawat taman kota", kind="practice")
    answer = a_reply(budi, asked, body="Hubungi petugas di nomor layanan.")
    asker = viewer_for(siti)
    with transaction():
        curating.solve(asker, answer.post_id, on=True)
    sign_in(client, siti)
    page = client.get("/profil/budi").get_data(as_text=True)
    assert "Cara kami merawat taman kota" in page
    assert "Bagaimana mengganti lampu jalan" not in page
    for tab in ("balasan", "solusi"):
        page = client.get(f"/profil/budi?tab={tab}").get_data(as_text=True)
        assert "Bagaimana mengganti lampu jalan" in page
        assert "Hubungi petugas di nomor layanan." in page
        assert "Jawaban diterima" in page
        assert f"?balasan={answer.post_id}#p-{answer.post_id}" in page
    assert client.get("/profil/siti").get_data(as_text=True).count("Terjawab") == 1


def test_nobody_sees_on_a_profile_what_they_may_not_read(app: object) -> None:
    unit = a_unit().id
    inside = a_member(unit_id=unit)
    secret = a_thread(inside, a_board(readers=[unit]))
    a_reply(inside, secret)
    person = inside.id
    for viewer in (viewer_for(a_member()), viewer_for(a_moderator(boards=[]))):
        assert contributions.thread_count(viewer, person) == 0
        assert contributions.reply_count(viewer, person) == 0
        assert contributions.threads(viewer, person, None) == ((), None)
        assert contributions.replies(viewer, person, None) == ((), None)
    for viewer in (viewer_for(inside), viewer_for(an_admin())):
        assert contributions.thread_count(viewer, person) == contributions.reply_count(viewer, person) == 1


def test_what_was_deleted_is_on_nobodys_profile_not_even_for_an_admin(app: object) -> None:
    board, budi, admin = a_board(), a_member(), an_admin()
    standing, gone = a_thread(budi, board), a_thread(budi, board)
    a_reply(budi, gone)
    delete(admin, a_reply(budi, standing).post_id)
    delete(admin, gone.post_id)
    viewer = viewer_for(admin)
    assert contributions.thread_count(viewer, budi.id) == len(titles(contributions.threads(viewer, budi.id, None))) == 1
    assert contributions.reply_count(viewer, budi.id) == len(titles(contributions.replies(viewer, budi.id, None))) == 0


def test_an_answer_counts_as_solution_only_while_it_is_one(app: object) -> None:
    budi, board = a_member(), a_board()
    thread = a_thread(budi, board)
    first, second = a_reply(budi, thread), a_reply(budi, thread)
    viewer = viewer_for(budi)
    for chosen, on in ((first, True), (second, True), (second, False)):
        with transaction():
            curating.solve(viewer, chosen.post_id, on=on)
        lines = contributions.solutions(viewer, budi.id, None)[0]
        assert [line.url for line in lines] == ([chosen.url] if on else [])
        assert contributions.solution_count(viewer, budi.id) == len(lines)


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(microseconds=1), timedelta(hours=1)])
def test_paging_shows_every_reply_once_latest_first(app: object, apart: timedelta) -> None:
    budi = a_member()
    thread = a_thread(budi, a_board())
    made = []
    for n in range(45):
        with clock.fixed(NOW + n * apart):
            made.append(a_reply(budi, thread).url)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        lines, cursor = contributions.replies(viewer_for(budi), budi.id, cursor)
        seen += [line.url for line in lines]
    assert cursor is None
    assert seen == made[::-1]


def test_a_profile_costs_the_same_however_much_was_written(client: FlaskClient, meter: Meter) -> None:
    budi = a_member("budi")
    thread = a_thread(budi, a_board())
    sign_in(client, a_member())

    def statements(tab: str) -> int:
        header = client.get(f"/profil/budi?tab={tab}").headers["Server-Timing"]
        return int(re.search(r'sql;desc="(\d+)"', header)[1])

    before = {tab: statements(tab) for tab in ("diskusi", "balasan", "solusi")}
    replies(budi, thread, [None] * 30)
    assert {tab: statements(tab) for tab in before} == before
    assert max(before.values()) <= 8


@pytest.mark.parametrize("query", ["tab=xyz", "tab=balasan&setelah=xyz", "setelah=Zg", "tab=balasan&setelah=%FF"])
def test_an_unknown_tab_or_a_forged_cursor_is_not_found(client: FlaskClient, query: str) -> None:
    sign_in(client, a_member("budi"))
    assert client.get(f"/profil/budi?{query}").status_code == 404


def test_the_boards_of_a_limited_moderator_are_named_as_far_as_the_viewer_may_know(client: FlaskClient) -> None:
    unit = a_unit().id
    known, hidden = a_board(name="Papan Jalan"), a_board(name="Papan Rahasia", readers=[unit])
    a_moderator("mila", boards=[known.id, hidden.id])
    sign_in(client, a_member())
    page = client.get("/profil/mila").get_data(as_text=True)
    assert "Papan Jalan" in page
    assert "Papan Rahasia" not in page
    sign_in(client, a_member(unit_id=unit))
    assert "Papan Rahasia" in client.get("/profil/mila").get_data(as_text=True)
