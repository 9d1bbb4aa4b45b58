"""Does the log still say what was written into it? Every entry is checked against its hash, and the end against the head record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from forum.audit import chain
from forum.audit.chain import Content
from forum.audit.models import AuditEntry, AuditHead
from forum.audit.queries import BATCH, COLUMNS
from forum.core.db import db

# Beyond so many faults the log is as good as lost; naming more helps nobody.
MOST = 50


class Fault(StrEnum):
    """What can be wrong.

    CHANGED: an entry does not fit its hash and the one before it. SURPLUS: entries that the head record does not know of. OTHER_HISTORY:
    all fits, but not what was noted elsewhere.
    """

    CHANGED = "changed"
    MISSING = "missing"
    MISSING_AT_END = "missing_at_end"
    SURPLUS = "surplus"
    HEAD_MISSING = "head_missing"
    HEAD_DIFFERS = "head_differs"
    OTHER_HISTORY = "other_history"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, and the entries from `first` to `last` that it is about."""

    fault: Fault
    first: int
    last: int


@dataclass(slots=True)
class Report:
    """`count` and `hash`: of the entries that are there, to be kept elsewhere. `found` stops at MOST faults."""

    count: int = 0
    hash: str = chain.START
    found: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.found

    def add(self, fault: Fault, first: int, last: int | None = None) -> None:
        """Note a fault; entries that follow one another with the same fault are one."""
        last = first if last is None else last
        before = self.found[-1] if self.found else None
        if before and before.fault is fault and before.last == first - 1:
            self.found[-1] = Finding(fault, before.first, last)
        elif len(self.found) < MOST:
            self.found.append(Finding(fault, first, last))


def verify(kept: tuple[int, str] | None = None, advance: Callable[[int], None] = lambda done: None) -> Report:
    """Read the whole log, in one snapshot.

    `kept`: number and hash of an entry as they were noted elsewhere. `advance(done)` is told how many more were read.
    """
    _one_snapshot()
    report = Report()
    head = db.session.execute(select(AuditHead.length, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    _check_entries(report, kept, advance)
    _check_end(report, head)
    if kept is not None and kept[0] > report.count:
        report.add(Fault.OTHER_HISTORY, kept[0])
    db.session.rollback()
    return report


def _one_snapshot() -> None:
    """What is written meanwhile is not looked at. SQLite reads a whole transaction from one snapshot of itself."""
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _check_entries(report: Report, kept: tuple[int, str] | None, advance: Callable[[int], None]) -> None:
    """Each entry must follow from the one before: from the hash that this has, or should have, so that a fault is named once."""
    possible = {chain.START}
    for row in _rows(advance):
        if row.id > report.count + 1:
            report.add(Fault.MISSING, report.count + 1, row.id - 1)
            # Nobody knows the hash of what is missing: the next is taken as it is, and all others follow from it.
            computed = row.hash
        else:
            computed = _judge(report, row, possible)
        possible = {row.hash, computed}
        report.count, report.hash = row.id, row.hash
        if kept is not None and kept[0] == row.id and kept[1] != row.hash:
            report.add(Fault.OTHER_HISTORY, row.id)


def _judge(report: Report, row: Any, possible: set[str]) -> str:
    """Compare the hash of an entry with what it should be by those that the entry before may have had; what it should be."""
    content = Content(*row[:9])
    computed = {chain.follow(previous, content) for previous in possible}
    if row.hash in computed:
        return str(row.hash)
    report.add(Fault.CHANGED, row.id)
    return computed.pop()


def _check_end(report: Report, head: Any) -> None:
    if head is None:
        if report.count:
            report.add(Fault.HEAD_MISSING, report.count)
    elif head.length > report.count:
        report.add(Fault.MISSING_AT_END, report.count + 1, head.length)
    elif head.length < report.count:
        report.add(Fault.SURPLUS, head.length + 1, report.count)
    elif head.hash != report.hash:
        report.add(Fault.HEAD_DIFFERS, report.count)


def _rows(advance: Callable[[int], None]) -> Iterator[Any]:
    """All entries by number, BATCH at a time."""
    after = 0
    while rows := db.session.execute(
        select(*COLUMNS).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(BATCH)
    ).all():
        yield from rows
        after = rows[-1].id
        advance(len(rows))
