"""The index as one commit left it, in numbers: nothing of a snapshot changes, so any number of threads may search it.

Documents are numbered through all segments. What a process knows already of a segment goes over into the next snapshot, so a commit
costs what it added. Groups get places of their own, which stay the same as long as the process searches the same generation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.index import TOC

from forum.search import ranking
from forum.search.backends import whoosh_schema
from forum.search.backends.whoosh_cache import Cache
from forum.search.backends.whoosh_files import ClosingStorage
from forum.search.backends.whoosh_schema import BODY, COLUMNS, EXACT, KIND_BITS, KINDS, NOTHING, TAGS, TITLE, Column
from forum.search.backends.whoosh_segments import NO_POSTINGS, Postings, Segment, readable
from forum.search.backends.whoosh_vocabularies import Vocabularies
from forum.search.documents import Kind, Term
from forum.search.ranking import Averages, Floats, Occurrences

POSTINGS_BYTES = 48 << 20
"""Postings of segments that a process keeps, as read: what the next snapshot needs again."""
OCCURRENCES_BYTES = 48 << 20
OCCURRENCES_BYTES_A_DOCUMENT = 200
"""Terms of one snapshot that it keeps, ready to score: at least so much, and more where the index is large. With less, a search among
a million documents waits mostly for terms that are read again (66 instead of 36 ms at p95)."""

THREAD, REPLY, GUIDE = (KINDS.index(kind) for kind in (Kind.THREAD, Kind.REPLY, Kind.GUIDE))
NONE = Occurrences(NO_POSTINGS.documents, np.zeros(0, np.float32), 0)

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cache holds of a term."""

    found: Occurrences

    @property
    def nbytes(self) -> int:
        return self.found.rows.nbytes + self.found.values.nbytes


class Places:
    """A place, counted from 0, for each number of a group ever met."""

    def __init__(self) -> None:
        self._numbers: NDArray[np.int64] = np.zeros(0, np.int64)
        self._places: NDArray[np.int32] = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """The places of those of `numbers` that have one."""
        at = np.minimum(np.searchsorted(self._numbers, numbers), max(len(self._numbers) - 1, 0))
        return self._places[at[self._numbers[at] == numbers]] if len(self._numbers) else self._places

    def of(self, numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """The place of each of `numbers`; new ones get the next. Not for two threads at once."""
        distinct, inverse = np.unique(numbers, return_inverse=True)
        new = np.setdiff1d(distinct, self._numbers, assume_unique=True)
        if len(new):
            at = np.searchsorted(self._numbers, new)
            places = np.arange(len(self), len(self) + len(new), dtype=np.int32)
            # Both are replaced, never changed: a search that goes on meanwhile keeps what it has.
            self._places = np.insert(self._places, at, places)
            self._numbers = np.insert(self._numbers, at, new)
        return self._places[np.searchsorted(self._numbers, distinct)][inverse]


class Heads:
    """What is known of groups, by place: `row` is the document of the head, NOTHING where it is not in the index."""

    def __init__(self, columns: Columns, live: NDArray[np.bool_] | None, size: int) -> None:
        is_head = columns["kind"] != REPLY
        rows = np.flatnonzero(is_head if live is None else is_head & live).astype(np.int32)
        self._places = columns["place"][rows]
        self._size = size
        self.row = self._table(rows, NOTHING)
        self.number = self._table(columns["group"][rows], 0)
        self.board = self._table(columns["board"][rows], NOTHING)
        self.unit = self._table(columns["unit"][rows], NOTHING)
        self.status = self._table(columns["status"][rows], 0)
        self.year = self._table(_years(columns["day"][rows]), 0)
        self.is_guide = self._table(columns["kind"][rows] == GUIDE, False)

    def _table(self, values: NDArray[Any], default: int) -> NDArray[Any]:
        table = np.full(self._size, default, values.dtype)
        table[self._places] = values
        return table


def _years(ordinals: NDArray[np.int32]) -> NDArray[np.int16]:
    days = ordinals.astype(np.int64) - 719_163  # the first of January 1970
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return years.astype(np.int16)


class Snapshot:
    """One commit of one generation. `before` is what was searched until now: what it has in common is taken over."""

    def __init__(self, folder: Path, commit: int, before: Snapshot | None = None) -> None:
        """Raises FileNotFoundError if the commit has been superseded meanwhile, and whatever reading a broken index raises."""
        self.folder = folder
        self.commit = commit
        if before is not None and before.folder != folder:
            before = None
        self._places: Places = before._places if before else Places()
        self._postings: Cache[Postings] = before._postings if before else Cache(POSTINGS_BYTES)
        self._vocabularies: Vocabularies = before._vocabularies if before else Vocabularies()
        with ClosingStorage(folder) as files:
            toc = TOC.read(files, whoosh_schema.INDEX_NAME, gen=commit, schema=whoosh_schema.schema())
        known = {segment.name: segment for segment in before.segments} if before else {}
        self.segments: tuple[Segment, ...] = tuple(
            known.get(one.segment_id()) or Segment(folder, one) for one in toc.segments
        )
        self.starts = tuple(np.cumsum([0, *(segment.size for segment in self.segments)]).tolist())
        self.size: int = self.starts[-1]
        room = max(OCCURRENCES_BYTES, OCCURRENCES_BYTES_A_DOCUMENT * self.size)
        self._occurrences: Cache[Entry] = Cache(room)
        self.columns = self._read_columns(before)
        self.live = _live([list(one.deleted_docs()) for one in toc.segments], self.starts)
        self.count = self.size if self.live is None else int(self.live.sum())
        self.heads = Heads(self.columns, self.live, len(self._places))
        self.above = self.heads.row[self.columns["place"]]
        self.is_reply = self.columns["kind"] == REPLY
        self.averages = self._averages()
        self._boosts: tuple[date, Floats] | None = None

    def _read_columns(self, before: Snapshot | None) -> Columns:
        parts = [self._columns_of(segment, before) for segment in self.segments]
        if not parts:
            parts = [self._derived({column.name: np.zeros(0, column.code) for column in COLUMNS})]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _columns_of(self, segment: Segment, before: Snapshot | None) -> Columns:
        if before is not None and segment in before.segments:
            start = before.starts[before.segments.index(segment)]
            return {name: values[start : start + segment.size] for name, values in before.columns.items()}
        return self._derived({column.name: segment.column(column) for column in COLUMNS})

    def _derived(self, columns: dict[str, NDArray[Any]]) -> Columns:
        columns["kind"] = (columns["key"] & ((1 << KIND_BITS) - 1)).astype(np.uint8)
        columns["place"] = self._places.of(columns["group"])
        return columns

    def _averages(self) -> Averages:
        if not self.count:
            return Averages(0.0, 0.0)
        kept = slice(None) if self.live is None else self.live
        body = float(self.columns["body_length"][kept].mean())
        return Averages(body, body + float(self.columns["title_length"][kept].mean()))

    def boosts(self, today: date) -> Floats:
        """For what each document and the head of its group are; computed once a day and commit."""
        known = self._boosts
        if known is None or known[0] != today:
            columns = self.columns
            age = today.toordinal() - columns["day"]
            boosts = ranking.document_boosts(columns["is_solution"], columns["helpful"], age)
            boosts *= ranking.status_boosts(self.heads.status)[columns["place"]]
            known = self._boosts = (today, boosts)
        return known[1]

    # --- Terms ---

    def occurrences(self, term: Term) -> tuple[Occurrences, Occurrences]:
        """By stem and by untouched word."""
        return self.stem(term.stem), self.word(term.word)

    def stem(self, stem: str) -> Occurrences:
        """Where a stem occurs in title, body or tags, and what it is worth there."""
        key = (BODY, stem)
        entry = self._occurrences.get(key)
        if entry is None:
            entry = Entry(self._scored_stem(stem))
            self._occurrences.put(key, entry)
        return entry.found

    def word(self, word: str) -> Occurrences:
        """Where an untouched word occurs in title or body."""
        key = (EXACT, word)
        entry = self._occurrences.get(key)
        if entry is None:
            entry = Entry(self._scored_word(word))
            self._occurrences.put(key, entry)
        return entry.found

    def _scored_stem(self, stem: str) -> Occurrences:
        found = [self.postings(field, stem) for field in (TITLE, BODY, TAGS)]
        rows = _united([one.documents for one in found])
        if not len(rows):
            return NONE
        title, body, tags = (_spread(one, rows) for one in found)
        lengths = self.columns["title_length"][rows], self.columns["body_length"][rows]
        return Occurrences(rows, ranking.stem_values(title, body, tags, *lengths, self.averages), len(rows))

    def _scored_word(self, word: str) -> Occurrences:
        found = self.postings(EXACT, word)
        rows = found.documents
        lengths = self.columns["title_length"][rows].astype(np.int32) + self.columns["body_length"][rows]
        return Occurrences(rows, ranking.word_values(found.counts, lengths, self.averages), len(rows))

    def postings(self, field: str, term: str) -> Postings:
        """Those of all segments, numbered through, without deleted documents."""
        parts = [
            (self._of_segment(segment, field, term), start)
            for segment, start in zip(self.segments, self.starts, strict=False)
        ]
        parts = [(found, start) for found, start in parts if len(found.documents)]
        if not parts:
            return NO_POSTINGS
        rows = np.concatenate([found.documents + np.int32(start) for found, start in parts])
        counts = np.concatenate([found.counts for found, _start in parts])
        if self.live is None:
            return Postings(rows, counts)
        kept = self.live[rows]
        return Postings(rows[kept], counts[kept])

    def _of_segment(self, segment: Segment, field: str, term: str) -> Postings:
        key = (segment.name, field, term)
        found = self._postings.get(key)
        if found is None:
            with readable():
                found = segment.postings(field, term)
            self._postings.put(key, found)
        return found

    # --- The rest ---

    def words(self) -> Mapping[str, int]:
        """The untouched words with the number of documents they occur in, deleted ones included."""
        return self._vocabularies.counts(EXACT, self.segments)

    def names(self, prefix: str) -> Mapping[str, int]:
        """The same for stems and words of titles and tags that begin with `prefix`."""
        return self._vocabularies.beginning(whoosh_schema.NAMES, prefix, self.segments)

    def numbers(self, column: Column) -> Iterator[tuple[int, int, int]]:
        """For each document, deleted ones included: its place in this snapshot, its key, and its number in a column."""
        for segment, start in zip(self.segments, self.starts, strict=False):
            with readable():
                values = segment.column(column).tolist()
            keys = self.columns["key"][start : start + segment.size].tolist()
            yield from zip(range(start, start + segment.size), keys, values, strict=True)

    def places_of(self, groups: Sequence[int]) -> NDArray[np.int32]:
        """Places of those of `groups` that this snapshot may have."""
        places = self._places.find(np.array(groups, np.int64))
        return places[places < len(self.heads.row)]

    def forget(self) -> None:
        """Read every term anew from now on, as a process that has just started."""
        self._postings.clear()
        self._occurrences.clear()


def _live(deleted: Sequence[Sequence[int]], starts: Sequence[int]) -> NDArray[np.bool_] | None:
    """Which documents are there; None for all."""
    if not any(deleted):
        return None
    live = np.ones(starts[-1], np.bool_)
    for numbers, start in zip(deleted, starts, strict=False):
        live[np.array(numbers, np.int64) + start] = False
    return live


def _united(rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    there = [some for some in rows if len(some)]
    if len(there) == 1:
        return there[0]
    if not there:
        return NO_POSTINGS.documents
    together = np.sort(np.concatenate(there))
    distinct: NDArray[np.int32] = together[np.append(True, together[1:] != together[:-1])]
    return distinct


def _spread(found: Postings, rows: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The count in each of `rows`, which hold those of `found` among others."""
    if len(found.documents) == len(rows):
        return found.counts
    counts = np.zeros(len(rows), np.uint8)
    counts[np.searchsorted(rows, found.documents)] = found.counts
    return counts
