"""What is like a title or a thread: before a question is asked twice, and below what is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import transaction
from forum.discussions.models import Board, Thread
from forum.discussions.services import reading
from forum.discussions.services.writing import Written
from tests.factories.accounts import a_member, a_unit, sign_in, viewer_for
from tests.factories.discussions import a_board, a_key, a_thread
from tests.factories.forms import send
from tests.factories.recount import row_count

Page = Callable[..., str]
TITLE = "Lampu jalan gang padam berminggu-minggu"
TEXT = "Sudah dilaporkan tiga kali dan belum ditangani."


@pytest.fixture
def board(app: object) -> Board:
    return a_board("jalan", name="Jalan dan lampu")


@pytest.fixture
def original(author: User, board: Board) -> Written:
    for title in ("Antrean panjang di loket kependudukan", "Syarat cuti besar bagi pegawai"):
        a_thread(author, board, title=title)
    return a_thread(author, board, title=TITLE)


def question(**changes: Any) -> dict[str, Any]:
    return {
        "title": TITLE,
        "board": "jalan",
        "kind": "question",
        "body": TEXT,
        "tags": "lampu",
        "key": a_key(),
        **changes,
    }


class TestWhileTyping:
    def test_a_like_title_is_shown_in_a_new_tab(self, page: Page, original: Written) -> None:
        html = page("/cari/serupa", judul="lampu jalan padam di gang")
        assert "1 diskusi serupa ditemukan" in html
        assert re.search(rf'<a href="{original.url}" target="_blank" rel="noopener">', html)

    @pytest.mark.parametrize("title", ["", "lampu jalan", "xxxxxxxxxxxxxxx yyyyyyyyyyyyyy", "\x00" * 30])
    def test_a_short_or_strange_title_is_like_nothing(self, page: Page, original: Written, title: str) -> None:
        assert page("/cari/serupa", judul=title).strip() == ""


class TestWithoutScripts:
    def test_the_first_send_shows_what_is_like_it_and_the_second_posts(
        self, page: Page, signed_in: FlaskClient, original: Written
    ) -> None:
        page()
        fields = question()
        answer = send(signed_in, "/diskusi/baru", **fields)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert row_count(Thread) == 3
        assert original.url in html
        assert "Tetap kirim" in html
        for name in ("title", "body", "tags", "key"):
            assert fields[name] in html, name
        assert '<option value="jalan" selected' in html
        seen = re.search(r'name="similar_seen"\s+value="(\w+)"', html)[1]
        assert send(signed_in, "/diskusi/baru", **fields, similar_seen=seen).status_code == 303
        assert row_count(Thread) == 4

    def test_a_title_like_no_other_is_posted_at_once(
        self, page: Page, signed_in: FlaskClient, original: Written
    ) -> None:
        page()
        answer = send(signed_in, "/diskusi/baru", **question(title="Bagaimana menghitung tunjangan kinerja"))
        assert answer.status_code == 303

    def test_a_text_that_has_the_words_of_the_title_holds_nobody_up(
        self, page: Page, signed_in: FlaskClient, author: User, board: Board, original: Written
    ) -> None:
        a_thread(author, board, title="Parit tersumbat", body="Bagaimana menghitung tunjangan kinerja pegawai?")
        title = "Bagaimana menghitung tunjangan kinerja"
        assert "Parit tersumbat" in page("/cari/serupa", judul=title)
        assert send(signed_in, "/diskusi/baru", **question(title=title)).status_code == 303

    def test_a_form_that_is_sent_twice_makes_one_thread(
        self, page: Page, signed_in: FlaskClient, original: Written
    ) -> None:
        fields = question(title="Bagaimana menghitung tunjangan kinerja")
        first = send(signed_in, "/diskusi/baru", **fields)
        page()
        again = send(signed_in, "/diskusi/baru", **fields)
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])

    def test_mistakes_are_told_after_what_is_like_it(
        self, page: Page, signed_in: FlaskClient, original: Written
    ) -> None:
        page()
        answer = send(signed_in, "/diskusi/baru", **question(body="", similar_seen="1"))
        assert answer.status_code == 422
        assert TITLE in answer.get_data(as_text=True)


class TestWordsCarriedOver:
    def test_the_title_is_filled_in(self, signed_in: FlaskClient, board: Board) -> None:
        html = signed_in.get("/diskusi/baru?judul=lampu+%3Cb%3E+padam&papan=jalan").get_data(as_text=True)
        assert 'value="lampu &lt;b&gt; padam"' in html
        assert '<option value="jalan" selected' in html

    @pytest.mark.parametrize("title", ["x" * 9000, "\x00", "%FF", "\u202e\u200b"])
    def test_odd_titles_are_cut_to_what_a_title_may_be(self, signed_in: FlaskClient, board: Board, title: str) -> None:
        html = signed_in.get("/diskusi/baru", query_string={"judul": title}).get_data(as_text=True)
        value = re.search(r'id="title"\s+name="title" value="([^"]*)"', html)[1]
        assert len(unescape(value)) <= 150

    def test_a_draft_is_kept_and_the_other_title_offered(
        self, signed_in: FlaskClient, author: User, board: Board
    ) -> None:
        by = viewer_for(author)
        with transaction():
            reading.save_draft(by, "new", {"title": "Judul draf saya", "body": "Isi draf saya"})
        html = signed_in.get("/diskusi/baru?judul=lampu+padam").get_data(as_text=True)
        assert 'value="Judul draf saya"' in html
        assert "Judul “lampu padam” tidak menggantikannya." in html
        html = signed_in.get("/diskusi/baru?judul=lampu+padam&pakai=1").get_data(as_text=True)
        assert 'value="lampu padam"' in html
        assert "Isi draf saya" in html

    def test_a_draft_without_a_title_gets_it(self, signed_in: FlaskClient, author: User, board: Board) -> None:
        by = viewer_for(author)
        with transaction():
            reading.save_draft(by, "new", {"title": "", "body": "Isi draf saya"})
        html = signed_in.get("/diskusi/baru?judul=lampu+padam").get_data(as_text=True)
        assert 'value="lampu padam"' in html
        assert "tidak menggantikannya" not in html


class TestBelowAThread:
    def test_the_thread_links_to_a_page_that_shows_others_but_not_itself(
        self, page: Page, author: User, board: Board, original: Written
    ) -> None:
        other = a_thread(author, board, title="Lampu jalan padam di gang sempit")
        assert f'<a href="{original.url}/serupa">' in page(original.url)
        html = page(f"{original.url}/serupa").partition('id="serupa"')[2].partition("</ul>")[0]
        assert f'href="{other.url}"' in html
        assert f'href="{original.url}"' not in html

    def test_a_thread_like_no_other_says_so(self, page: Page, original: Written) -> None:
        assert "Belum ada yang serupa." in page(f"{original.url}/serupa")

    def test_any_words_lead_to_the_right_ones(self, signed_in: FlaskClient, original: Written) -> None:
        answer = signed_in.get(f"/diskusi/{original.thread_id}-lain/serupa")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{original.url}/serupa")

    def test_of_a_board_that_one_may_not_read_nothing_is_there(self, page: Page, client: FlaskClient) -> None:
        unit = a_unit().id
        writer, closed = a_member(unit_id=unit), a_board(readers=[unit])
        secret = a_thread(writer, closed, title=f"{TITLE} rahasia")
        own = a_thread(writer, a_board(), title=TITLE)
        assert "rahasia" not in page(f"{own.url}/serupa")
        page(f"{secret.url}/serupa", expected=404)
        sign_in(client, writer)
        assert "rahasia" in client.get(f"{own.url}/serupa").get_data(as_text=True)
