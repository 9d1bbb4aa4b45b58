"""Reads of people, units and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, or_, select

from forum.accounts import tokens
from forum.accounts.models import OneTimeLink, Unit, UnitAlias, User, UserSession
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import lazy
from forum.core.text import fold
from forum.core.viewer import Role, Viewer

# A session notes its use no more often than this, so that reading pages does not write to the database each time.
TOUCH_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FoundSession:
    """`is_stale`: its last use was noted more than TOUCH_EVERY ago."""

    viewer: Viewer
    is_stale: bool


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
        )
        .join(UserSession, UserSession.user_id == User.id)
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
    )
    return FoundSession(viewer, now - row.last_seen_at > TOUCH_EVERY)


def sample_accounts_exist() -> bool:
    """Are there active sample accounts, whose password everybody knows? A production start is refused then."""
    return bool(db.session.scalar(select(exists().where(User.is_sample, User.is_active))))


def unit_id_of(text: str) -> int:
    """The unit that `text` names: by slug, name, short name, or an old name. Raises Invalid for none or several."""
    key = fold(text)
    by_alias = select(UnitAlias.unit_id).where(UnitAlias.key == key)
    found = db.session.scalars(
        select(Unit.id).where(or_(Unit.slug == text.strip().lower(), Unit.id.in_(by_alias)))
    ).all()
    if len(found) != 1:
        raise Invalid(
            lazy("Ada beberapa perangkat daerah dengan nama itu: tulis nama singkatnya di alamat (slug).")
            if found
            else lazy("Perangkat daerah ini tidak dikenal."),
            "unit",
        )
    return found[0]


def person_of_link(token: str) -> tuple[str, str, str] | None:
    """Username, e-mail address and name of the person whose unused link `token` is; None when it opens nothing (any more)."""
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
    return (row.username, row.email, row.name) if row else None
