"""Searching: from a query as it is typed to a page of results."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.accounts.models import User
from forum.core import clock, timing
from forum.core.db import transaction
from forum.core.viewer import Viewer
from forum.discussions.models import Board
from forum.discussions.services import curating
from forum.search import indexer
from forum.search.services.results import MAX_PAGES, PER_PAGE, Request, Results
from forum.search.services.searching import search
from forum.search.thesaurus import Entry, Thesaurus
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_unit, viewer_for
from tests.factories.discussions import a_board, a_reply, a_tag, a_thread

# In PostgreSQL the index is asked by SQL too.
OF_THE_INDEX = 6 if os.environ.get("TEST_DATABASE_URL") else 0
THESAURUS = Thesaurus([Entry("synonyms", "", ("ktp-el", "e-ktp", "kartu tanda penduduk"), 0.8)])


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database and the index, at a fixed time."""


@pytest.fixture
def author() -> User:
    return a_member("siti")


@pytest.fixture
def board() -> Board:
    return a_board("jalan", name="Jalan dan lampu")


@pytest.fixture
def viewer(author: User) -> Viewer:
    return viewer_for(author)


@pytest.fixture
def find(viewer: Viewer) -> Callable[..., Results]:
    """Searches for what the index has by then."""

    def find(text: str = "", **more: Any) -> Results:
        indexer.drain()
        return search(viewer, Request(text, **more), thesaurus=THESAURUS)

    indexer.rebuild()
    return find


def titles(results: Results) -> list[str]:
    return [hit.card.title for hit in results.hits]


def marked(parts: tuple[tuple[str, bool], ...]) -> list[str]:
    return [text for text, is_marked in parts if is_marked]


def test_inflected_forms_find_each_other(find: Callable[..., Results], author: User, board: Board) -> None:
    a_thread(author, board, title="Cara menangani pengaduan di loket", body="Petugas mencatatnya dahulu.")
    a_thread(author, board, title="Jadwal piket bulan depan", body="Semua mendapat giliran.")
    found = find("penanganan aduan")
    assert titles(found) == ["Cara menangani pengaduan di loket"]
    assert found.is_good
    assert (found.total, found.good) == (1, 1)
    assert marked(found.hits[0].title_parts) == ["menangani", "pengaduan"]
    assert found.correction is None


def test_a_thread_is_one_hit_by_its_best_reply(find: Callable[..., Results], author: User, board: Board) -> None:
    thread = a_thread(author, board, title="Lampu jalan padam", body="Sudah dua minggu gelap.")
    a_reply(author, thread, body="Laporkan nomor tiang kepada PLN dan Dinas Perhubungan.")
    a_reply(author, thread, body="Terima kasih, nanti dicoba.")
    found = find("nomor tiang pln")
    assert found.total == 1
    [hit] = found.hits
    assert "balasan=" in hit.card.url
    assert hit.card.title == "Lampu jalan padam"
    assert marked(hit.snippet_parts) == ["nomor", "tiang", "PLN"]


def test_synonyms_of_the_thesaurus_find(find: Callable[..., Results], author: User, board: Board) -> None:
    a_thread(author, board, title="Kartu tanda penduduk rusak", body="Bagaimana menggantinya?")
    assert titles(find("e-ktp rusak")) == ["Kartu tanda penduduk rusak"]


def _many(author: User) -> None:
    """Threads that differ in everything that can be filtered by."""
    unit = a_unit("Dinas Perhubungan", slug="dishub", aliases=["DLLAJ"])
    roads, papers = a_board("jalan-kota", name="Jalan kota"), a_board("arsip-surat", name="Surat dan arsip")
    other = a_member("budi", unit_id=unit.id)
    a_tag("trotoar", "kaki lima")
    with clock.fixed(NOW - timedelta(days=400)):
        a_thread(author, papers, title="Surat lama tentang parkir", body="Isi.")
    with clock.fixed(NOW - timedelta(days=40)):
        solved = a_thread(other, roads, title="Parkir di trotoar", tags="trotoar", body="Isi.")
        reply = a_reply(author, solved, body="Pasang rambu larangan parkir.")
    with transaction():
        curating.solve(viewer_for(other), reply.post_id, on=True)
    a_thread(author, roads, title="Parkir di pasar", body="Isi.")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("parkir tag:trotoar", {"Parkir di trotoar"}),
        ('parkir tag:"kaki lima"', {"Parkir di trotoar"}),
        ("parkir papan:arsip-surat", {"Surat lama tentang parkir"}),
        ('parkir papan:"Surat dan Arsip"', {"Surat lama tentang parkir"}),
        ("parkir opd:dishub", {"Parkir di trotoar"}),
        ("parkir unit:dllaj", {"Parkir di trotoar"}),
        ("parkir oleh:budi", {"Parkir di trotoar"}),
        ("parkir by:@Budi", {"Parkir di trotoar"}),
        ("parkir status:selesai", {"Parkir di trotoar"}),
        ("parkir status:open", {"Surat lama tentang parkir", "Parkir di pasar"}),
        ("parkir jenis:panduan", set()),
        ("parkir jenis:balasan", {"Parkir di trotoar"}),
        ("parkir jenis:diskusi -pasar", {"Surat lama tentang parkir", "Parkir di trotoar"}),
        ("parkir sejak:2026", {"Parkir di trotoar", "Parkir di pasar"}),
        ("parkir sejak:2026-11", {"Parkir di pasar"}),
        ("parkir sampai:2025", {"Surat lama tentang parkir"}),
        ("parkir sejak:24/11/2026", {"Parkir di pasar"}),
        ('parkir sejak:"hari ini"', {"Parkir di pasar"}),
        ("parkir sampai:kemarin sejak:2026", {"Parkir di trotoar"}),
        ("papan:jalan-kota", {"Parkir di trotoar", "Parkir di pasar"}),
        ("parkir -trotoar -pasar", {"Surat lama tentang parkir"}),
    ],
)
def test_operators_narrow(find: Callable[..., Results], author: User, query: str, expected: set[str]) -> None:
    _many(author)
    found = find(query)
    assert found.notes == ()
    assert set(titles(found)) == expected
    assert found.total == len(expected)


def test_mine_are_found_by_a_word_for_me(find: Callable[..., Results], author: User) -> None:
    _many(author)
    assert set(titles(find("oleh:saya jenis:diskusi"))) == {
        "Surat lama tentang parkir",
        "Parkir di pasar",
        "Parkir di trotoar",
    }


@pytest.mark.parametrize(
    "value", ["papan:bulan", "opd:bulan", "oleh:bulan", "status:bulan", "sejak:bulan", "tag:bulan"]
)
def test_a_value_that_is_unknown_is_a_plain_word_and_said(
    find: Callable[..., Results], author: User, board: Board, value: str
) -> None:
    a_thread(author, board, title="Gerhana bulan", body="Isi.")
    found = find(value)
    assert titles(found) == ["Gerhana bulan"]
    assert len(found.notes) == 1
    assert "bulan" in found.notes[0]
    assert found.chips == ()


def test_facets_of_the_address_and_operators_of_the_text_combine(find: Callable[..., Results], author: User) -> None:
    _many(author)
    found = find("parkir status:terbuka", boards=["jalan-kota"], years=["2026"])
    assert titles(found) == ["Parkir di pasar"]
    assert [(chip.name, chip.value, chip.text) for chip in found.chips] == [
        ("", "", "parkir"),
        ("papan", "jalan-kota", "parkir status:terbuka"),
        ("tahun", "2026", "parkir status:terbuka"),
    ]
    assert found.chips[1].label == "Papan: Jalan kota"


def test_unknown_facets_are_dropped_and_said(find: Callable[..., Results], author: User) -> None:
    _many(author)
    found = find("parkir", boards=["x" * 5000, "bulan"], years=["abc"], kinds=["", "kucing"])
    assert found.total == 3
    assert found.chips == ()
    assert found.notes


def test_facets_have_names_and_counts_and_nothing_that_leads_nowhere(
    find: Callable[..., Results], author: User
) -> None:
    _many(author)
    found = find("parkir", statuses=["selesai"])
    views = {
        view.name: {value.value: (value.label, value.count, value.is_active) for value in view.values}
        for view in found.facets
    }
    assert views["status"] == {"selesai": ("Selesai", 1, True), "terbuka": ("Terbuka", 2, False)}
    assert views["papan"] == {"jalan-kota": ("Jalan kota", 1, False)}
    assert views["opd"] == {"dishub": ("Dinas Perhubungan", 1, False)}
    assert views["tahun"] == {"2026": ("2026", 1, False)}
    assert views["jenis"]["diskusi"] == ("Diskusi", 1, False)
    assert "panduan" not in views["jenis"]


def test_phrases_must_stand_as_they_are_by_their_stems(
    find: Callable[..., Results], author: User, board: Board
) -> None:
    a_thread(author, board, title="Surat pindah warga", body="Isi.")
    a_thread(author, board, title="Pindah kantor dinas", body="Suratnya menyusul.")
    a_thread(author, board, title="Mutasi pegawai", body="Siapkan surat kepindahan ke luar kota.")
    a_thread(author, board, title="Mutasi dalam kota", body="Siapkan surat untuk pindah.")
    assert set(titles(find('"surat pindah"'))) == {"Surat pindah warga", "Mutasi pegawai"}
    assert set(titles(find('"surat untuk pindah"'))) == {"Mutasi dalam kota"}
    assert titles(find('"surat pindah" "luar kota"')) == ["Mutasi pegawai"]
    assert titles(find('"pindah surat"')) == []


def test_a_phrase_of_stop_words_only_is_read_as_words(find: Callable[..., Results], author: User, board: Board) -> None:
    a_thread(author, board, title="Trotoar rusak", body="Ini dan itu.")
    assert titles(find('trotoar "dan yang"')) == ["Trotoar rusak"]


def test_a_typo_is_mended_and_said_when_nothing_is_found(
    find: Callable[..., Results], author: User, board: Board
) -> None:
    for number in range(4):
        a_thread(author, board, title=f"Retribusi pasar blok {number}", body="Isi.")
    found = find("retribsi status:terbuka")
    assert found.total == 4
    assert found.correction is not None
    assert found.correction.applied
    assert found.correction.words == "retribusi status:terbuka"
    assert found.correction.original == "retribsi status:terbuka"
    assert found.is_good
    typed = find("retribsi status:terbuka", as_typed=True)
    assert (typed.total, typed.correction, typed.is_good) == (0, None, False)


def test_a_typo_is_only_offered_when_something_good_is_found(
    find: Callable[..., Results], author: User, board: Board
) -> None:
    for number in range(15):
        a_thread(author, board, title=f"Retribusi pasar blok {number}", body="Isi.")
    a_thread(author, board, title="Catatan rapat", body="Soal retribsi.")
    found = find("retribsi")
    assert titles(found) == ["Catatan rapat"]
    assert found.correction is not None
    assert not found.correction.applied
    assert found.correction.words == "retribusi"


def test_the_second_page_of_mended_words_is_mended_too(
    find: Callable[..., Results], author: User, board: Board
) -> None:
    for number in range(PER_PAGE + 3):
        a_thread(author, board, title=f"Retribusi pasar blok {number}", body="Isi.")
    first, second = find("retribsi"), find("retribsi", page=2)
    assert (len(first.hits), len(second.hits)) == (PER_PAGE, 3)
    assert second.correction == first.correction
    assert not {hit.card.key for hit in first.hits} & {hit.card.key for hit in second.hits}
    assert (second.page, second.pages, second.total) == (2, 2, PER_PAGE + 3)


def test_nonsense_is_nothing_good_and_shows_ways_on(find: Callable[..., Results], author: User, board: Board) -> None:
    a_thread(author, board, title="Resep dokter di puskesmas", body="Isi.")
    a_thread(author, board, title="Antrean puskesmas", body="Isi.")
    found = find("resep rendang santan kelapa")
    assert not found.is_good
    assert found.good == 0
    assert found.words == "resep rendang santan kelapa"


def test_without_a_filter_there_would_be_more(find: Callable[..., Results], author: User) -> None:
    _many(author)
    found = find("parkir jenis:panduan", years=["2026"])
    assert found.total == 0
    assert [(hint.chip.label, hint.count) for hint in found.fewer_filters] == [("Jenis: Panduan", 2)]


def test_near_words_are_offered_when_they_lead_somewhere(
    find: Callable[..., Results], author: User, board: Board
) -> None:
    a_thread(author, board, title="Kartu tanda penduduk rusak", body="Isi.")
    found = find("ktp-el kuning bergambar kucing", as_typed=True)
    assert not found.is_good
    assert found.near_words == ("kartu tanda penduduk",)


@pytest.mark.parametrize("query", ["", " ", "a", "?", "\u200b", '""', "??", "😀😀"])
def test_too_little_is_no_search_and_a_hint_if_it_is_short(
    find: Callable[..., Results], author: User, board: Board, query: str
) -> None:
    a_thread(author, board, title="Apa saja boleh", body="Isi.")
    found = find(query)
    assert (found.hits, found.total, found.is_good) == ((), 0, False)
    assert found.too_short is (len(query.strip()) < 2 or query == '""')


def test_filters_alone_show_what_they_leave(find: Callable[..., Results], author: User) -> None:
    _many(author)
    found = find("", boards=["jalan-kota"])
    assert titles(found) == ["Parkir di pasar", "Parkir di trotoar"]
    assert found.is_good
    assert not found.too_short


def test_by_date_the_latest_comes_first(find: Callable[..., Results], author: User) -> None:
    _many(author)
    assert titles(find("parkir", sort="terbaru"))[0] == "Parkir di pasar"
    assert titles(find("parkir", sort="terbaru"))[-1] == "Surat lama tentang parkir"
    assert find("parkir", sort="acak").total == 3


def test_a_page_beyond_the_last_is_empty(find: Callable[..., Results], author: User, board: Board) -> None:
    a_thread(author, board, title="Satu saja lagi", body="Isi.")
    for page in (2, MAX_PAGES, 10**30):
        found = find("satu", page=page)
        assert (found.hits, found.total, found.pages) == ((), 1, 1)
    assert len(find("satu", page=-3).hits) == 1


def test_the_number_of_statements_does_not_grow(find: Callable[..., Results], viewer: Viewer, author: User) -> None:
    _many(author)
    for number in range(30):
        thread = a_thread(author, a_board(), title=f"Parkir nomor {number}", body="Isi.", tags="satu, dua")
        a_reply(author, thread, body="Soal parkir juga.")
    find("parkir")
    meter = timing.start()
    found = search(viewer, Request("parkir"))
    timing.stop()
    assert len(found.hits) == PER_PAGE
    assert meter.statements <= 8 + OF_THE_INDEX


@given(st.text(max_size=120) | st.text(alphabet='"-:*?()[]{}^~\\/ +&|!tagpn.,😀ا', max_size=60))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_query_is_an_error(find: Callable[..., Results], text: str) -> None:
    found = find(text)
    assert found.pages == 1
    assert found.query is not None


def test_times_are_days_of_the_city(find: Callable[..., Results], author: User, board: Board) -> None:
    with clock.fixed(datetime(2026, 11, 22, 18, 0, tzinfo=UTC)):  # the 23rd in Jakarta
        a_thread(author, board, title="Rapat malam", body="Isi.")
    assert find("rapat sejak:kemarin sampai:kemarin").total == 1
    assert find("rapat sampai:2026-11-22").total == 0
