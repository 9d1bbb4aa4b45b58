"""Work that must follow a commit, written in the caller's transaction, so that neither can happen without the other.

A row says *what* to look at (topic and key), never what it contained: the worker loads the state of that moment. Two
requests for the same work become one row with a higher version; a row is removed only if its version has not moved while
the work was done. So every request is served at least once, by handlers that may be called again (idempotent).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.core import clock
from forum.core.db import Base, UtcDateTime, db

LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(hours=6)


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    last_error: Mapped[str | None] = mapped_column(String(500))


Index("uq_outbox_topic_key", OutboxRow.topic, OutboxRow.key, unique=True)


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    topic: str
    key: str
    version: int
    attempts: int


def put(topic: str, key: object) -> None:
    """Ask for `topic` to be done for `key` after the surrounding transaction commits."""
    session = db.session()
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(OutboxRow).values(topic=topic, key=str(key), version=1, attempts=0, due_at=clock.now())
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["topic", "key"],
            set_={"version": OutboxRow.version + 1, "attempts": 0, "due_at": clock.now()},
        )
    )


def claim(session: Session, worker: str, limit: int = 20) -> list[Job]:
    """Take up to `limit` due rows for `worker`. A claim lapses after LEASE, so the work of a killed worker is taken up again."""
    now = clock.now()
    due = select(OutboxRow.id).where(OutboxRow.due_at <= now).order_by(OutboxRow.due_at, OutboxRow.id).limit(limit)
    rows = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(due), OutboxRow.due_at <= now)
        .values(claimed_by=worker, due_at=now + LEASE, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow.id, OutboxRow.topic, OutboxRow.key, OutboxRow.version, OutboxRow.attempts)
        .execution_options(synchronize_session=False)
    )
    return [Job(*row) for row in rows]


def done(session: Session, job: Job) -> None:
    """The work of `job` is complete. If it was asked for again meanwhile, the row stays and is due at once."""
    session.execute(delete(OutboxRow).where(OutboxRow.id == job.id, OutboxRow.version == job.version))
    session.execute(
        update(OutboxRow).where(OutboxRow.id == job.id, OutboxRow.version != job.version).values(due_at=clock.now())
    )


def retry(session: Session, job: Job, error: str) -> None:
    """The work failed: try again later, waiting twice as long each time (from FIRST_RETRY up to LAST_RETRY)."""
    wait = min(FIRST_RETRY * 2 ** min(job.attempts - 1, 20), LAST_RETRY)
    session.execute(
        update(OutboxRow).where(OutboxRow.id == job.id).values(due_at=clock.now() + wait, last_error=error[:500])
    )


def waiting(session: Session) -> int:
    """How many rows wait or are being worked on."""
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def oldest_due(session: Session) -> datetime | None:
    return session.scalar(
        select(func.min(OutboxRow.due_at)).where(or_(OutboxRow.claimed_by.is_(None), OutboxRow.attempts > 0))
    )
