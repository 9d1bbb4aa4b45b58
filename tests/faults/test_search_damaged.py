"""Files of the index are deleted or spoilt while everything runs: posting goes on, and the worker makes the index anew by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forum.core.db import db
from forum.discussions.models import Board
from forum.search import backends
from forum.search.documents import Unavailable
from tests.factories.discussions import a_thread
from tests.faults import search_place
from tests.faults.search_place import Place, stop, wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(
        bool(os.environ.get("TEST_DATABASE_URL")), reason="on a SQLite file of its own: done in the run on SQLite"
    ),
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    search_place.prepare(folder)
    return folder


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Iterator[Place]:
    place = search_place.copy(prepared, tmp_path / "instance")
    yield place
    place.close()


def files(place: Place) -> list[Path]:
    return [path for path in (place.folder / "search").rglob("*") if path.is_file() and path.stat().st_size]


def remove_everything(place: Place) -> None:
    shutil.rmtree(place.folder / "search")


def remove_the_files(place: Place) -> None:
    for path in files(place):
        path.unlink()


def cut_the_files(place: Place) -> None:
    for path in files(place):
        os.truncate(path, path.stat().st_size // 2)


def overwrite_the_files(place: Place) -> None:
    for path in files(place):
        path.write_bytes(b"\x7f" * path.stat().st_size)


DAMAGE = (remove_everything, remove_the_files, cut_the_files, overwrite_the_files)


def post(place: Place, word: str) -> None:
    with place.open():
        board = db.session.scalars(db.select(Board)).one()
        a_thread(search_place.author(), board, title=f"Tentang {word} di sini")


def is_found(place: Place, word: str) -> bool:
    with place.open():
        try:
            return bool(search_place.found(word))
        except Unavailable:
            return False


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda function: function.__name__)
def test_a_spoilt_index_is_made_anew_while_posting_goes_on(place: Place, damage: Callable[[Place], None]) -> None:
    worker = place.start("worker")
    post(place, "sebelumnya")
    wait_for(lambda: is_found(place, "sebelumnya"), "the post before")
    damage(place)
    post(place, "sesudahnya")
    wait_for(lambda: is_found(place, "sesudahnya"), "the post after")
    wait_for(lambda: not place.waiting(), "the end of the outbox")
    stop(worker)
    place.check(present=["sebelumnya", "sesudahnya", "judulnya0", "katanya41"], absent=[])


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda function: function.__name__)
def test_searching_a_spoilt_index_says_that_there_is_none(place: Place, damage: Callable[[Place], None]) -> None:
    damage(place)
    fresh = Place(place.folder)
    with fresh.open(), pytest.raises(Unavailable):
        search_place.found("judulnya0")
    with fresh.open(), pytest.raises(Unavailable):
        list(backends.current().fingerprints())
    post(place, "tetap")
    assert place.waiting()
    fresh.close()


def test_a_lost_segment_is_noticed_although_nobody_writes(place: Place) -> None:
    worker = place.start("worker")
    post(place, "sebelumnya")
    wait_for(lambda: not place.waiting(), "the end of the outbox")
    segments = [path for path in files(place) if path.suffix == ".seg"]
    assert segments
    for path in segments:
        path.unlink()

    def is_whole() -> bool:
        fresh = Place(place.folder)
        try:
            return is_found(fresh, "sebelumnya")
        finally:
            fresh.close()

    assert not is_whole()
    wait_for(is_whole, "a new index")
    stop(worker)


def test_an_installation_without_an_index_gets_one(place: Place) -> None:
    remove_everything(place)
    worker = place.start("worker")
    wait_for(lambda: is_found(place, "judulnya0"), "the first index")
    stop(worker)
    place.check(present=["judulnya0", "katanya41"], absent=[])
