"""Reads for the admin's list of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from forum.accounts.models import OneTimeLink, SecondFactor, Status, Unit, UnitAlias, User, UserSession
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.text import fold, one_line

PAGE = 50
MAX_QUERY = 100
# More people than that are not meant by a few letters.
MANY = 500


@dataclass(frozen=True, slots=True)
class UserLine:
    """An account in the admin's list: never with its NIP."""

    username: str
    name: str
    position: str
    unit: str
    role: str
    is_active: bool
    is_sample: bool
    has_password: bool
    last_seen_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class UsersPage:
    """`/admin/pengguna`. `first` leads back to the beginning, `older` on; None where there is nothing."""

    query: str
    rows: tuple[UserLine, ...]
    first: str | None
    older: str | None


def users_page(query: str, after: str | None) -> UsersPage:
    """People by name, from behind the person with username `after`. One statement."""
    query = one_line(query)[:MAX_QUERY].strip()
    statement = (
        select(User, Unit.short_name)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .order_by(User.name, User.id)
        .limit(PAGE + 1)
    )
    if query:
        statement = statement.where(_matches(query))
    if after is not None:
        before = aliased(User)
        place = select(before.name, before.id).where(before.username == one_line(after))
        statement = statement.where(tuple_(User.name, User.id) > place.scalar_subquery())
    rows = db.session.execute(statement).all()
    base = {"q": query} if query else {}
    return UsersPage(
        query=query,
        rows=tuple(_line(user, unit) for user, unit in rows[:PAGE]),
        first=_address(base) if after is not None else None,
        older=_address(base | {"setelah": rows[PAGE - 1][0].username}) if len(rows) > PAGE else None,
    )


def _address(parameters: dict[str, str]) -> str:
    return "/admin/pengguna" + (f"?{urlencode(parameters)}" if parameters else "")


def _matches(query: str) -> ColumnElement[bool]:
    """Name or username contains it, or a unit is or was called so."""
    units = select(UnitAlias.unit_id).where(UnitAlias.key.contains(fold(query), autoescape=True))
    found: list[ColumnElement[bool]] = [
        func.lower(User.name).contains(query.lower(), autoescape=True),
        User.username.contains(query.lower(), autoescape=True),
    ]
    if fold(query):
        found.append(User.unit_id.in_(units))
    return or_(*found)


def ids_matching(query: str) -> frozenset[int]:
    """The people whose name or username contains `query`. One statement."""
    text = one_line(query)[:MAX_QUERY].strip().lower()
    matches = or_(func.lower(User.name).contains(text, autoescape=True), User.username.contains(text, autoescape=True))
    return frozenset(db.session.scalars(select(User.id).where(matches).limit(MANY)))


def names_of(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Name and username of each of `ids`. One statement."""
    rows = db.session.execute(select(User.id, User.name, User.username).where(User.id.in_(ids)))
    return {key: (name, username) for key, name, username in rows}


def _line(user: User, unit: str | None) -> UserLine:
    return UserLine(
        username=user.username,
        name=user.name,
        position=user.position,
        unit=unit or "",
        role=user.role,
        is_active=user.is_active,
        is_sample=user.is_sample,
        has_password=user.password_hash is not None,
        last_seen_at=user.last_seen_at,
        url=f"/admin/pengguna/{user.username}",
    )


@dataclass(frozen=True, slots=True)
class UserEntry:
    """An account as its form shows it. Of the NIP only whether there is one."""

    id: int
    username: str
    name: str
    email: str
    unit_id: int | None
    position: str
    status: Status
    role: str
    moderated_boards: tuple[int, ...] | None
    is_active: bool
    is_sample: bool
    has_nip: bool
    has_password: bool
    has_second_factor: bool
    created_at: datetime
    last_seen_at: datetime | None
    sessions: int
    link_until: datetime | None


def user_entry(username: str) -> UserEntry:
    """One account by its username. Raises NotFound. Two statements."""
    now = clock.now()
    link = select(func.max(OneTimeLink.expires_at)).where(
        OneTimeLink.user_id == User.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    sessions = select(func.count()).where(UserSession.user_id == User.id, UserSession.expires_at > now)
    row = db.session.execute(
        select(User, link.scalar_subquery(), sessions.scalar_subquery(), SecondFactor.confirmed_at)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.username == one_line(username))
    ).one_or_none()
    if row is None:
        raise NotFound
    user, link_until, session_count, second_factor_since = row
    return UserEntry(
        id=user.id,
        username=user.username,
        name=user.name,
        email=user.email,
        unit_id=user.unit_id,
        position=user.position,
        status=Status(user.status),
        role=user.role,
        moderated_boards=None if user.moderated_boards is None else tuple(user.moderated_boards),
        is_active=user.is_active,
        is_sample=user.is_sample,
        has_nip=user.nip is not None,
        has_password=user.password_hash is not None,
        has_second_factor=second_factor_since is not None,
        created_at=user.created_at,
        last_seen_at=user.last_seen_at,
        sessions=session_count,
        link_until=link_until,
    )
