"""Signed-in browsers: begin, note their use, end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from forum.accounts import tokens
from forum.accounts.devices import UNKNOWN, Device
from forum.accounts.models import User, UserSession
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import NotFound
from forum.core.viewer import Viewer


def start_session(user_id: int, days: int, device: Device = UNKNOWN) -> str:
    """A new session of `user_id`, who just proved who they are, for at most `days`; returns the token for the cookie."""
    token = tokens.make()
    now = clock.now()
    db.session.add(
        UserSession(
            user_id=user_id,
            token_hash=tokens.digest(token),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=days),
            confirmed_at=now,
            browser=device.browser,
            system=device.system,
            place=device.place,
        )
    )
    db.session.execute(update(User).where(User.id == user_id).values(last_seen_at=now))
    db.session.flush()
    return token


def touch_session(token: str) -> None:
    """Note that the session is in use."""
    now = clock.now()
    touched = (
        update(UserSession)
        .where(UserSession.token_hash == tokens.digest(token))
        .values(last_seen_at=now)
        .returning(UserSession.user_id)
    )
    user_id = db.session.scalar(touched)
    db.session.execute(update(User).where(User.id == user_id).values(last_seen_at=now))


def confirm_session(token: str) -> str:
    """Note that the user of this session proved again who they are; returns its new token, the old one opens nothing.

    Raises NotFound when the session ended meanwhile.
    """
    renewed = tokens.make()
    changed = db.session.execute(
        update(UserSession)
        .where(UserSession.token_hash == tokens.digest(token))
        .values(token_hash=tokens.digest(renewed), confirmed_at=clock.now())
    )
    if rows_changed(changed) != 1:
        raise NotFound
    return renewed


def end_own_session(actor: Viewer, session_id: int) -> None:
    """End one of one's own sessions. Raises NotFound for one that is another's or not there."""
    gone = db.session.execute(delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == actor.id))
    if rows_changed(gone) != 1:
        raise NotFound
    audit.record(actor, "user.end_session", "user", actor.id, after={"session": session_id})


def end_session(token: str) -> None:
    """End one session; its cookie is worth nothing from now on."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == tokens.digest(token)))


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End every session of a person, except the one of token `but`; returns how many."""
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        statement = statement.where(UserSession.token_hash != tokens.digest(but))
    return len(db.session.scalars(statement.returning(UserSession.id)).all())
