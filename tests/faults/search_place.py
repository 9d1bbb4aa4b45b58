"""An installation of its own for breaking: content, an index in step with it, and processes that use it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from forum.accounts.models import User
from forum.app import create_app
from forum.config import Settings
from forum.core import clock, outbox
from forum.core.db import db
from forum.core.viewer import Role
from forum.discussions.models import Board, Post, Thread
from forum.search import analysis, backends, indexer
from forum.search.documents import Alternative, Concept, Plan, Term
from tests.conftest import make_settings
from tests.factories.accounts import a_member, an_admin
from tests.factories.discussions import a_board, a_reply, a_thread, delete

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


def author() -> User:
    return db.session.execute(db.select(User).where(User.username == "penulis")).scalar_one()


def admin() -> User:
    return db.session.execute(db.select(User).where(User.role == Role.ADMIN)).scalar_one()


class Place:
    """A folder with a database and an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = _app(folder)
        self._started: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        with self.app.app_context():
            yield
            db.session.remove()

    def start(self, what: str, step: str = "never", *rest: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
        command = [sys.executable, "-m", "tests.faults.search_child", what, step, *rest]
        process = subprocess.Popen(command, cwd=ROOT, env={**kept, "INSTANCE_PATH": str(self.folder)})
        self._started.append(process)
        return process

    def kill_at(self, what: str, step: str, *rest: str) -> None:
        """Run a process that dies at a step; it must get there."""
        process = self.start(what, step, *rest)
        try:
            status = process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
        assert status == -signal.SIGKILL, f"it never came to: {step}"

    def waiting(self) -> list[str]:
        with self.open():
            return list(
                db.session.scalars(
                    db.select(outbox.OutboxRow.key).where(outbox.OutboxRow.topic.in_(indexer.TOPICS.names))
                )
            )

    def recover(self) -> None:
        """A new worker does what is left to do, if there is anything; then it is stopped, as a restart does."""
        if not self.waiting():
            return
        worker = self.start("worker")
        try:
            wait_for(lambda: not self.waiting(), "the end of the outbox")
        finally:
            stop(worker)

    def check(self, *, present: list[str], absent: list[str]) -> None:
        """Index and database agree, nothing is there twice, and words are found or not as they should be."""
        with self.open():
            report = indexer.verify()
            assert report == indexer.Report(documents=report.documents)
            backend = backends.current()
            twice = [key for key, times in Counter(key for key, _print in backend.fingerprints()).items() if times > 1]
            assert twice == []
            assert backend.document_count() == report.documents
            assert [word for word in present if not found(word)] == []
            assert [word for word in absent if found(word)] == []

    def close(self) -> None:
        """Also ends what a failed test left running."""
        for process in self._started:
            process.kill()
            process.wait()
        with self.app.app_context():
            db.engine.dispose()


def found(word: str) -> int:
    """In how many threads the index finds a word. Raises Unavailable."""
    token = analysis.tokens(word)[0]
    concept = Concept((Alternative((Term(token.stem, token.word),)),))
    return backends.current().search(Plan((concept,), today=clock.now().date())).total


def _app(folder: Path) -> Flask:
    settings: Settings = make_settings(folder)
    return create_app(settings, testing=True)


def prepare(folder: Path) -> None:
    """Five threads with two replies each, a word of its own in each post, all indexed."""
    folder.mkdir(parents=True)
    place = Place(folder)
    with place.open():
        upgrade()
        writer = a_member("penulis")
        an_admin()
        board = a_board("umum")
        for number in range(5):
            thread = a_thread(
                writer, board, title=f"Tentang judulnya{number} di sini", body=f"Isi awalnya{number} saja."
            )
            for reply in range(2):
                a_reply(writer, thread, body=f"Balasan katanya{number}{reply} saja.")
        indexer.rebuild()
        indexer.drain()
    place.close()


def copy(prepared: Path, folder: Path) -> Place:
    return Place(Path(shutil.copytree(prepared, folder)))


def change(place: Place) -> None:
    """A thread and a reply come, a reply goes, a thread goes with all that is in it."""
    with place.open():
        writer, boss = author(), admin()
        board = db.session.scalars(db.select(Board)).one()
        new = a_thread(writer, board, title="Tentang judulbaru di sini", body="Isi barunya saja.")
        a_reply(writer, new, body="Balasan katabaru saja.")
        first, second = db.session.scalars(db.select(Thread.id).order_by(Thread.id).limit(2)).all()
        reply = db.session.scalars(db.select(Post.id).where(Post.thread_id == first, Post.number == 2)).one()
        opening = db.session.scalars(db.select(Post.id).where(Post.thread_id == second, Post.number == 1)).one()
        delete(boss, reply)
        delete(boss, opening)


PRESENT = [
    "judulnya0",
    "awalnya0",
    "katanya01",
    "judulnya2",
    "katanya20",
    "katanya41",
    "judulbaru",
    "barunya",
    "katabaru",
]
ABSENT = ["katanya00", "judulnya1", "awalnya1", "katanya10", "katanya11"]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for: {what}")
        time.sleep(0.05)
