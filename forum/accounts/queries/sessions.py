"""Reads of sessions and one-time links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, literal, select

from forum.accounts import tokens
from forum.accounts.models import OneTimeLink, SecondFactor, User, UserSession
from forum.core import clock
from forum.core.db import db
from forum.core.viewer import Role, Viewer

# A session notes its use no more often than this, so that reading pages does not write to the database each time.
TOUCH_EVERY = timedelta(minutes=10)


Counter = Callable[[Any], ScalarSelect[int]]
_counters: list[Counter] = []


def count_with_session(counter: Counter) -> None:
    """Count something for the person of each request along with their session, for `Viewer.unread`: so it costs no statement.

    `counter(user id)` gives the SQL of the number.
    """
    _counters[:] = [counter]


@dataclass(frozen=True, slots=True)
class FoundSession:
    """`is_stale`: its last use was noted more than TOUCH_EVERY ago. `confirmed_at`: when its user last proved who they are."""

    viewer: Viewer
    is_stale: bool
    confirmed_at: datetime | None
    has_second_factor: bool


def viewer_of_session(token: str, idle: timedelta = timedelta(days=1)) -> FoundSession | None:
    """The viewer for whom `token` speaks; None when it is unknown, expired, unused for longer than `idle`, or its user is disabled."""
    now = clock.now()
    row = db.session.execute(
        select(
            User.id,
            User.username,
            User.name,
            User.role,
            User.unit_id,
            User.moderated_boards,
            User.locale,
            User.theme,
            User.shortcuts,
            UserSession.last_seen_at,
            UserSession.confirmed_at,
            SecondFactor.confirmed_at.is_not(None).label("has_second_factor"),
            (_counters[0](User.id) if _counters else literal(0)).label("unread"),
        )
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(
            UserSession.token_hash == tokens.digest(token),
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - idle,
            User.is_active,
        )
    ).one_or_none()
    if row is None:
        return None
    viewer = Viewer(
        id=row.id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        unit_id=row.unit_id,
        moderated_boards=None if row.moderated_boards is None else frozenset(row.moderated_boards),
        locale=row.locale,
        theme=row.theme,
        shortcuts=row.shortcuts,
        unread=row.unread,
    )
    is_stale = now - row.last_seen_at > TOUCH_EVERY
    return FoundSession(viewer, is_stale, row.confirmed_at, bool(row.has_second_factor))


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One browser in which a person is signed in; '' where nothing is known of it."""

    id: int
    browser: str
    system: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(user_id: int, token: str | None, idle: timedelta) -> tuple[SessionLine, ...]:
    """The sessions that still hold, this one first, then last used first; `token` tells which one asks."""
    current, now = tokens.digest(token) if token else "", clock.now()
    rows = db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now, UserSession.last_seen_at > now - idle)
        .order_by((UserSession.token_hash == current).desc(), UserSession.last_seen_at.desc(), UserSession.id.desc())
        .limit(50)
    )
    return tuple(
        SessionLine(
            row.id, row.browser, row.system, row.place, row.created_at, row.last_seen_at, row.token_hash == current
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose one-time link it is: what the page greets them by, and what their password may not contain."""

    username: str
    email: str
    name: str


def owner_of_link(token: str) -> LinkOwner | None:
    """Whom an unused link belongs to; None when `token` opens nothing (any more)."""
    row = db.session.execute(
        select(User.username, User.email, User.name)
        .join(OneTimeLink, OneTimeLink.user_id == User.id)
        .where(
            OneTimeLink.token_hash == tokens.digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > clock.now(),
            User.is_active,
        )
    ).one_or_none()
    return LinkOwner(*row) if row else None
