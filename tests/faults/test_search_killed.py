"""Worker, rebuild and web process are killed at every step of indexing. Nothing is lost, nothing is found twice, nothing deleted is."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.core.db import db
from forum.discussions.models import Board
from forum.search import indexer
from tests.factories.discussions import a_thread
from tests.faults import search_place
from tests.faults.search_place import ABSENT, PRESENT, Place, change, stop, wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(
        bool(os.environ.get("TEST_DATABASE_URL")), reason="on a SQLite file of its own: done in the run on SQLite"
    ),
]

WORKER_STEPS = (
    "before claim",
    "in the transaction of claim",
    "after claim",
    "before the index is locked",
    "before anything is written",
    "after documents are loaded",
    "in the middle of writing",
    "before the index is committed",
    "before a file gets its name",
    "after a file got its name",
    "after the index is committed",
    "after the index is unlocked",
    "before done",
    "in the transaction of done",
    "before the fan-out is written",
    "in the transaction of the fan-out",
)
REBUILD_STEPS = (
    "before the rebuild begins",
    "after the rebuild has begun",
    "after a batch of the rebuild #1",
    "after a batch of the rebuild #3",
    "before changes are written again",
    "before the index is committed",
    "before a file gets its name",
    "after a file got its name",
    "after the rebuild is published",
    "after the rebuild has ended",
)


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


@pytest.mark.parametrize("step", WORKER_STEPS)
def test_what_a_killed_worker_left_is_found(place: Place, step: str) -> None:
    change(place)
    place.kill_at("worker", step)
    place.recover()
    place.check(present=PRESENT, absent=ABSENT)


@pytest.mark.parametrize("step", REBUILD_STEPS)
def test_a_killed_rebuild_leaves_an_index_that_serves_and_the_next_one_is_right(place: Place, step: str) -> None:
    place.kill_at("rebuild", step)
    with place.open():
        assert not indexer.is_rebuilding()
    place.check(present=["judulnya0", "katanya41"], absent=[])
    change(place)
    place.recover()
    place.check(present=PRESENT, absent=ABSENT)
    with place.open():
        indexer.rebuild()
    place.check(present=PRESENT, absent=ABSENT)


def test_a_web_process_that_dies_after_its_commit_has_posted(place: Place) -> None:
    place.kill_at("post", "after commit", "tersimpan")
    assert len(place.waiting()) == 1
    place.recover()
    place.check(present=["tersimpan"], absent=[])


def test_a_web_process_that_dies_before_its_commit_has_posted_nothing(place: Place) -> None:
    place.kill_at("post", "in the transaction of the fan-out", "terbuang")
    assert place.waiting() == []
    place.check(present=[], absent=["terbuang"])


def test_workers_and_rebuilds_that_are_killed_at_random_lose_nothing(place: Place) -> None:
    """Posts arrive all the while."""
    chance = random.Random(3)
    words = [f"acakan{number}" for number in range(60)]
    ended = threading.Event()

    def post() -> None:
        with place.open():
            writer = search_place.author()
            board = db.session.scalars(db.select(Board)).one()
            for word in words:
                a_thread(writer, board, title=f"Tentang {word} di sini")
                time.sleep(0.1)
        ended.set()

    poster = threading.Thread(target=post)
    poster.start()
    while not ended.is_set():
        victims = [place.start("worker"), place.start("rebuild")]
        time.sleep(chance.uniform(1.2, 2.8))
        for victim in victims:
            victim.kill()
            victim.wait()
    poster.join()
    place.recover()
    place.check(present=[*words, "judulnya0", "katanya41"], absent=[])


def test_a_rebuild_ends_while_a_worker_indexes_what_is_posted(place: Place) -> None:
    worker = place.start("worker")
    rebuilds = 0
    with place.open():
        writer = search_place.author()
        board = db.session.scalars(db.select(Board)).one()
        rebuild = place.start("rebuild")
        for number in range(30):
            a_thread(writer, board, title=f"Tentang serentak{number} di sini")
            if rebuild.poll() is not None:
                assert rebuild.returncode == 0
                rebuilds += 1
                rebuild = place.start("rebuild")
    assert rebuild.wait(60) == 0
    wait_for(lambda: not place.waiting(), "the end of the outbox")
    stop(worker)
    place.check(present=[f"serentak{number}" for number in range(30)], absent=[])
