"""Changes to a generation of the PostgreSQL index, on one connection, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, any_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from forum.core.i18n import DEFAULT_ZONE
from forum.search.backends import postgres_vectors as vectors
from forum.search.backends.postgres_rows import VECTORS
from forum.search.backends.postgres_tables import documents, generations, terms
from forum.search.documents import Kind, SearchDocument

Item = TypeVar("Item")

BATCH = 500
KINDS = (Kind.THREAD, Kind.REPLY, Kind.GUIDE)
SUMS = ("documents", "body_length", "exact_length")
COLUMNS = [column.name for column in documents.columns if column.name != "id"]
CITY = ZoneInfo(DEFAULT_ZONE)
EPOCH = date(1970, 1, 1).toordinal()
NOTHING = 0

_COPY = f"COPY {documents.name} ({', '.join(COLUMNS)}) FROM STDIN"
_NEW_NUMBERS = text("SELECT nextval('search_term_ids') FROM generate_series(1, :count)")


class Changes:
    """A Writer. Whoever made it calls `flush` before the commit: frequencies and sums are written there, once for all changes."""

    def __init__(self, connection: Connection, generation: int, is_new: bool) -> None:
        """`is_new`: the generation was made in this transaction, so no term has a number that is not known here."""
        self._connection = connection
        self._generation = generation
        self._is_new = is_new
        self._numbers: dict[tuple[str, bool], int] = {}
        self._changed: dict[int, list[int]] = {}
        self._sums = dict.fromkeys(SUMS, 0)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add each, in place of what has its key; the last of those with one key counts."""
        for batch in _batches(documents):
            latest = {document.key: document for document in batch}
            self.remove(latest)
            self._add(latest.values())

    def remove(self, keys: Iterable[str]) -> None:
        """Take out what has one of these keys."""
        for batch in _batches(keys):
            gone = (
                delete(documents)
                .where(documents.c.generation == self._generation)
                .where(documents.c.key == any_(bindparam("keys", batch, type_=ARRAY(documents.c.key.type))))
                .returning(*(documents.c[name] for name in (*VECTORS, "body_length", "exact_length")))
            )
            for row in self._connection.execute(gone):
                self._count(-1, row[:4], row[4:])

    def flush(self) -> None:
        """Write frequencies and sums."""
        names = {number: name for name, number in self._numbers.items()}
        rows = [(at, *names.get(at, ("", False)), *change) for at, change in self._changed.items() if any(change)]
        if rows:
            self._connection.execute(*_frequencies(self._generation, rows))
        self._connection.execute(
            update(generations)
            .where(generations.c.id == self._generation)
            .values({generations.c[name]: generations.c[name] + change for name, change in self._sums.items()})
        )
        self._changed.clear()
        self._sums = dict.fromkeys(SUMS, 0)

    def _add(self, batch: Iterable[SearchDocument]) -> None:
        analysed = [(document, vectors.analyse(document)) for document in batch]
        self._learn(analysed)
        number = self._number
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            for document, found in analysed:
                arrays = (*vectors.stem_vector(found, number), *vectors.word_vector(found, number))
                copy.write_row(self._row(document, found, arrays))
                self._count(1, arrays, found.lengths[1:])

    def _row(self, document: SearchDocument, found: vectors.Analysed, arrays: Sequence[list[int]]) -> tuple[Any, ...]:
        """In the order of the columns."""
        local = document.created_at.astimezone(CITY)
        return (
            document.group,
            document.board_id or NOTHING,
            document.unit_id or NOTHING,
            document.author_id or NOTHING,
            int(document.created_at.timestamp()),
            document.fingerprint,
            self._generation,
            local.toordinal() - EPOCH,
            document.helpful,
            *found.lengths,
            local.year,
            KINDS.index(document.kind),
            int(document.status),
            document.kind is not Kind.REPLY,
            document.is_solution,
            *map(vectors.as_array, arrays),
            document.key,
            list(document.tag_slugs),
        )

    def _number(self, term: str, is_word: bool) -> int:
        return self._numbers[term, is_word]

    def _learn(self, analysed: Sequence[tuple[SearchDocument, vectors.Analysed]]) -> None:
        """Know a number for each term: the one it has, or a new one."""
        unknown: dict[tuple[str, bool], None] = {}
        for _document, found in analysed:
            for counter in (found.title, found.tags, found.body):
                unknown.update(dict.fromkeys((stem, vectors.STEM) for stem in counter))
            unknown.update(dict.fromkeys((word, vectors.WORD) for word in (*found.words, *found.title_words)))
        wanted = [name for name in unknown if name not in self._numbers]
        if wanted and not self._is_new:
            self._numbers.update(self._stored([term for term, _is_word in wanted]))
            wanted = [name for name in wanted if name not in self._numbers]
        if wanted:
            fresh = self._connection.scalars(_NEW_NUMBERS, {"count": len(wanted)})
            self._numbers.update(zip(wanted, fresh, strict=True))

    def _stored(self, names: list[str]) -> dict[tuple[str, bool], int]:
        query = (
            select(terms.c.term, terms.c.is_word, terms.c.id)
            .where(terms.c.generation == self._generation)
            .where(terms.c.term == any_(bindparam("terms", names, type_=ARRAY(terms.c.term.type))))
        )
        return {(term, is_word): number for term, is_word, number in self._connection.execute(query)}

    def _count(self, sign: int, arrays: Sequence[list[int]], lengths: Sequence[int]) -> None:
        """Note what a document adds (`sign` 1) or takes away. `lengths`: of its body and its untouched words."""
        for number, *change in vectors.frequencies(*arrays):
            known = self._changed.setdefault(number, [0, 0, 0])
            for place, by in enumerate(change):
                known[place] += sign * by
        for name, by in zip(SUMS, (1, *lengths), strict=True):
            self._sums[name] += sign * by


def _frequencies(generation: int, rows: Sequence[tuple[Any, ...]]) -> tuple[Any, dict[str, Any]]:
    """A statement that adds `rows` (number, term, is_word, df, strong_df, title_df) to the vocabulary, and its parameters.

    A term that only loses documents comes without its name: it is there, and keeps it.
    """
    names = ("id", "term", "is_word", "df", "strong_df", "title_df")
    columns = [terms.c[name] for name in names]
    unnested = (
        func.unnest(*(bindparam(c.name, type_=ARRAY(c.type)) for c in columns)).table_valued(*names).render_derived()
    )
    source = select(unnested.c.id, bindparam("generation"), *(unnested.c[name] for name in names[1:]))
    adding = insert(terms).from_select(["id", "generation", *names[1:]], source)
    sums = {name: terms.c[name] + adding.excluded[name] for name in names[3:]}
    return adding.on_conflict_do_update(index_elements=[terms.c.id], set_=sums), {
        "generation": generation,
        **{name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)},
    }


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
