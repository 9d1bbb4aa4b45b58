"""Suggestions while typing, and threads like a text."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core import timing
from forum.core.db import transaction
from forum.core.viewer import Viewer
from forum.discussions.services import curating
from forum.search import indexer
from forum.search.documents import Kind, group_of
from forum.search.services.similar import similar
from forum.search.services.suggesting import suggest
from tests.factories.accounts import a_member, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread

# In PostgreSQL the index is asked by SQL too.
OF_THE_INDEX = 6 if os.environ.get("TEST_DATABASE_URL") else 0
TITLES = (
    "Blangko KTP-el habis, antrean penuh di loket",
    "Lampu jalan gang padam berminggu-minggu",
    "Juru parkir menarik di atas tarif",
    "Obat kosong di puskesmas, pasien membeli di apotek",
    "Warga protes tagihan PBB melonjak",
    "Sampah di pinggir pasar menumpuk lagi",
    "Antrean poli sejak subuh, nomor habis jam delapan",
)


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database and the index, at a fixed time."""


@pytest.fixture
def author() -> User:
    return a_member()


@pytest.fixture
def viewer(author: User) -> Viewer:
    board = a_board()
    for title in TITLES:
        a_thread(
            author, board, title=title, body="Mohon pengalaman rekan-rekan.", tags="blangko" if "KTP" in title else ""
        )
    indexer.rebuild()
    return viewer_for(author)


def labels(viewer: Viewer, text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.label) for one in suggest(viewer, text)]


def test_titles_and_tags_are_offered_from_two_letters_on(viewer: Viewer) -> None:
    assert labels(viewer, "b") == []
    assert labels(viewer, "bl") == [("tag", "blangko"), ("diskusi", TITLES[0]), ("cari", "Cari “bl”")]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("lampu jal", TITLES[1]),
        ("tarif park", TITLES[2]),
        ("puskesm", TITLES[3]),
        ("PBB", TITLES[4]),
        ("ktp-e", TITLES[0]),
        ("di atas ta", TITLES[2]),
        ("antrean pol", TITLES[6]),
    ],
)
def test_the_last_word_may_be_unfinished(viewer: Viewer, typed: str, title: str) -> None:
    assert ("diskusi", title) in labels(viewer, typed)


def test_a_title_without_one_of_the_words_is_not_offered(viewer: Viewer) -> None:
    assert labels(viewer, "lampu park") == [("cari", "Cari “lampu park”")]


def test_searching_for_what_is_typed_is_always_the_last_offer(viewer: Viewer) -> None:
    for text in ("zz", '"a & b"', "tag:ktp", "??", "😀😀"):
        *_, last = suggest(viewer, text)
        assert last.kind == "cari"
        assert last.url.startswith("/cari?q=")
    assert suggest(viewer, "a & b")[-1].url == "/cari?q=a+%26+b"


def test_suggesting_takes_a_fixed_number_of_statements(viewer: Viewer) -> None:
    meter = timing.start()
    suggest(viewer, "antre")
    timing.stop()
    assert meter.statements <= 6 + OF_THE_INDEX


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (TITLES[1], TITLES[1]),
        ("lampu di gang kami padam", TITLES[1]),
        ("tarif juru parkir", TITLES[2]),
        ("obat di puskesmas habis, pasien beli di apotek", TITLES[3]),
    ],
)
def test_a_title_in_other_words_finds_the_original_first(viewer: Viewer, text: str, title: str) -> None:
    found = similar(viewer, text)
    assert found[0].card.title == title
    assert found[0].is_good


@pytest.mark.parametrize(
    "text", ["Jadwal lomba bola voli antar dinas", "resep rendang padang", "lampu", "", "??", "x" * 9000]
)
def test_what_is_about_something_else_is_like_nothing(viewer: Viewer, text: str) -> None:
    assert similar(viewer, text) == ()


def test_a_thread_is_not_like_itself(author: User, viewer: Viewer) -> None:
    thread = a_thread(author, a_board(), title=TITLES[5], body="Sudah dilaporkan.")
    indexer.drain()
    others = similar(viewer, f"{TITLES[5]}\nSudah dilaporkan.", without=group_of(Kind.THREAD, thread.thread_id))
    assert [hit.card.title for hit in others] == [TITLES[5]]
    assert all(hit.card.group != group_of(Kind.THREAD, thread.thread_id) for hit in others)


def test_of_two_that_are_as_alike_the_solved_one_comes_first(author: User, viewer: Viewer) -> None:
    board = a_board()
    for number in range(3):
        thread = a_thread(author, board, title="Genangan air di terminal", body="Sudah dilaporkan.")
        reply = a_reply(author, thread, body="Bersihkan salurannya.")
        if number == 1:
            with transaction():
                curating.solve(viewer, reply.post_id, on=True)
            solved = thread
    indexer.drain()
    found = similar(viewer, "Genangan air terminal")
    assert len(found) == 3
    assert found[0].card.group == group_of(Kind.THREAD, solved.thread_id)
