"""One's own report of a subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.viewer import Viewer
from forum.moderation.models import Case, Flag


@dataclass(frozen=True, slots=True)
class OwnFlag:
    reason: str
    note: str
    at: datetime


def own_flag(viewer: Viewer, kind: str, subject_id: int) -> OwnFlag | None:
    """The viewer's report that waits to be looked at, if any. One statement."""
    row = db.session.execute(
        select(Flag.reason, Flag.note, Flag.at)
        .join(Case, Case.id == Flag.case_id)
        .where(
            Case.kind == kind,
            Case.subject_id == subject_id,
            Case.state == "open",
            Flag.user_id == viewer.id,
            Flag.withdrawn_at.is_(None),
        )
    ).one_or_none()
    return OwnFlag(*row) if row else None
