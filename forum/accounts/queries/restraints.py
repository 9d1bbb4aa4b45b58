"""Reads of warnings and suspensions: each person sees their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.accounts.models import GivenWarning, User
from forum.core import clock
from forum.core.db import db


@dataclass(frozen=True, slots=True)
class WarningLine:
    id: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RestraintsPage:
    """`/akun/peringatan`: warnings not yet acknowledged, and until when, and why, one may not write."""

    warnings: tuple[WarningLine, ...]
    suspended_until: datetime | None
    suspension_reason: str


def restraints_page(user_id: int) -> RestraintsPage:
    """What holds for a person now. Two statements."""
    rows = db.session.execute(
        select(GivenWarning.id, GivenWarning.reason, GivenWarning.at)
        .where(
            GivenWarning.user_id == user_id,
            GivenWarning.acknowledged_at.is_(None),
            GivenWarning.withdrawn_at.is_(None),
        )
        .order_by(GivenWarning.id)
    )
    until, reason = db.session.execute(
        select(User.suspended_until, User.suspension_reason).where(User.id == user_id)
    ).one()
    if until is None or until <= clock.now():
        until, reason = None, ""
    return RestraintsPage(tuple(WarningLine(*row) for row in rows), until, reason)
