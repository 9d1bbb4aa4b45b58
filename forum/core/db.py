"""The database: naming convention, UTC times, SQLite pragmas, and the one way to write: `transaction()`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, CursorResult, DateTime, Integer, MetaData, Result, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from forum.core import timing

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# busy_timeout: a writer waits for the writer before it rather than failing. synchronous=FULL: an acknowledged post
# survives a power cut. foreign_keys is off in SQLite unless asked for.
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
)


# Ids in addresses go up to 2^63-1; PostgreSQL's INTEGER would refuse the comparison. SQLite has one integer type.
Int = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


Base.registry.update_type_annotation_map({int: Int})


db = SQLAlchemy(model_class=Base)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is a mistake and raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def prepare_engine(engine: Engine) -> None:
    """Set up pragmas, explicit BEGINs and statement counting. Call once for each engine, before its first use."""
    timing.listen(engine)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        # The driver's own transaction handling silently loses concurrent updates; BEGIN is sent below instead.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A deferred BEGIN that turns into a write fails at once when another writer was faster, so writers say so first.
        writes = connection.get_execution_options().get("rembuk_writes", False)
        statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
        try:
            connection.connection.driver_connection.execute(statement)
        except sqlite3.OperationalError as error:  # "database is locked", told as SQLAlchemy tells it everywhere else
            raise OperationalError(statement, None, error) from error


def insert(session: Session, model: Any) -> Any:
    """An INSERT that can say ON CONFLICT, in the dialect of the session's database."""
    return sqlite_insert(model) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(model)


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE, DELETE or INSERT touched."""
    return int(cast("CursorResult[Any]", result).rowcount)


@contextmanager
def transaction() -> Iterator[Session]:
    """A writing transaction: committed when the block ends, rolled back when it raises.

    Only entrances (views, api, cli, worker) open one; services flush and never commit. Whatever was read before belongs to
    an older snapshot and is let go. Transactions do not nest: opening one inside another raises RuntimeError.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a transaction is already open")
    session.rollback()
    session.info["writing"], session.info["last"] = True, {}
    try:
        session.connection(execution_options={"rembuk_writes": True})
        yield session
        session.flush()
        for write, items in session.info["last"].items():
            write(session, items)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"], session.info["last"] = False, {}


def at_the_end(write: Callable[[Session, list[T]], None], item: T) -> None:
    """Have `write(session, items)` called as the last thing before the open transaction commits, once, with every item handed in.

    For what all writers must take turns at: a lock that is taken last is held for the shortest time, and nobody who holds it waits for
    another one. Raises RuntimeError outside a transaction, where it would be forgotten.
    """
    session = db.session()
    if not session.info.get("writing"):
        raise RuntimeError("no transaction is open")
    session.info["last"].setdefault(write, []).append(item)
