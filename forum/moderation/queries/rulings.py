"""What moderators did, as those concerned and moderators may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.moderation import acts, policy
from forum.moderation.addresses import ruling_url
from forum.moderation.models import Appeal, Concerned, ModerationAct

_undoer = aliased(User)
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Ruling:
    """An act that was done. `board_id`: of its subject, as things stand; `may_moderate`: whether the viewer looks after that."""

    id: int
    act: str
    label: object
    kind: str
    subject_id: int
    case_id: int | None
    actor_id: int
    actor_name: str
    at: datetime
    reason: str
    title: str
    subject_url: str
    undone_at: datetime | None
    undone_by: str
    undo_reason: str
    board_id: int | None
    concerned: tuple[int, ...]
    may_moderate: bool

    @property
    def url(self) -> str:
        return ruling_url(self.id)


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    """The viewer's appeal against a ruling."""

    body: str
    at: datetime
    state: str
    answer: str


def _statement() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ModerationAct,
            User.name,
            _undoer.name,
            policy.board_of(ModerationAct.kind, ModerationAct.subject_id).label("board_id"),
        )
        .select_from(ModerationAct)
        .join(User, User.id == ModerationAct.actor_id)
        .outerjoin(_undoer, _undoer.id == ModerationAct.undone_by_id)
    )


def _ruling(viewer: Viewer, row: Any, concerned: tuple[int, ...] = ()) -> Ruling:
    act, actor_name, undone_by, board_id = row
    known = acts.act_of(act.act)
    return Ruling(
        id=act.id,
        act=act.act,
        label=known.label if known else act.act,
        kind=act.kind,
        subject_id=act.subject_id,
        case_id=act.case_id,
        actor_id=act.actor_id,
        actor_name=actor_name,
        at=act.at,
        reason=act.reason,
        title=act.title,
        subject_url=act.url,
        undone_at=act.undone_at,
        undone_by=undone_by or "",
        undo_reason=act.undo_reason,
        board_id=board_id,
        concerned=concerned,
        may_moderate=policy.may_moderate(viewer, board_id),
    )


def _moderated(viewer: Viewer) -> ColumnElement[bool]:
    return policy.moderated_by(viewer, ModerationAct.kind, ModerationAct.subject_id)


def ruling_for(viewer: Viewer, act_id: int) -> Ruling:
    """An act, for those whom it concerns and for moderators of its subject. Raises NotFound. Two statements."""
    concerned = tuple(db.session.scalars(select(Concerned.user_id).where(Concerned.act_id == act_id)))
    statement = _statement().where(ModerationAct.id == act_id)
    if viewer.id not in concerned:
        statement = statement.where(_moderated(viewer))
    row = db.session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return _ruling(viewer, row, concerned)


def own_appeal(viewer: Viewer, act_id: int) -> OwnAppeal | None:
    """What the viewer wrote against an act, if anything."""
    row = db.session.scalar(select(Appeal).where(Appeal.act_id == act_id, Appeal.user_id == viewer.id))
    return OwnAppeal(row.body, row.at, row.state, row.answer) if row else None


def rulings_about(viewer: Viewer, parts: dict[str, int]) -> tuple[Ruling, ...]:
    """What was done to these (ids by kind), the newest first, as far as the viewer looks after it. One statement."""
    about = [(ModerationAct.kind == kind) & (ModerationAct.subject_id == number) for kind, number in parts.items()]
    statement = _statement().where(or_(*about), _moderated(viewer)).order_by(ModerationAct.id.desc()).limit(PER_PAGE)
    return tuple(_ruling(viewer, row) for row in db.session.execute(statement))


def rulings_page(viewer: Viewer, page: int) -> tuple[tuple[Ruling, ...], bool]:
    """What moderators did where the viewer is one of them, the newest first; and whether there is more. One statement."""
    statement = _statement().where(_moderated(viewer)).order_by(ModerationAct.id.desc())
    rows = db.session.execute(statement.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)).all()
    return tuple(_ruling(viewer, row) for row in rows[:PER_PAGE]), len(rows) > PER_PAGE
