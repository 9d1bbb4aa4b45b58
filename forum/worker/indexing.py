"""The worker's second thread: it keeps the search index in step, so that no slow mail and no long job delays it.

When the index cannot be used any more, or was written with another analysis, a child process makes it anew; this thread
goes on indexing into the old one as long as it can.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.config import ROOT
from forum.core import outbox
from forum.core.db import db, transaction
from forum.search import indexer
from forum.search.documents import Unavailable

IDLE_SECONDS = 0.15
# There is no index to write: what waits is kept, and tried again.
UNAVAILABLE_SECONDS = 1.0
TROUBLE_SECONDS = 5.0
# How often it is checked that the index is whole and of this version.
CHECK_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
STOP_SECONDS = 5.0
REBUILD = (sys.executable, "-m", "flask", "--app", "wsgi", "search", "rebuild", "--for-worker", "--json")

log = structlog.get_logger()


class Indexing:
    """Turns of the thread, and what it has to remember between them."""

    def __init__(self, command: Sequence[str] = REBUILD) -> None:
        self._rebuilder = Rebuilder(command)
        self._held: list[outbox.Job] = []
        self._check_at = 0.0

    def turn(self) -> float:
        """Do what is due; returns how long to wait. Raises OperationalError when the database is in trouble."""
        self._give_back()
        self._rebuilder.look()
        if time.monotonic() >= self._check_at:
            self._check()
        try:
            self._held = indexer.claim()
            if not self._held:
                return IDLE_SECONDS
            indexer.settle(self._held)
            self._held = []
        except Unavailable as error:
            log.warning("search_index_unavailable", reason=str(error)[:300])
            self._give_back()
            self._check(in_doubt=True)
            return UNAVAILABLE_SECONDS
        return 0.0

    def stop(self) -> None:
        """End the rebuild, and let others have what is still claimed."""
        self._rebuilder.stop()
        self._give_back()

    def _check(self, *, in_doubt: bool = False) -> None:
        self._check_at = time.monotonic() + CHECK_SECONDS
        if not self._rebuilder.may_start() or indexer.is_rebuilding():
            return
        if indexer.ensure() or not indexer.can_read() or (in_doubt and not indexer.can_write()):
            self._rebuilder.start()

    def _give_back(self) -> None:
        if self._held:
            with transaction() as session:
                outbox.give_back(session, self._held)
            self._held = []


class Rebuilder:
    """The child process that makes a new index. After a failure it waits longer each time."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self._pause = FIRST_PAUSE
        self._not_before = 0.0

    def may_start(self) -> bool:
        return self._child is None and time.monotonic() >= self._not_before

    def start(self) -> None:
        log.info("search_rebuild_started")
        self._child = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own

    def look(self) -> None:
        """Take notice when the child has ended."""
        status = self._child.poll() if self._child else None
        if status is None:
            return
        self._child = None
        if status == 0:
            log.info("search_rebuild_finished")
            self._pause = FIRST_PAUSE
            return
        log.error("search_rebuild_failed", status=status, again_in_seconds=self._pause)
        self._not_before = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


def run(app: Flask, stop: threading.Event) -> None:
    """Keep the index in step until `stop` is set; a batch that was begun is finished first."""
    with app.app_context():
        indexing = Indexing()
        try:
            while not stop.is_set():
                stop.wait(_turn(indexing))
        finally:
            indexing.stop()
            db.session.remove()


def _turn(indexing: Indexing) -> float:
    try:
        return indexing.turn()
    except OperationalError as error:
        db.session.rollback()
        log.error("indexing_waits_for_database", error=str(error.orig)[:300])
    except Exception:
        # Whatever it was, tomorrow's posts are to be found too.
        db.session.rollback()
        log.exception("indexing_failed")
    finally:
        db.session.remove()
    return TROUBLE_SECONDS
