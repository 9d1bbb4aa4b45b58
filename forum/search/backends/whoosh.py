"""The index on the disk of this machine, for one host: nothing to install, nothing to look after.

Whoosh keeps files, segments and commits; matching and scoring are done here, on arrays, since Whoosh's own loop in Python takes
fifty times as long.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from forum.search.backends import whoosh_collecting, whoosh_generations
from forum.search.backends.whoosh_generations import Generations
from forum.search.backends.whoosh_schema import FINGERPRINT, key_of
from forum.search.backends.whoosh_snapshot import Snapshot
from forum.search.backends.whoosh_writing import Changes, NewGeneration
from forum.search.documents import Build, Found, Plan, Term, Unavailable, Writer

WORDS_SECONDS = 120.0
"""How old the vocabulary may be that typos are corrected by."""
# A writer may remove what is just being opened; then there is something newer.
TRIES = 10
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _Words:
    folder: Path
    at: float
    counts: Mapping[str, int]


class WhooshBackend:
    """A Backend in `folder`. Threads share one; every process has its own."""

    name = "whoosh"

    def __init__(self, folder: Path) -> None:
        self._generations = Generations(folder)
        self._latest: Snapshot | None = None
        self._words: _Words | None = None
        self._refreshing = Lock()

    def search(self, plan: Plan) -> Found:
        """Raises Unavailable."""
        return whoosh_collecting.search(self._snapshot(), plan)

    def title_words(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Raises Unavailable."""
        found = self._snapshot().names(prefix)
        return tuple(sorted(found, key=lambda term: (-found[term], term))[:limit])

    def words(self) -> Mapping[str, int]:
        """The same object as long as it is young enough. Raises Unavailable."""
        snapshot = self._snapshot()
        known = self._words
        if known is None or known.folder != snapshot.folder or time.monotonic() - known.at > WORDS_SECONDS:
            known = _Words(snapshot.folder, time.monotonic(), snapshot.words())
            self._words = known
        return known.counts

    def frequencies(self, terms: Sequence[Term]) -> tuple[int, ...]:
        """By stem. Raises Unavailable."""
        snapshot = self._snapshot()
        return tuple(snapshot.stem(term.stem).df for term in terms)

    def document_count(self) -> int:
        """Raises Unavailable."""
        return self._snapshot().count

    def analysis_version(self) -> int | None:
        try:
            return whoosh_generations.analysis_version(self._snapshot().folder)
        except Unavailable:
            return None

    def lock(self, wait: bool = True) -> AbstractContextManager[bool]:
        return self._generations.lock(wait)

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Raises Unavailable."""
        self._snapshot()
        changes = Changes()
        yield changes
        snapshot = self._snapshot()
        changes.commit(snapshot.folder, snapshot)

    @contextmanager
    def build(self) -> Iterator[Build]:
        with self._generations.building() as folder:
            made = NewGeneration(self._generations, folder)
            try:
                yield made
            finally:
                made.close()

    def fingerprints(self) -> Iterator[tuple[str, int]]:
        """Raises Unavailable."""
        snapshot = self._snapshot()
        for row, number, fingerprint in snapshot.numbers(FINGERPRINT):
            if snapshot.live is None or snapshot.live[row]:
                yield key_of(number), fingerprint

    def size(self) -> int:
        """Raises Unavailable."""
        folder = self._snapshot().folder
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())

    def forget(self) -> None:
        """Drop what is kept of terms, so that the next search is as slow as the first of a process: for measuring. Raises Unavailable."""
        self._snapshot().forget()

    def _snapshot(self) -> Snapshot:
        """The latest commit of the published generation. Raises Unavailable."""
        for _attempt in range(TRIES):
            try:
                return self._refreshed()
            except FileNotFoundError as error:
                missing = error
                time.sleep(PAUSE_SECONDS)
            except Unavailable:
                raise
            except Exception as error:  # a broken file raises whatever it likes
                raise Unavailable(f"the index cannot be read: {type(error).__name__}: {error}") from error
        raise Unavailable(f"a file of the index is missing: {missing}")

    def _refreshed(self) -> Snapshot:
        snapshot = self._latest
        if snapshot is not None and self._is_latest(snapshot):
            return snapshot
        with self._refreshing:
            snapshot = self._latest
            if snapshot is not None and self._is_latest(snapshot):
                return snapshot
            folder = self._generations.published()
            whoosh_generations.analysis_version(folder)
            self._latest = Snapshot(folder, whoosh_generations.latest_commit(folder), snapshot)
            return self._latest

    def _is_latest(self, snapshot: Snapshot) -> bool:
        """Two looks into small folders: what a search pays for never being behind."""
        folder = self._generations.published()
        return snapshot.folder == folder and snapshot.commit == whoosh_generations.latest_commit(folder)
