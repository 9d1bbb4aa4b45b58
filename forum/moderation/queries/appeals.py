"""Appeals, as moderators read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.moderation import policy
from forum.moderation.addresses import appeal_url
from forum.moderation.models import Appeal, ModerationAct
from forum.moderation.queries.rulings import Ruling, ruling_for

PER_PAGE = 30
_decider = aliased(User)


@dataclass(frozen=True, slots=True)
class AppealRecord:
    """An appeal with what it is against. `may_decide`: whether it is for the viewer to decide."""

    id: int
    user_id: int
    name: str
    username: str
    body: str
    at: datetime
    state: str
    answer: str
    decided_at: datetime | None
    decided_by: str
    ruling: Ruling
    may_decide: bool

    @property
    def url(self) -> str:
        return appeal_url(self.id)


@dataclass(frozen=True, slots=True)
class AppealLine:
    title: str
    url: str
    name: str
    act: str
    at: datetime
    state: str
    acted_by: str


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    return policy.moderated_by(viewer, ModerationAct.kind, ModerationAct.subject_id)


def appeal_for(viewer: Viewer, appeal_id: int) -> AppealRecord:
    """An appeal, for moderators of what it is about. Raises NotFound. Three statements."""
    row = db.session.execute(
        select(Appeal, User.name, User.username, _decider.name)
        .select_from(Appeal)
        .join(ModerationAct, ModerationAct.id == Appeal.act_id)
        .join(User, User.id == Appeal.user_id)
        .outerjoin(_decider, _decider.id == Appeal.decided_by_id)
        .where(Appeal.id == appeal_id, _seen_by(viewer))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    found, name, username, decided_by = row
    ruling = ruling_for(viewer, found.act_id)
    return AppealRecord(
        id=found.id,
        user_id=found.user_id,
        name=name,
        username=username,
        body=found.body,
        at=found.at,
        state=found.state,
        answer=found.answer,
        decided_at=found.decided_at,
        decided_by=decided_by or "",
        ruling=ruling,
        may_decide=policy.may_decide_appeal(viewer, ruling.actor_id, found.user_id, ruling.board_id),
    )


def appeals_page(viewer: Viewer, state: str, page: int) -> tuple[tuple[AppealLine, ...], bool]:
    """Appeals that wait ("open", the oldest first) or were decided; and whether there is more. One statement."""
    acted = aliased(User)
    is_open = state == "open"
    rows = db.session.execute(
        select(
            Appeal.id, Appeal.at, Appeal.state, User.name, ModerationAct.title, ModerationAct.act,
            acted.name.label("acted_by"),
        )
        .select_from(Appeal)
        .join(ModerationAct, ModerationAct.id == Appeal.act_id)
        .join(User, User.id == Appeal.user_id)
        .join(acted, acted.id == ModerationAct.actor_id)
        .where(Appeal.state == "open" if is_open else Appeal.state != "open", _seen_by(viewer))
        .order_by(Appeal.id if is_open else Appeal.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()  # fmt: skip
    lines = tuple(
        AppealLine(row.title, appeal_url(row.id), row.name, row.act, row.at, row.state, row.acted_by)
        for row in rows[:PER_PAGE]
    )
    return lines, len(rows) > PER_PAGE


def open_appeals(viewer: Viewer) -> int:
    """How many appeals wait where the viewer is a moderator."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Appeal)
            .join(ModerationAct, ModerationAct.id == Appeal.act_id)
            .where(Appeal.state == "open", _seen_by(viewer))
        )
        or 0
    )
