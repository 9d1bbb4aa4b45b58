"""Processes that write the segments of a new generation, so that building uses all cores and leaves those who search alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

from forum.search.backends import whoosh_schema
from forum.search.backends.whoosh_writer import Writer
from forum.search.documents import SearchDocument

MOST_HELPERS = 4
MOST_WAITING = 3
"""Batches handed to a helper that it has not done yet: they are in memory."""
NICENESS = 10


class Helper:
    """One process with a writer of its own."""

    def __init__(self, folder: Path) -> None:
        # A new interpreter: copying a process that has threads may copy a lock that nobody will ever open.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, _begin, (str(folder),))
        self._given: list[Future[None]] = []

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Raises what went wrong with a batch before, BrokenProcessPool if the process died."""
        self._given.append(self._pool.submit(_put, tuple(documents)))
        if len(self._given) > MOST_WAITING:
            self._given.pop(0).result()

    def finish(self) -> Future[Any]:
        """The segment, once all is written."""
        for given in self._given:
            given.result()
        return self._pool.submit(_finish)

    def stop(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Helpers:
    """A helper for each core. Documents go to them by turns."""

    def __init__(self, folder: Path) -> None:
        self._helpers = [Helper(folder) for _ in range(min(os.cpu_count() or 1, MOST_HELPERS))]
        self._turn = 0

    def put(self, documents: Sequence[SearchDocument]) -> None:
        self._helpers[self._turn].put(documents)
        self._turn = (self._turn + 1) % len(self._helpers)

    def finish(self) -> list[Any]:
        """The segments that were written."""
        finishing = [helper.finish() for helper in self._helpers]
        return [segment for one in finishing if (segment := one.result()) is not None]

    def stop(self) -> None:
        for helper in self._helpers:
            helper.stop()


# --- In the helper ---

_writers: list[Any] = []


def _begin(folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    _writers.append(Writer(Path(folder)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _put(documents: Sequence[SearchDocument]) -> None:
    for document in documents:
        _writers[0].add_document(**whoosh_schema.fields_of(document))


def _finish() -> Any:
    """The segment; who began the generation commits it. None if nothing was put."""
    return _writers[0].finished()
