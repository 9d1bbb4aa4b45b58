"""The index in PostgreSQL itself: several hosts share it, and a backup has it.

Every use has a connection of its own, so the transaction of a request is not involved. A generation is made in one transaction:
until that is committed nobody sees anything of it, and nothing stays of one that is given up or killed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from forum.search import analysis
from forum.search.backends import postgres_search as searching
from forum.search.backends.postgres_tables import documents, generations, terms
from forum.search.backends.postgres_writing import Changes
from forum.search.documents import Build, Found, Plan, Term, Unavailable, Writer

# Any number that nothing else in the database uses.
LOCK = 72_366_286
ROWS_AT_ONCE = 5000
WORDS_SECONDS = 120.0  # how old the vocabulary may be that typos are corrected by
UNDEFINED_TABLE = "42P01"

Published = Row[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Words:
    generation: int
    at: float
    counts: Mapping[str, int]


class PostgresBackend:
    """A Backend on the database of the application."""

    name = "postgresql"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._words: _Words | None = None

    def search(self, plan: Plan) -> Found:
        """Raises Unavailable."""
        with self._connected() as connection:
            return searching.search(connection, plan)

    def title_words(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Raises Unavailable."""
        if "\0" in prefix:  # PostgreSQL has no such text
            return ()
        with self._reading() as (connection, published):
            found = connection.scalars(
                select(terms.c.term)
                .where(terms.c.generation == published.id, terms.c.title_df > 0)
                .where(terms.c.term >= prefix, terms.c.term.startswith(prefix, autoescape=True))
                .group_by(terms.c.term)
                .order_by(func.max(terms.c.title_df).desc(), terms.c.term)
                .limit(limit)
            )
            return tuple(found)

    def words(self) -> Mapping[str, int]:
        """The same object as long as it is young enough. Raises Unavailable."""
        with self._reading() as (connection, published):
            kept = self._words
            if kept is not None and kept.generation == published.id and time.monotonic() - kept.at < WORDS_SECONDS:
                return kept.counts
            known = select(terms.c.term, terms.c.df).where(
                terms.c.generation == published.id, terms.c.is_word, terms.c.df > 0
            )
            counts = {term: df for term, df in connection.execute(known)}
            self._words = _Words(published.id, time.monotonic(), counts)
            return counts

    def frequencies(self, terms: Sequence[Term]) -> tuple[int, ...]:
        """By stem. Raises Unavailable."""
        with self._connected() as connection:
            stems = searching.opened_for(connection, terms).stems
            return tuple(stems[term.stem].df if term.stem in stems else 0 for term in terms)

    def document_count(self) -> int:
        """Raises Unavailable."""
        with self._reading() as (_connection, published):
            return int(published.documents)

    def analysis_version(self) -> int | None:
        try:
            with self._reading() as (_connection, published):
                return int(published.analysis_version)
        except Unavailable:
            return None

    @contextmanager
    def lock(self, wait: bool = True) -> Iterator[bool]:
        """An advisory lock of a session of its own: PostgreSQL lets go of it when the process dies."""
        take = func.pg_advisory_lock if wait else func.pg_try_advisory_lock
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            has_it = connection.scalar(select(take(LOCK))) is not False
            try:
                yield has_it
            finally:
                if has_it:
                    connection.execute(select(func.pg_advisory_unlock(LOCK)))

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Raises Unavailable."""
        with _reachable(), self._engine.begin() as connection:
            changes = Changes(connection, _published(connection).id, is_new=False)
            yield changes
            changes.flush()

    @contextmanager
    def build(self) -> Iterator[Build]:
        with _reachable(), self._engine.connect() as connection:
            yield NewGeneration(connection)

    def fingerprints(self) -> Iterator[tuple[str, int]]:
        """Raises Unavailable."""
        with self._reading() as (connection, published):
            rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(
                select(documents.c.key, documents.c.fingerprint).where(documents.c.generation == published.id)
            )
            yield from rows

    def size(self) -> int:
        """Of the tables and their indexes, so a generation that was replaced counts until PostgreSQL has cleaned up."""
        with self._reading() as (connection, _published):
            sizes = [func.pg_total_relation_size(table.name) for table in (documents, terms, generations)]
            return sum(connection.execute(select(*sizes)).one())

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _reachable(), self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, Published]]:
        """The same, and the published generation. Raises Unavailable."""
        with self._connected() as connection:
            yield connection, _published(connection)


class NewGeneration(Changes):
    """A generation in the making, in a transaction that `publish` commits."""

    def __init__(self, connection: Connection) -> None:
        row = {"analysis_version": analysis.ANALYSIS_VERSION, "is_published": False}
        number = connection.scalar(insert(generations).values(row).returning(generations.c.id))
        super().__init__(connection, number, is_new=True)

    def settle(self) -> None:
        self.flush()

    def publish(self) -> None:
        self.flush()
        old = generations.c.id != self._generation
        for table in (documents, terms):
            self._connection.execute(delete(table).where(table.c.generation != self._generation))
        self._connection.execute(delete(generations).where(old))
        self._connection.execute(update(generations).values(is_published=True))
        # Without it PostgreSQL would plan as if the table were still what it was before, until it looks by itself.
        self._connection.execute(text(f"ANALYZE {documents.name}"))
        self._connection.commit()


@contextmanager
def _reachable() -> Iterator[None]:
    """A missing table or server is told as what it means for a search. Raises Unavailable."""
    try:
        yield
    except (ProgrammingError, OperationalError) as error:
        if isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", "") == UNDEFINED_TABLE:
            raise Unavailable(str(error.orig)) from error
        raise


def _published(connection: Connection) -> Published:
    row = connection.execute(select(generations).where(generations.c.is_published)).one_or_none()
    if row is None:
        raise Unavailable("no generation is published")
    return row
