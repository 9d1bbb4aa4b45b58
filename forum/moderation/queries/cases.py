"""The queue of cases, and one case with all that a moderator needs to decide it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Role, Viewer
from forum.moderation import acts, policy, subjects
from forum.moderation.addresses import case_url
from forum.moderation.models import Case, CaseCause, CaseNote, Flag
from forum.moderation.queries.rulings import Ruling, rulings_about
from forum.moderation.subjects import Subject

PER_PAGE = 25
MOST_EARLIER = 20
MOST_FLAGS = 200

_assignee, _decider = aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case as the rules and the list see it. `board_id`: where its subject is now."""

    id: int
    kind: str
    subject_id: int
    author_id: int
    title: str
    state: str
    version: int
    opened_at: datetime
    assignee_id: int | None
    assignee_name: str
    outcome: str
    act: str
    reason: str
    decided_at: datetime | None
    decided_by_name: str
    board_id: int | None

    @property
    def url(self) -> str:
        return case_url(self.id)

    @property
    def act_label(self) -> object:
        """What was done, in words."""
        known = acts.act_of(self.act)
        return known.label if known else self.act


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the queue. `causes`: why it is there; `flags`: how many reports stand."""

    record: CaseRecord
    causes: tuple[str, ...]
    flags: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is shown. `state`: "open" or "closed"; `whose`: "", "mine" or "free"."""

    state: str = "open"
    whose: str = ""
    kind: str = ""
    cause: str = ""
    board: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases where the viewer is a moderator."""

    open: int
    mine: int
    free: int


@dataclass(frozen=True, slots=True)
class FlagLine:
    name: str
    username: str
    reason: str
    note: str
    at: datetime
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class CauseLine:
    cause: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteLine:
    name: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may decide a case."""

    id: int
    username: str
    name: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """`/moderasi/kasus/<id>`. `subject` is None when it is there no more."""

    record: CaseRecord
    subject: Subject | None
    causes: tuple[CauseLine, ...]
    flags: tuple[FlagLine, ...]
    notes: tuple[NoteLine, ...]
    rulings: tuple[Ruling, ...]
    earlier: tuple[CaseRecord, ...]
    colleagues: tuple[Colleague, ...]


def _columns() -> tuple[Any, ...]:
    return (
        Case.id, Case.kind, Case.subject_id, Case.author_id, Case.title, Case.state, Case.version,
        Case.opened_at, Case.assignee_id, _assignee.name, Case.outcome, Case.act, Case.reason, Case.decided_at,
        _decider.name, policy.board_of(Case.kind, Case.subject_id),
    )  # fmt: skip


def _records(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """The cases that the viewer may see."""
    return (
        select(*_columns())
        .select_from(Case)
        .outerjoin(_assignee, _assignee.id == Case.assignee_id)
        .outerjoin(_decider, _decider.id == Case.decided_by_id)
        .where(_seen_by(viewer))
    )


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    return policy.moderated_by(viewer, Case.kind, Case.subject_id)


def _record(row: Sequence[Any]) -> CaseRecord:
    values = list(row)
    for place in (9, 14):  # names of nobody
        values[place] = values[place] or ""
    return CaseRecord(*values)


def case_for(viewer: Viewer, case_id: int) -> CaseRecord:
    """A case that the viewer may see. Raises NotFound. One statement."""
    row = db.session.execute(_records(viewer).where(Case.id == case_id)).one_or_none()
    if row is None:
        raise NotFound
    return _record(row)


def subject_of(viewer: Viewer, case: CaseRecord) -> Subject | None:
    """What a case is about, as it stands; None when it is there no more."""
    try:
        return subjects.read(viewer, case.kind, case.subject_id)
    except NotFound:
        return None


def _chosen(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    chosen = [Case.state == filters.state]
    if filters.whose == "mine":
        chosen.append(Case.assignee_id == viewer.id)
    elif filters.whose == "free":
        chosen.append(Case.assignee_id.is_(None))
    if filters.kind:
        chosen.append(Case.kind == filters.kind)
    if filters.cause:
        chosen.append(
            select(CaseCause.case_id).where(CaseCause.case_id == Case.id, CaseCause.cause == filters.cause).exists()
        )
    if filters.board is not None:
        chosen.append(policy.board_of(Case.kind, Case.subject_id) == filters.board)
    return chosen


def queue(viewer: Viewer, filters: Filters, page: int) -> tuple[tuple[CaseLine, ...], bool]:
    """A page of the queue (open cases the oldest first, decided ones the newest first), and whether there is more.

    Three statements.
    """
    order = Case.id if filters.state == "open" else Case.id.desc()
    statement = _records(viewer).where(*_chosen(viewer, filters)).order_by(order)
    rows = db.session.execute(statement.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)).all()
    records = [_record(row) for row in rows[:PER_PAGE]]
    ids = [record.id for record in records]
    causes: dict[int, list[str]] = defaultdict(list)
    found = select(CaseCause.case_id, CaseCause.cause).where(CaseCause.case_id.in_(ids)).order_by(CaseCause.at)
    for case_id, cause in db.session.execute(found):
        causes[case_id].append(cause)
    counted = (
        select(Flag.case_id, func.count())
        .where(Flag.case_id.in_(ids), Flag.withdrawn_at.is_(None))
        .group_by(Flag.case_id)
    )
    flags: dict[int, int] = {case_id: count for case_id, count in db.session.execute(counted)}
    lines = tuple(CaseLine(record, tuple(causes[record.id]), flags.get(record.id, 0)) for record in records)
    return lines, len(rows) > PER_PAGE


def counts(viewer: Viewer) -> Counts:
    """How much waits. One statement."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(Case.assignee_id == viewer.id),
            func.count().filter(Case.assignee_id.is_(None)),
        )
        .select_from(Case)
        .where(Case.state == "open", _seen_by(viewer))
    ).one()
    return Counts(*row)


def open_case_about(viewer: Viewer, kind: str, subject_id: int) -> str | None:
    """The address of the open case about a subject, if the viewer may see one."""
    found = select(Case.id).where(
        Case.kind == kind, Case.subject_id == subject_id, Case.state == "open", _seen_by(viewer)
    )
    case_id = db.session.scalar(found)
    return case_url(case_id) if case_id is not None else None


def case_page(viewer: Viewer, case_id: int) -> CasePage:
    """All about one case. Raises NotFound. A fixed number of statements."""
    record = case_for(viewer, case_id)
    subject = subject_of(viewer, record)
    parts = dict(subject.parts) if subject else {record.kind: record.subject_id}
    parts.pop("user", None)
    return CasePage(
        record=record,
        subject=subject,
        causes=_causes(case_id),
        flags=_flags(case_id),
        notes=_notes(case_id),
        rulings=rulings_about(viewer, parts),
        earlier=() if subject and subject.is_anonymous else _earlier(viewer, record),
        colleagues=moderators_for(record.board_id),
    )


def _causes(case_id: int) -> tuple[CauseLine, ...]:
    rows = db.session.execute(
        select(CaseCause.cause, CaseCause.note, CaseCause.at)
        .where(CaseCause.case_id == case_id)
        .order_by(CaseCause.at, CaseCause.cause)
    )
    return tuple(CauseLine(*row) for row in rows)


def _flags(case_id: int) -> tuple[FlagLine, ...]:
    rows = db.session.execute(
        select(User.name, User.username, Flag.reason, Flag.note, Flag.at, Flag.withdrawn_at)
        .join(User, User.id == Flag.user_id)
        .where(Flag.case_id == case_id)
        .order_by(Flag.id)
        .limit(MOST_FLAGS)
    )
    return tuple(FlagLine(*row[:5], row[5] is not None) for row in rows)


def _notes(case_id: int) -> tuple[NoteLine, ...]:
    rows = db.session.execute(
        select(User.name, CaseNote.body, CaseNote.at)
        .join(User, User.id == CaseNote.author_id)
        .where(CaseNote.case_id == case_id)
        .order_by(CaseNote.id)
    )
    return tuple(NoteLine(*row) for row in rows)


def _earlier(viewer: Viewer, record: CaseRecord) -> tuple[CaseRecord, ...]:
    """Other cases about what the same author wrote, as far as the viewer may see them; those that were withdrawn do not count."""
    rows = db.session.execute(
        _records(viewer)
        .where(Case.author_id == record.author_id, Case.id != record.id, Case.outcome != "withdrawn")
        .order_by(Case.id.desc())
        .limit(MOST_EARLIER)
    )
    return tuple(_record(row) for row in rows)


def moderators_for(board_id: int | None) -> tuple[Colleague, ...]:
    """Who may decide about what is in a board (None: in no board), by name. One statement."""
    rows = db.session.execute(
        select(User.id, User.username, User.name, User.role, User.moderated_boards)
        .where(User.is_active, User.role.in_((Role.MODERATOR, Role.ADMIN)))
        .order_by(User.name, User.id)
    )
    return tuple(
        Colleague(row.id, row.username, row.name) for row in rows if policy.may_moderate(_as_viewer(row), board_id)
    )


def _as_viewer(row: Any) -> Viewer:
    boards = None if row.moderated_boards is None else frozenset(row.moderated_boards)
    return Viewer(id=row.id, role=Role(row.role), moderated_boards=boards)
