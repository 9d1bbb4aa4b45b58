"""Reading the log: a page of what was searched for, and all of it for an export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select, tuple_

from forum.audit import chain
from forum.audit.chain import Content
from forum.audit.models import AuditEntry, AuditHead
from forum.core.db import db
from forum.core.paging import Cursor

PAGE = 50
BATCH = 1000

COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor_id,
    AuditEntry.action,
    AuditEntry.object_kind,
    AuditEntry.object_id,
    AuditEntry.before,
    AuditEntry.after,
    AuditEntry.reason,
    AuditEntry.hash,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log with its hash."""

    content: Content
    hash: str

    def as_json(self) -> str:
        """The entry as a line of an export."""
        return json.dumps({**chain.as_json(self.content), "hash": self.hash}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is None or empty does not count. `words` stand in the reason or in the values, in any order.

    `actors`: one of these people. `since` counts, `until` does not any more.
    """

    actors: frozenset[int] | None = None
    action: str = ""
    object_kind: str = ""
    object_id: int | None = None
    words: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """The same as SQL."""
        clauses = [_has(word) for word in self.words]
        if self.actors is not None:
            clauses.append(AuditEntry.actor_id.in_(sorted(self.actors)))
        if self.action:
            clauses.append(AuditEntry.action == self.action)
        if self.object_kind:
            clauses.append(AuditEntry.object_kind == self.object_kind)
        if self.object_id is not None:
            clauses.append(AuditEntry.object_id == self.object_id)
        if self.since is not None:
            clauses.append(AuditEntry.at >= self.since)
        if self.until is not None:
            clauses.append(AuditEntry.at < self.until)
        return clauses


def _has(word: str) -> ColumnElement[bool]:
    # Values are stored as JSON, where signs beyond ASCII, quotes and backslashes stand escaped.
    escaped = json.dumps(word)[1:-1]
    return or_(
        AuditEntry.reason.icontains(word, autoescape=True),
        cast(AuditEntry.before, Text).icontains(escaped, autoescape=True),
        cast(AuditEntry.after, Text).icontains(escaped, autoescape=True),
    )


def page(search: Search, after: Cursor | None) -> tuple[tuple[Entry, ...], Cursor | None]:
    """The latest entries from behind `after`, and where the next page begins. One statement."""
    statement = select(*COLUMNS).where(*search.clauses()).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if after is not None:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(after.moment, after.id))
    rows = db.session.execute(statement.limit(PAGE + 1)).all()
    entries = tuple(map(_entry, rows[:PAGE]))
    last = entries[-1].content if len(rows) > PAGE else None
    return entries, Cursor(last.at, last.id) if last else None


def everything(search: Search, upto: int) -> Iterator[tuple[Entry, ...]]:
    """What is found among the entries up to number `upto`, the oldest first, BATCH at a time."""
    after = 0
    while True:
        rows = db.session.execute(
            select(*COLUMNS)
            .where(AuditEntry.id > after, AuditEntry.id <= upto, *search.clauses())
            .order_by(AuditEntry.id)
            .limit(BATCH)
        ).all()
        if rows:
            yield tuple(map(_entry, rows))
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _entry(row: Any) -> Entry:
    return Entry(Content(*row[:9]), row.hash)


def last_number() -> int:
    """The number of the last entry; 0 for an empty log."""
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def head() -> tuple[int, str]:
    """How many entries there are by the head record, and the hash of the last."""
    row = db.session.execute(select(AuditHead.length, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    return (row.length, row.hash) if row else (0, chain.START)
