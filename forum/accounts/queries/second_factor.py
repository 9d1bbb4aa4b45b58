"""Reads of second factors, and of what happened to the safety of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from forum.accounts.models import RecoveryCode, SecondFactor, User
from forum.audit.models import AuditEntry
from forum.core.db import db

# What the owner of an account is shown of its history.
SAFETY_ACTS = (
    "user.password",
    "user.password_by_link",
    "user.link",
    "user.end_session",
    "user.end_sessions",
    "user.second_factor_on",
    "user.second_factor_off",
    "user.second_factor_removed",
    "user.second_factor_guessed",
    "user.recovery_codes",
    "user.recovery_code_used",
    "user.sso_link",
    "user.sso_link_by_email",
    "user.sso_unlink",
    "user.emergency_link",
    "user.emergency_sign_in",
)


def has_second_factor(user_id: int) -> bool:
    """Does signing in to this account take a second step?"""
    on = select(SecondFactor.user_id).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.session.scalar(on) is not None


@dataclass(frozen=True, slots=True)
class SecondFactorPage:
    """`/akun/langkah-kedua`. `since` is None while there is none; `codes_left`: recovery codes that were not used."""

    since: datetime | None
    codes_left: int


def second_factor_page(user_id: int) -> SecondFactorPage:
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    row = db.session.execute(
        select(SecondFactor.confirmed_at, left.scalar_subquery()).where(SecondFactor.user_id == user_id)
    ).one_or_none()
    return SecondFactorPage(*row) if row else SecondFactorPage(None, 0)


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """`by_self`: the owner did it; otherwise an admin, the installation, or an unknown person."""

    action: str
    at: datetime
    by_self: bool


def safety_events(user_id: int) -> tuple[SafetyEvent, ...]:
    """The last things that were done to the safety of an account, newest first."""
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.at, AuditEntry.actor_id)
        .where(AuditEntry.object_kind == "user", AuditEntry.object_id == user_id, AuditEntry.action.in_(SAFETY_ACTS))
        .order_by(AuditEntry.id.desc())
        .limit(10)
    )
    return tuple(SafetyEvent(row.action, row.at, row.actor_id == user_id) for row in rows)


@dataclass(frozen=True, slots=True)
class WaysToConfirm:
    """By what a person can prove that it is still them."""

    has_password: bool
    has_second_factor: bool


def ways_to_confirm(user_id: int) -> WaysToConfirm:
    row = db.session.execute(
        select(User.password_hash.is_not(None), SecondFactor.confirmed_at.is_not(None))
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.id == user_id)
    ).one()
    return WaysToConfirm(bool(row[0]), bool(row[1]))
