"""A worker process is killed between any two steps of its work, on a real SQLite file. Nothing asked for may stay undone.

The work: copy the value of a row of `state` into a file. It is right when the last copy of each key is its last value.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from forum.core import database, outbox
from forum.core.db import db, transaction

ROOT = Path(__file__).resolve().parents[2]
STEPS = (
    "before claim",
    "in the transaction of claim",
    "after claim",
    "in handler",
    "after handler",
    "before done",
    "in the transaction of done",
)
PATIENCE = 30

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")), reason="on a SQLite file of its own: done in the run on SQLite"
)


class Place:
    """An installation of its own, with a table of values and a file of what the worker did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done_file = folder / "done.txt"
        self.app = Flask("database alone")
        database.init_app(self.app, f"sqlite:///{folder}/rembuk.sqlite")
        with self.app.app_context():
            upgrade()
            with transaction() as session:
                session.execute(db.text("CREATE TABLE state (key VARCHAR PRIMARY KEY, value INTEGER)"))

    def ask(self, key: str, value: int) -> None:
        """Change a value and ask for its copy, in one transaction."""
        with self.app.app_context(), transaction() as session:
            session.execute(
                db.text(
                    "INSERT INTO state VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                ),
                {"key": key, "value": value},
            )
            outbox.put("copy", key)

    def worker(self, die_at: str = "never") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.faults.worker_child", str(self.folder), die_at, str(self.done_file)]
        return subprocess.Popen(command, cwd=ROOT)

    def wait_until_idle(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.app.app_context():
                if not self.undone():
                    return
            time.sleep(0.05)
        raise AssertionError(f"still undone: {self.undone()}")

    def undone(self) -> list[str]:
        with sqlite3.connect(self.folder / "rembuk.sqlite") as connection:
            return [key for (key,) in connection.execute("SELECT key FROM outbox WHERE topic = 'copy'")]

    def copies(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for line in self.done_file.read_text().splitlines() if self.done_file.exists() else []:
            key, value = line.split()
            found.setdefault(key, []).append(int(value))
        return found

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.close()


def stop(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


@pytest.mark.parametrize("step", STEPS)
def test_what_a_killed_worker_left_is_taken_up_by_the_next(place: Place, step: str) -> None:
    place.ask("a", 1)
    place.ask("b", 2)
    assert place.worker(die_at=step).wait(PATIENCE) == -signal.SIGKILL
    assert place.undone(), "killed before anything was marked done"
    heir = place.worker()
    place.wait_until_idle()
    stop(heir)
    assert {key: values[-1] for key, values in place.copies().items()} == {"a": 1, "b": 2}


def test_what_is_asked_for_while_a_worker_dies_is_not_taken_for_done(place: Place) -> None:
    place.ask("a", 1)
    assert place.worker(die_at="after handler").wait(PATIENCE) == -signal.SIGKILL
    place.ask("a", 2)
    heir = place.worker()
    place.wait_until_idle()
    stop(heir)
    assert place.copies()["a"][-1] == 2


def test_a_worker_told_to_stop_ends_its_job_and_leaves_the_rest(place: Place) -> None:
    for number in range(200):
        place.ask(str(number), number)
    worker = place.worker()
    while not place.copies():
        time.sleep(0.01)
    stop(worker)
    left, copied = set(place.undone()), set(place.copies())
    assert left, "the test stopped it too late to mean anything"
    assert left | copied == {str(number) for number in range(200)}
    assert not left & copied


def test_nothing_is_lost_when_workers_are_killed_at_random(place: Place) -> None:
    """Two workers at a time, killed again and again while values change."""
    chance = random.Random(5)
    last: dict[str, int] = {}
    workers = [place.worker(), place.worker()]
    for value in range(100):
        key = f"k{chance.randrange(25)}"
        place.ask(key, value)
        last[key] = value
        if value % 20 == 19:
            time.sleep(chance.uniform(0.2, 0.6))
            victim = workers.pop(0)
            victim.kill()
            victim.wait()
            workers.append(place.worker())
    place.wait_until_idle()
    for worker in workers:
        worker.kill()
        worker.wait()
    assert {key: values[-1] for key, values in place.copies().items()} == last
