"""The page of results: what is found, every way on from there, and that nothing typed breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core import clock, ratelimit
from forum.core.db import transaction
from forum.discussions.models import Board
from forum.discussions.services import curating
from forum.search import backends
from forum.search.documents import Unavailable
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_unit, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete

Page = Callable[..., str]

HIT = re.compile(r'<li class="hit.*?</li>', re.DOTALL)
NASTY = "<script>alert(1)</script>"


def hits(html: str) -> list[str]:
    return HIT.findall(html)


def titles(html: str) -> list[str]:
    """The titles of the hits, without marks."""
    found = re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", html, re.DOTALL)
    return [unescape(re.sub(r"</?mark>", "", title)) for title in found]


def links(html: str, label: str) -> list[str]:
    """The addresses of links whose text holds `label`."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [unescape(url) for url, text in found if label in unescape(re.sub("<[^>]+>", "", text))]


@pytest.fixture
def board(app: Flask) -> Board:
    return a_board("kependudukan", name="Kependudukan")


class TestResults:
    def test_a_thread_is_found_by_another_form_of_its_word_which_is_marked(
        self, page: Page, author: User, board: Board
    ) -> None:
        thread = a_thread(author, board, title="Penanganan keluhan warga di loket")
        html = page(q="menangani")
        assert titles(html) == ["Penanganan keluhan warga di loket"]
        assert "<mark>Penanganan</mark> keluhan" in html
        assert f'href="{thread.url}"' in hits(html)[0]
        assert "1 hasil" in html

    def test_the_best_reply_is_named_and_linked(self, page: Page, author: User, board: Board) -> None:
        thread = a_thread(author, board, title="Kartu hilang di jalan")
        reply = a_reply(author, thread, body="Buat surat kehilangan dari kepolisian lebih dahulu.")
        html = page(q="kepolisian")
        (hit,) = hits(html)
        assert titles(html) == ["Kartu hilang di jalan"]
        assert links(hit, "Balasan terbaik") == [f"{thread.url}?balasan={reply.post_id}#p-{reply.post_id}"]
        assert "<mark>kepolisian</mark>" in hit
        by = viewer_for(author)
        with transaction():
            curating.solve(by, reply.post_id, on=True)
        html = page(q="kepolisian")
        assert links(html, "Jawaban diterima")
        assert "Terjawab" in hits(html)[0]

    def test_the_query_stays_in_its_field_and_in_the_title(self, page: Page) -> None:
        html = page(q='tag:ktp "surat pindah"')
        assert 'value="tag:ktp &#34;surat pindah&#34;"' in html
        assert "<title>tag:ktp &#34;surat pindah&#34; · Pencarian" in html

    def test_results_are_paged_and_a_page_that_is_not_there_is_not_found(
        self, page: Page, author: User, board: Board
    ) -> None:
        for n in range(23):
            a_thread(author, board, title=f"Lampu jalan nomor {n}")
        first, second = page(q="lampu"), page(q="lampu", hal="2")
        assert (len(hits(first)), len(hits(second))) == (20, 3)
        assert not set(titles(first)) & set(titles(second))
        assert 'href="/cari?q=lampu&amp;hal=2"' in first
        assert 'href="/cari?q=lampu"' in second
        page(q="lampu", hal="3", expected=404)

    @pytest.mark.parametrize("hal", ["0", "-1", "51", "abc", "1.5", "١", "9" * 400, "%00"])
    def test_what_is_no_page_is_not_found(self, page: Page, hal: str) -> None:
        page(q="lampu", hal=hal, expected=404)

    def test_by_date_the_latest_comes_first(self, page: Page, author: User, board: Board) -> None:
        for n in range(3):
            with clock.fixed(NOW + timedelta(minutes=n)):
                a_thread(author, board, title=f"Lampu jalan nomor {n}")
        html = page(q="lampu", urut="terbaru")
        assert titles(html) == [f"Lampu jalan nomor {n}" for n in (2, 1, 0)]
        assert links(html, "Relevansi") == ["/cari?q=lampu"]

    def test_a_page_of_twenty_hits_weighs_at_most_40_kb(self, page: Page, board: Board) -> None:
        for n in range(20):
            unit = a_unit(f"Dinas Pemberdayaan Masyarakat dan Urusan Nomor {n}")
            writer = a_member(name=f"Pegawai Dengan Nama Panjang {n}", unit_id=unit.id)
            place = a_board(name=f"Papan Tempat Bertanya Nomor {n}")
            a_thread(writer, place, title=f"Lampu jalan padam berminggu-minggu di gang {n}", body="lampu padam " * 60)
        html = page(q="lampu padam")
        assert len(hits(html)) == 20
        assert len(html.encode()) <= 40_000

    def test_the_page_says_where_results_of_a_search_are_counted(self, page: Page, author: User, board: Board) -> None:
        a_thread(author, board, title="Lampu jalan nomor satu")
        assert re.search(r'<ol class="hits"\s+data-q="lampu" data-log="\d+"', page(q="lampu"))
        for narrower in ({"urut": "terbaru"}, {"papan": "kependudukan"}):
            assert "data-log" not in page(q="lampu", **narrower)


class TestFacets:
    @pytest.fixture
    def threads(self, author: User, board: Board) -> None:
        other = a_board("jalan", name="Jalan dan lampu")
        a_thread(author, board, title="Lampu kantor dukcapil mati")
        for n in range(2):
            a_thread(author, other, title=f"Lampu jalan mati {n}")

    def test_they_are_a_form_with_counts_that_keeps_the_query(self, page: Page, threads: None) -> None:
        form = page(q="lampu").partition('<details class="facets"')[2].partition("</form>")[0]
        assert '<input type="hidden" name="q" value="lampu">' in form
        assert re.search(r'name="papan" value="jalan">Jalan dan lampu <span>2</span>', form)
        assert re.search(r'name="papan" value="kependudukan">Kependudukan <span>1</span>', form)
        assert 'name="tahun"' in form

    def test_a_chosen_value_narrows_is_checked_and_can_be_taken_away(self, page: Page, threads: None) -> None:
        html = page(q="lampu", papan="jalan", tahun=str(clock.now().year))
        assert len(hits(html)) == 2
        assert 'name="papan" value="jalan" checked' in html
        assert links(html, "Papan: Jalan dan lampu") == [f"/cari?q=lampu&tahun={clock.now().year}"]
        assert links(html, "Hapus semua") == ["/cari?q=lampu"]

    def test_several_values_of_one_facet_widen_it(self, page: Page, threads: None) -> None:
        assert len(hits(page(q="lampu", papan=["jalan", "kependudukan"]))) == 3

    def test_an_operator_is_a_chip_whose_link_takes_it_out_of_the_query(self, page: Page, threads: None) -> None:
        html = page(q="lampu papan:jalan mati")
        assert len(hits(html)) == 2
        assert links(html, "Papan: Jalan dan lampu") == ["/cari?q=lampu+mati"]

    def test_filters_alone_list_what_they_leave(self, page: Page, threads: None) -> None:
        assert len(hits(page(papan="jalan"))) == 2

    @pytest.mark.parametrize("value", ["tidak-ada", "\x00", "%FF", "<b>", "x" * 5000, "' OR 1=1"])
    @pytest.mark.parametrize("name", ["jenis", "status", "papan", "opd", "tahun", "urut", "persis"])
    def test_unknown_values_are_left_out(self, page: Page, threads: None, name: str, value: str) -> None:
        html = page(**{"q": "lampu", name: value})
        assert len(hits(html)) == 3
        assert "<b>" not in html.partition("<main")[2].partition("</form>")[0]

    def test_a_thousand_values_cost_no_more_than_twenty(self, page: Page, threads: None) -> None:
        html = page(q="lampu", papan=["jalan"] * 1000, opd=[f"dinas-{n}" for n in range(1000)])
        assert len(hits(html)) == 2


class TestWaysOn:
    def test_an_empty_search_explains_itself_and_shows_what_was_solved(
        self, page: Page, author: User, board: Board
    ) -> None:
        thread = a_thread(author, board, title="Kartu hilang di jalan")
        reply = a_reply(author, thread)
        by = viewer_for(author)
        with transaction():
            curating.solve(by, reply.post_id, on=True)
        html = page()
        assert '<details class="syntax" open>' in html
        assert links(html, "Kartu hilang di jalan") == [thread.url]
        assert "Galat" not in html

    @pytest.mark.parametrize("q", ["a", " a ", "?"])
    def test_less_than_two_characters_get_a_hint(self, page: Page, q: str) -> None:
        html = page(q=q)
        assert "Tulis sedikitnya dua huruf." in html
        assert not hits(html)

    def test_a_typo_is_mended_and_said_and_can_be_kept(self, page: Page, author: User, board: Board) -> None:
        for n in range(3):
            a_thread(author, board, title=f"Pengaduan warga nomor {n}")
        html = page(q="pengadaun")
        assert len(hits(html)) == 3
        assert "Menampilkan hasil untuk <b>pengaduan</b>" in html
        assert links(html, "Cari “pengadaun” saja.") == ["/cari?q=pengadaun&persis=1"]
        assert not hits(page(q="pengadaun", persis="1"))

    def test_nothing_good_offers_to_ask_with_the_words_and_fewer_filters(
        self, page: Page, author: User, board: Board
    ) -> None:
        a_board("jalan", name="Jalan dan lampu")
        a_thread(author, board, title="Kartu hilang di kantor")
        html = page(q="kartu", papan="jalan")
        assert "Tidak ada hasil untuk “kartu”" in unescape(html)
        assert links(html, "Tanpa saringan “Papan: Jalan dan lampu”") == ["/cari?q=kartu"]
        assert links(html, "Tanyakan ke forum") == ["/diskusi/baru?judul=kartu&papan=jalan"]

    def test_poor_hits_are_listed_below_the_offer(self, page: Page, author: User, board: Board) -> None:
        a_thread(author, board, title="Kartu hilang di kantor")
        html = page(q="kartu helikopter kapal angkasa")
        offer, _, rest = html.partition("Mungkin terkait")
        assert "Tanyakan ke forum" in offer
        assert titles(rest) == ["Kartu hilang di kantor"]

    def test_good_hits_come_without_the_offer(self, page: Page, author: User, board: Board) -> None:
        a_thread(author, board, title="Kartu hilang di kantor")
        assert "Mungkin terkait" not in page(q="kartu hilang")

    def test_without_an_index_the_page_says_so_and_posting_works(
        self, app: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def search(*arguments: object) -> None:
            raise Unavailable("no generation")

        monkeypatch.setattr(type(backends.current()), "search", search)
        answer = signed_in.get("/cari?q=lampu")
        assert answer.status_code == 503
        assert "Pencarian sedang tidak tersedia" in answer.get_data(as_text=True)
        assert signed_in.get("/cari").status_code == 200
        assert signed_in.get("/cari/saran?q=lampu").status_code == 200
        assert signed_in.get("/cari/serupa?judul=Lampu+jalan+yang+padam").status_code == 200


class TestSafety:
    @pytest.mark.parametrize(
        "q",
        [NASTY, '"><img src=x onerror=alert(1)>', "{{7*7}}", "%(words)s %s", "' OR 1=1 --", "\x00\u202e\u200b", "*:*"],
    )
    def test_what_is_typed_is_shown_as_text(self, page: Page, q: str) -> None:
        for html in (page(q=q), page(q=f"{q} lampu"), page("/cari/saran", q=q), page("/cari/serupa", judul=q * 3)):
            assert NASTY not in html
            assert "<img" not in html

    def test_titles_texts_and_names_are_shown_as_text(self, page: Page, author: User, board: Board) -> None:
        a_thread(author, board, title=f"Lampu {NASTY} jalan", body=f"Lampu {NASTY} yang padam")
        html = page(q="lampu")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hits(html)[0]
        assert "Siti &lt;b&gt;Aminah&lt;/b&gt;" in hits(html)[0]
        assert NASTY not in html + page("/cari/saran", q="lampu") + page("/cari/serupa", judul="Lampu script jalan")

    @pytest.mark.parametrize("query", ["q=%FF%FE", "q=%00", "q=a&q=b", "hal=&q=lampu", "q=" + "x" * 20_000, "q[]=1"])
    def test_odd_addresses_get_a_page(self, signed_in: FlaskClient, index: object, query: str) -> None:
        for path in ("/cari", "/cari/saran", "/cari/serupa"):
            assert signed_in.get(f"{path}?{query}").status_code == 200

    def test_what_one_may_not_read_is_not_found_counted_or_suggested(self, page: Page, author: User) -> None:
        unit = a_unit().id
        closed = a_board("rahasia", name="Papan rahasia", readers=[unit])
        a_thread(a_member(unit_id=unit), closed, title="Lampu rahasia pimpinan", tags="sandi")
        for html in (page(q="lampu"), page(papan="rahasia"), page(q="lampu", papan="rahasia"), page(q="tag:sandi")):
            assert not hits(html)
            assert "Papan rahasia" not in html
        assert "rahasia pimpinan" not in page("/cari/saran", q="lampu")
        assert "rahasia pimpinan" not in page("/cari/serupa", judul="Lampu rahasia pimpinan")

    def test_what_was_deleted_is_not_shown_even_before_the_index_knows(
        self, page: Page, signed_in: FlaskClient, author: User, board: Board
    ) -> None:
        thread = a_thread(author, board, title="Lampu yang akan dihapus")
        assert hits(page(q="lampu"))
        delete(author, thread.post_id)
        html = signed_in.get("/cari?q=lampu").get_data(as_text=True)
        assert not hits(html)
        assert "akan dihapus" not in signed_in.get("/cari/saran?q=lampu").get_data(as_text=True)

    def test_strangers_are_led_to_the_sign_in_page(self, client: FlaskClient) -> None:
        for path in ("/cari?q=lampu", "/cari/saran?q=lampu", "/cari/serupa?judul=lampu"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/masuk")

    def test_nothing_of_it_may_be_kept_by_anybody_else(self, signed_in: FlaskClient, index: object) -> None:
        assert signed_in.get("/cari?q=lampu").headers["Cache-Control"] == "no-store"

    def test_a_search_costs_the_same_number_of_statements_however_much_is_found(
        self, page: Page, signed_in: FlaskClient, author: User, board: Board
    ) -> None:
        def cost() -> str:
            page()
            answer = signed_in.get("/cari?q=lampu")
            return re.search(r'sql;desc="(\d+)"', answer.headers["Server-Timing"])[1]

        for n in range(6):
            a_thread(author, board, title=f"Lampu jalan nomor {n}")
        few = cost()
        for n in range(25):
            a_reply(author, a_thread(author, a_board(), title=f"Lampu jalan nomor {n}"), body="Lampu juga di sini.")
        assert cost() == few


class TestLimits:
    @pytest.fixture(autouse=True)
    def _fresh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ratelimit, "_here", {})

    @pytest.mark.parametrize(
        ("path", "limit"),
        [("/cari", ratelimit.SEARCH), ("/cari/saran", ratelimit.SUGGEST), ("/cari/serupa", ratelimit.SIMILAR)],
    )
    def test_a_program_is_slowed_down_and_others_are_not(
        self, client: FlaskClient, fixed_now: object, path: str, limit: ratelimit.Limit
    ) -> None:
        sign_in(client, a_member())
        for _ in range(limit.times):
            ratelimit.hit_here(limit, 1)
        answer = client.get(path)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) <= limit.seconds
        assert html.count("Coba lagi dalam") == 1
        assert "Tulisan Anda ada di bawah" not in html
        sign_in(client, a_member())
        assert client.get(path).status_code != 429
