"""Reading a segment of the index: postings and columns as numpy arrays.

Whoosh hands out one posting at a time. Reading the blocks of its files at once takes a fifth of the time or less, with classes of its
codec that are not made for others: what is read is checked against what the index says of itself, and where that does not fit,
Whoosh's public reader is used.
"""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.reading import SegmentReader, TermNotFound

from forum.search.backends import whoosh_schema
from forum.search.backends.whoosh_files import ClosingStorage, InMemory, SegmentFiles
from forum.search.backends.whoosh_schema import Column
from forum.search.documents import Unavailable

_INT = struct.Struct("!i")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents of a segment that have a term in a field, ascending, and how often."""

    documents: NDArray[np.int32]
    counts: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        return self.documents.nbytes + self.counts.nbytes


NO_POSTINGS = Postings(np.zeros(0, np.int32), np.zeros(0, np.uint8))


class Unexpected(Exception):
    """A file of the index is not laid out as this module expects."""


@contextmanager
def readable() -> Iterator[None]:
    """Whatever reading a broken file raises is told as what it means. Raises Unavailable."""
    try:
        yield
    except Exception as error:
        raise Unavailable(f"the index cannot be read: {type(error).__name__}: {error}") from error


class Reader(Protocol):
    def postings(self, field: str, term: bytes) -> Postings:
        """Those of a term; none where it does not occur."""

    def column(self, column: Column) -> NDArray[Any]:
        """A number for each document."""

    def terms(self, field: str) -> Iterator[tuple[str, int]]:
        """Every term of a field in order, with the number of documents that have it."""


class Segment:
    """A segment; any number of threads may read it. `name` is never used again for another."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self.name: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._folder = folder
        self._segment = segment
        self._slow: PublicReader | None = None
        self._fast: BlockReader | None = None
        try:
            self._fast = BlockReader(folder, segment)
        except FileNotFoundError:
            raise
        except Exception as error:
            self._fall_back(error)

    def postings(self, field: str, term: str) -> Postings:
        encoded = whoosh_schema.encoded(term)
        if self._fast:
            try:
                return self._fast.postings(field, encoded)
            except Exception as error:
                self._fall_back(error)
        return self._public().postings(field, encoded)

    def column(self, column: Column) -> NDArray[Any]:
        if self._fast:
            try:
                return self._fast.column(column)
            except Exception as error:
                self._fall_back(error)
        return self._public().column(column)

    def terms(self, field: str) -> list[tuple[str, int]]:
        if self._fast:
            try:
                return list(self._fast.terms(field))
            except Exception as error:
                self._fall_back(error)
        return list(self._public().terms(field))

    @property
    def is_fast(self) -> bool:
        return self._fast is not None

    def _fall_back(self, error: Exception) -> None:
        log.warning("search_segment_read_slowly", segment=self.name, error=f"{type(error).__name__}: {error}"[:300])
        self._fast = None

    def _public(self) -> PublicReader:
        if self._slow is None:
            self._slow = PublicReader(self._folder, self._segment)
        return self._slow


class BlockReader:
    """Reads files of Whoosh's codec as they are."""

    def __init__(self, folder: Path, segment: Any) -> None:
        self._files = SegmentFiles(folder / segment.make_filename(segment.COMPOUND_EXT))
        self._size = segment.doc_count_all()
        self._segment = segment
        codec = segment.codec()
        self._terms = codec.terms_reader(self._files, segment)
        self._blocks = self._files.open_file(segment.make_filename(codec.POSTS_EXT))

    def postings(self, field: str, term: bytes) -> Postings:
        try:
            known = self._terms.term_info(field, term)
        except TermNotFound:
            return NO_POSTINGS
        start, length = known.extent()
        # Whoosh gives the length as it unpacked it, in a tuple.
        found = _decoded(self._blocks.get(start, length[0] if isinstance(length, tuple) else length))
        if len(found.documents) != known.doc_frequency() or int(found.documents[-1]) >= self._size:
            raise Unexpected(f"postings of {field}:{term!r}")
        return found

    def column(self, column: Column) -> NDArray[Any]:
        name = self._segment.codec().column_filename(self._segment, column.name)
        values = np.full(self._size, column.default, np.dtype(column.code))
        if name in self._files.ranges:
            content = self._files.read(name, 0, self._files.file_length(name))
            written = np.frombuffer(content, np.dtype(f">{column.code}"))
            if len(written) > self._size:
                raise Unexpected(f"column {column.name}")
            values[: len(written)] = written
        return values

    def terms(self, field: str) -> Iterator[tuple[str, int]]:
        """With the whole table in memory meanwhile: looking each up on the disk takes three times as long."""
        terms = self._segment.codec().terms_reader(InMemory(self._files), self._segment)
        for (of, term), known in terms.items_from(field, b""):
            if of != field:
                return
            yield term.decode("utf-8", "replace"), known.doc_frequency()


def _decoded(blocks: bytes) -> Postings:
    """Every block of a list of postings: a length (negative in the last), a pickled summary, and the pickled rest, compressed."""
    if not blocks.startswith(WHOOSH3_HEADER_MAGIC):
        raise Unexpected("beginning of postings")
    at = len(WHOOSH3_HEADER_MAGIC)
    documents: list[NDArray[np.int32]] = []
    counts: list[NDArray[np.uint8]] = []
    length = 1
    while length > 0:
        (length,) = _INT.unpack_from(blocks, at)
        at += _INT.size
        found = _block(io.BytesIO(blocks[at : at + abs(length)]))
        documents.append(found.documents)
        counts.append(found.counts)
        at += abs(length)
    if len(documents) == 1:
        return Postings(documents[0], counts[0])
    return Postings(np.concatenate(documents), np.concatenate(counts))


def _block(block: io.BytesIO) -> Postings:
    # What is unpickled was written by this installation into a folder that it alone may write to.
    size, last, _weight, is_compressed, _shortest, _longest = pickle.load(block)  # noqa: S301 - our own index
    rest = block.read()
    steps, _weights, counted = pickle.loads(zlib.decompress(rest) if is_compressed else rest)  # noqa: S301 - our own index
    documents = np.cumsum(np.fromiter(steps, np.int32, len(steps)), dtype=np.int32)
    counts = np.frombuffer(counted, np.uint8)
    if not len(documents) == len(counts) == size or int(documents[-1]) != last:
        raise Unexpected("block of postings")
    return Postings(documents, counts)


class PublicReader:
    """Reads through Whoosh's public reader, one posting after the other, one thread at a time."""

    def __init__(self, folder: Path, segment: Any) -> None:
        # Whoosh maps the file that is a segment, so nothing has to stay open.
        with ClosingStorage(folder) as files:
            self._reader = SegmentReader(files, whoosh_schema.schema(), segment)
        self._size = segment.doc_count_all()
        self._lock = Lock()

    def postings(self, field: str, term: bytes) -> Postings:
        documents: list[int] = []
        counts: list[int] = []
        with self._lock:
            try:
                matcher = self._reader.postings(field, term)
            except TermNotFound:
                return NO_POSTINGS
            while matcher.is_active():
                documents.append(matcher.id())
                counts.append(matcher.value()[0])
                matcher.next()
        return Postings(np.array(documents, np.int32), np.array(counts, np.uint8))

    def column(self, column: Column) -> NDArray[Any]:
        with self._lock:
            if not self._reader.has_column(column.name):
                return np.full(self._size, column.default, np.dtype(column.code))
            values = self._reader.column_reader(column.name)
            return np.array([values[number] for number in range(self._size)], np.dtype(column.code))

    def terms(self, field: str) -> Iterator[tuple[str, int]]:
        with self._lock:
            found = [
                (term.decode("utf-8", "replace"), known.doc_frequency())
                for (of, term), known in self._reader.iter_from(field, "")
                if of == field
            ]
        return iter(found)
