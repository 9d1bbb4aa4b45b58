"""What the search field offers, and the word that a result was opened."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.factories.accounts import a_member, sign_in
from tests.factories.discussions import a_board, a_thread
from tests.factories.forms import send
from tests.factories.snapshot import snapshot

Page = Callable[..., str]


def groups(html: str) -> dict[str, list[str]]:
    """The labels of the options, by group."""
    return {
        label: re.findall(r'role="option"[^>]*>([^<]*)</a>', options)
        for label, options in re.findall(
            r'role="group" aria-label="([^"]*)">(.*?)</div>\s*(?=<div role|<p)', html, re.DOTALL
        )
    }


def test_titles_and_tags_come_in_groups_and_the_search_itself_last(page: Page, author: User) -> None:
    thread = a_thread(author, a_board(), title="Lampu jalan padam", tags="lampu jalan")
    html = page("/cari/saran", q="lam")
    assert list(groups(html).items()) == [
        ("Diskusi", ["Lampu jalan padam"]),
        ("Tag", ["lampu jalan"]),
        ("Cari", ["Cari “lam”"]),
    ]
    assert f'href="{thread.url}"' in html
    assert 'href="/cari?q=lam"' in html
    assert "3 saran" in html


def test_each_option_has_an_id_of_its_own(page: Page, author: User) -> None:
    for n in range(4):
        a_thread(author, a_board(), title=f"Lampu jalan {n}", tags="lampu")
    ids = re.findall(r'id="(saran-\d+)"', page("/cari/saran", q="lampu"))
    assert len(ids) == len(set(ids)) == 6


@pytest.mark.parametrize("q", ["", "a", " ", "\x00"])
def test_too_little_gets_nothing(page: Page, q: str) -> None:
    assert 'role="option"' not in page("/cari/saran", q=q)


def test_suggestions_write_nothing(page: Page, signed_in: FlaskClient, author: User) -> None:
    a_thread(author, a_board(), title="Lampu jalan padam")
    page("/cari/saran", q="lampu")
    before = snapshot(frozenset({"user_sessions"}))
    for q in ("la", "lam", "lamp", "lampu"):
        signed_in.get("/cari/saran", query_string={"q": q})
    signed_in.get("/cari/serupa", query_string={"judul": "Lampu jalan padam"})
    assert snapshot(frozenset({"user_sessions"})) == before


def test_every_page_has_one_search_field(signed_in: FlaskClient, index: object) -> None:
    for path in ("/", "/cari", "/diskusi", "/papan", "/tidak-ada", "/akun"):
        html = signed_in.get(path).get_data(as_text=True)
        assert html.count('role="search"') == 1, path


class TestOpened:
    def log_of(self, html: str) -> str:
        return re.search(r'data-log="(\d+)"', html)[1]

    def test_it_is_counted_for_ones_own_search(self, page: Page, signed_in: FlaskClient, author: User) -> None:
        a_thread(author, a_board(), title="Lampu jalan padam")
        html = page(q="lampu")
        key = re.search(r'data-key="(\w+:\d+)"', html)[1]
        answer = send(signed_in, "/cari/dibuka", json=True, log=self.log_of(html), key=key)
        assert (answer.status_code, answer.get_data()) == (204, b"")
        assert snapshot()["search_log"][0].count(repr(key)) == 1

    @pytest.mark.parametrize(
        "key", ["", "thread", "thread:", "thread:0", "user:1", "thread:1:2", "post:١", "post:" + "9" * 30]
    )
    @pytest.mark.parametrize("log", ["", "0", "-1", "abc", "9" * 30])
    def test_what_is_no_result_is_not_found(self, signed_in: FlaskClient, log: str, key: str) -> None:
        assert send(signed_in, "/cari/dibuka", log=log, key=key).status_code == 404
        assert send(signed_in, "/cari/dibuka", log="1", key=key).status_code == 404

    def test_anothers_search_does_not_change(self, page: Page, client: FlaskClient, author: User) -> None:
        a_thread(author, a_board(), title="Lampu jalan padam")
        log = self.log_of(page(q="lampu"))
        before = snapshot()["search_log"]
        sign_in(client, a_member())
        send(client, "/cari/dibuka", log=log, key="thread:1")
        assert snapshot()["search_log"] == before
        assert len(before) == 1

    def test_it_needs_a_token(self, signed_in: FlaskClient) -> None:
        assert signed_in.post("/cari/dibuka", data={"log": "1", "key": "thread:1"}).status_code == 400
