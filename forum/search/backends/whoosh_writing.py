"""Writing the index: a few documents into the published generation, all of them into a new one."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from forum.search.backends import whoosh_generations, whoosh_schema
from forum.search.backends.whoosh_generations import Generations
from forum.search.backends.whoosh_parallel import Helpers
from forum.search.backends.whoosh_snapshot import Snapshot
from forum.search.backends.whoosh_writer import Writer, create_index
from forum.search.documents import SearchDocument

IN_THIS_PROCESS = 2000
"""Documents that are not worth the second that helpers take to start."""
AT_ONCE = 250


class Changes:
    """Documents to write and keys to take out, all at once in the end. Of one key what was said last counts."""

    def __init__(self) -> None:
        self._changed: dict[str, SearchDocument | None] = {}

    def __bool__(self) -> bool:
        return bool(self._changed)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        self._changed.update((document.key, document) for document in documents)

    def remove(self, keys: Iterable[str]) -> None:
        self._changed.update(dict.fromkeys(keys))

    def commit(self, folder: Path, snapshot: Snapshot) -> None:
        """Write to the generation in `folder`, of which `snapshot` is the latest. Raises whatever a broken index or disk raises."""
        added = [whoosh_schema.fields_of(document) for document in self._changed.values() if document is not None]
        removed = _rows_of(snapshot, whoosh_schema.numbers_of(self._changed))
        writer = Writer(folder)
        try:
            if writer.generation != snapshot.commit + 1:
                raise RuntimeError("somebody else writes this index: the lock was not held")
            for row in removed:
                writer.delete_document(row)
            for values in added:
                writer.add_document(**values)
            if added or removed:
                writer.commit()
        finally:
            give_up(writer)


def give_up(writer: Any) -> None:
    """Leave the index as it was, unless the writer has committed. What is left of files is removed by the next commit."""
    if not writer.is_closed:
        with suppress(Exception):
            writer.cancel()


def _rows_of(snapshot: Snapshot, numbers: set[int]) -> list[int]:
    """The documents with these keys."""
    is_wanted = np.isin(snapshot.columns["key"], list(numbers))
    if snapshot.live is not None:
        is_wanted &= snapshot.live
    rows: list[int] = np.flatnonzero(is_wanted).tolist()
    return rows


class NewGeneration:
    """A generation in the making, in a folder of its own.

    Everything is written by helper processes, unless it is little. What comes a second time, or is taken out, waits until that is
    done: Whoosh replaces only what is committed.
    """

    def __init__(self, generations: Generations, folder: Path) -> None:
        create_index(folder)
        self._generations = generations
        self._folder = folder
        self._seen = Seen()
        self._first: list[SearchDocument] = []
        self._helpers: Helpers | None = None
        self._late = Changes()
        self._is_settled = False

    def put(self, documents: Iterable[SearchDocument]) -> None:
        for document in documents:
            number = whoosh_schema.number_of(document.key)
            if number is None:
                raise ValueError(f"no key of a document: {document.key!r}")
            if self._seen.add(number) and not self._is_settled:
                self._first.append(document)
            else:
                self._late.put([document])
        if len(self._first) > IN_THIS_PROCESS and self._helpers is None:
            self._helpers = Helpers(self._folder)
        if self._helpers:
            self._hand_over(self._helpers)

    def remove(self, keys: Iterable[str]) -> None:
        self._late.remove(keys)

    def settle(self) -> None:
        """Sorting what the helpers wrote takes a good part of the whole time."""
        if self._helpers:
            segments = self._helpers.finish()
            writer = Writer(self._folder)
            writer.segments += segments
            writer.commit(merge=False)
        elif self._first:
            first = Changes()
            first.put(self._first)
            self._commit(first)
            self._first.clear()
        self._is_settled = True

    def publish(self) -> None:
        """Call it with the lock held."""
        if not self._is_settled:
            self.settle()
        if self._late:
            self._commit(self._late)
        self._generations.publish(self._folder)

    def close(self) -> None:
        """Stop what still goes on."""
        if self._helpers:
            self._helpers.stop()

    def _hand_over(self, helpers: Helpers) -> None:
        for start in range(0, len(self._first), AT_ONCE):
            helpers.put(self._first[start : start + AT_ONCE])
        self._first.clear()

    def _commit(self, changes: Changes) -> None:
        commit = whoosh_generations.latest_commit(self._folder)
        changes.commit(self._folder, Snapshot(self._folder, commit))


class Seen:
    """Numbers met so far, a bit each."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, number: int) -> bool:
        """Whether `number` is new."""
        block, bit = self._blocks.get(number >> 10, 0), 1 << (number & 1023)
        self._blocks[number >> 10] = block | bit
        return not block & bit
