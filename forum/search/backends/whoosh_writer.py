"""Whoosh's own writer, as both ways of writing use it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from forum.search.backends import whoosh_generations, whoosh_schema

MEMORY_MB = 64
"""Postings that a writer keeps before it sorts them into a file, by Whoosh's estimate; about three times that in truth."""


class Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer without its lock (the single writer has ours), that sees to it that a commit is on the disk."""

    def __init__(self, folder: Path) -> None:
        index = open_index(folder)
        super().__init__(index, _lk=False, limitmb=MEMORY_MB, codec=whoosh_schema.codec())
        self._folder = folder

    def finished(self) -> Any:
        """The segment written so far, for another writer to commit; None if it has no documents."""
        return self._finalize_segment() if self._added else None

    def _commit_toc(self, segments: Sequence[Any]) -> None:
        whoosh_generations.sync(self._folder, [one.make_filename(one.COMPOUND_EXT) for one in segments[-1:]])
        super()._commit_toc(segments)
        whoosh_generations.sync(self._folder, [whoosh_generations.commit_file(self.generation)])


def create_index(folder: Path) -> None:
    """An empty index in `folder`."""
    FileIndex.create(FileStorage(str(folder)), whoosh_schema.schema(), whoosh_schema.INDEX_NAME)


def open_index(folder: Path) -> Any:
    """The index in `folder`, for a writer."""
    return FileIndex(FileStorage(str(folder)), whoosh_schema.schema(), whoosh_schema.INDEX_NAME)
