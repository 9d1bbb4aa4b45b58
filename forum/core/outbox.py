"""Work that must follow a commit, written in the caller's transaction, so that neither can happen without the other.

A row says *what* to look at (topic and key), never what it contained: the worker loads the state of that moment. Two
requests for the same work become one row with a higher version. So every request is served at least once, by handlers that
may be called again (idempotent).

A row is free (`claimed_by` is NULL; due at `due_at`) or claimed (until `due_at`, when the claim lapses). Each claim has a
name of its own, and only its holder can end it: a worker that comes back after its claim lapsed changes nothing. A
request that arrives while its row is claimed raises the version and waits until the claim ends, so that one key is not worked on
twice at a time.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, case, delete, func, null, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.core import clock
from forum.core.db import Base, UtcDateTime, db, insert

# Longer than any handler takes. Only the work of a worker that vanished without trace waits for it (see `release_dead`).
LEASE = timedelta(minutes=2)
FIRST_RETRY = timedelta(seconds=5)
LAST_RETRY = timedelta(hours=6)
# Keys that one statement carries: far below what either database allows.
KEYS_IN_STATEMENT = 500


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
    """A claimed row. `version` is the one that was claimed; `claim` names the claim itself."""

    id: int
    topic: str
    key: str
    version: int
    attempts: int
    claim: str


def put(topic: str, key: object) -> None:
    """Ask for `topic` to be done for `key` after the surrounding transaction commits."""
    put_all(topic, [str(key)])


def put_all(topic: str, keys: Iterable[str]) -> None:
    """`put` for each of `keys`. In one order, so that two transactions never wait for one another in a circle."""
    due_unless_claimed = case((OutboxRow.claimed_by.is_(None), clock.now()), else_=OutboxRow.due_at)
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), KEYS_IN_STATEMENT):
        db.session().execute(
            _insert(topic, wanted[start : start + KEYS_IN_STATEMENT], clock.now()).on_conflict_do_update(
                index_elements=["topic", "key"],
                set_={"version": OutboxRow.version + 1, "attempts": 0, "due_at": due_unless_claimed},
            )
        )


def schedule(topic: str, key: object, at: datetime) -> None:
    """Ask for it at `at`, unless it has been asked for already."""
    db.session().execute(_insert(topic, [str(key)], at).on_conflict_do_nothing(index_elements=["topic", "key"]))


def _insert(topic: str, keys: Sequence[str], at: datetime) -> Any:
    rows = [{"topic": topic, "key": key, "version": 1, "attempts": 0, "due_at": at} for key in keys]
    return insert(db.session(), OutboxRow).values(rows)


def worker_name() -> str:
    """Names this process in claims, so that `release_dead` can tell whether it is still there."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Topics:
    """Which rows: those of the topics `names`, or with `others` all but those."""

    names: tuple[str, ...] = ()
    others: bool = True

    def clause(self) -> ColumnElement[bool]:
        return OutboxRow.topic.not_in(self.names) if self.others else OutboxRow.topic.in_(self.names)


EVERY_TOPIC = Topics()


def anything_due(session: Session, topics: Topics = EVERY_TOPIC) -> bool:
    """Whether a claim would find something; reads only, so that an idle worker never takes the write lock."""
    due = select(OutboxRow.id).where(OutboxRow.due_at <= clock.now(), topics.clause()).limit(1)
    return session.scalar(due) is not None


def claim(session: Session, worker: str, limit: int = 1, topics: Topics = EVERY_TOPIC) -> list[Job]:
    """Take up to `limit` due rows for `worker`, the longest due first. They must all be done within LEASE."""
    now = clock.now()
    name = f"{worker}:{secrets.token_hex(8)}"
    due = (
        select(OutboxRow.id)
        .where(OutboxRow.due_at <= now, topics.clause())
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(
            skip_locked=True
        )  # PostgreSQL: two workers take different rows. SQLite has one writer at a time.
    )
    rows = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(_once(due)), OutboxRow.due_at <= now)
        .values(claimed_by=name, due_at=now + LEASE, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow.id, OutboxRow.topic, OutboxRow.key, OutboxRow.version, OutboxRow.attempts)
        .execution_options(synchronize_session=False)
    )
    return [Job(*row, claim=name) for row in sorted(rows)]


def _once(due: Select[Any]) -> Select[Any]:
    """As a CTE: PostgreSQL may evaluate a plain subquery more than once, and lock more rows than its limit."""
    return select(due.cte("due").c.id)


def done(session: Session, job: Job) -> None:
    """The work of `job` is complete. If it was asked for again meanwhile, the row stays and is due at once."""
    session.execute(delete(OutboxRow).where(_held(job), OutboxRow.version == job.version))
    session.execute(
        update(OutboxRow).where(_held(job)).values(claimed_by=null(), due_at=clock.now(), last_error=null())
    )


def done_together(session: Session, jobs: Collection[Job]) -> list[Job]:
    """`done` for jobs of one claim, as far as nobody is asking for one of them again; returns the others.

    Those others would have to wait for whoever asks, while whoever asks may wait for the rest: end each of them with `done`, in
    a transaction of its own.
    """
    ended: set[int] = set()
    for chunk in _chunks(jobs):
        untouched = (
            select(OutboxRow.id)
            .where(
                _claimed(chunk), tuple_(OutboxRow.id, OutboxRow.version).in_([(job.id, job.version) for job in chunk])
            )
            .with_for_update(skip_locked=True)
        )
        gone = delete(OutboxRow).where(OutboxRow.id.in_(_once(untouched))).returning(OutboxRow.id)
        ended |= set(session.scalars(gone.execution_options(synchronize_session=False)))
    return [job for job in jobs if job.id not in ended]


def give_back(session: Session, jobs: Collection[Job], pause: timedelta = timedelta(0)) -> None:
    """Free jobs of one claim that were not even tried; they are due after `pause`."""
    for chunk in _chunks(jobs):
        session.execute(
            update(OutboxRow)
            .where(_claimed(chunk), OutboxRow.id.in_([job.id for job in chunk]))
            .values(
                claimed_by=null(),
                due_at=clock.now() + pause,
                attempts=case((OutboxRow.attempts > 0, OutboxRow.attempts - 1), else_=0),
            )
            .execution_options(synchronize_session=False)
        )


def _chunks(jobs: Collection[Job]) -> list[list[Job]]:
    ordered = sorted(jobs, key=lambda job: job.id)
    return [ordered[start : start + KEYS_IN_STATEMENT] for start in range(0, len(ordered), KEYS_IN_STATEMENT)]


def _claimed(jobs: Sequence[Job]) -> ColumnElement[bool]:
    return OutboxRow.claimed_by == jobs[0].claim


def retry(session: Session, job: Job, error: str) -> None:
    """The work failed: try again later, waiting twice as long each time (from FIRST_RETRY up to LAST_RETRY).

    If it was asked for again meanwhile, there is something new to try, at once.
    """
    now = clock.now()
    due_at = case((OutboxRow.version != job.version, now), else_=now + _pause(job.attempts))
    session.execute(
        update(OutboxRow).where(_held(job)).values(claimed_by=null(), due_at=due_at, last_error=error[:500])
    )


def _held(job: Job) -> ColumnElement[bool]:
    return (OutboxRow.id == job.id) & (OutboxRow.claimed_by == job.claim)


def _pause(attempts: int) -> timedelta:
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_RETRY * (1 << doublings), LAST_RETRY)


def release_dead(session: Session, is_alive: Callable[[int], bool]) -> int:
    """Free what workers of this host had claimed that `is_alive(pid)` denies; returns how many rows.

    At the first time they are due at once. A job that kills its worker again and again waits longer each time, as a failing one.
    """
    host = socket.gethostname()[:30]
    claimed = select(OutboxRow).where(OutboxRow.claimed_by.startswith(f"{host}:", autoescape=True))
    freed = 0
    for row in session.scalars(claimed):
        name = str(row.claimed_by)
        if is_alive(int(name.split(":")[1])):
            continue
        pause = _pause(row.attempts - 1) if row.attempts > 1 else timedelta(0)
        result = session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.claimed_by == name)
            .values(claimed_by=null(), due_at=clock.now() + pause)
            .execution_options(synchronize_session=False)
        )
        freed += result.rowcount  # type: ignore[attr-defined]
    return freed


@dataclass(frozen=True, slots=True)
class State:
    """`waiting`: rows, claimed ones included. `failing`: those whose last try failed. `lag`: how long the oldest due one has waited."""

    waiting: int
    failing: int
    lag: timedelta


def state(session: Session) -> State:
    """How far the workers are behind."""
    waiting, failing = session.execute(select(func.count(), func.count(OutboxRow.last_error))).one()
    return State(waiting, failing, lag(session))


def lag(session: Session) -> timedelta:
    """How long the oldest due row has waited. A worker serves its heartbeat twice a minute: more than that, and none is there."""
    oldest = session.scalar(select(func.min(OutboxRow.due_at)))
    return max(clock.now() - oldest, timedelta(0)) if oldest else timedelta(0)
