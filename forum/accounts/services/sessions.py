"""Signed-in browsers: begin, note their use, end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from forum.accounts import tokens
from forum.accounts.models import User, UserSession
from forum.core import clock
from forum.core.db import db


def start_session(user_id: int, days: int) -> str:
    """A new session of `user_id` that lasts at most `days`; returns the token for the cookie."""
    token = tokens.make()
    now = clock.now()
    db.session.add(
        UserSession(
            user_id=user_id,
            token_hash=tokens.digest(token),
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=days),
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


def end_session(token: str) -> None:
    """End one session; its cookie is worth nothing from now on."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == tokens.digest(token)))


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End every session of a person, except the one of token `but`; returns how many."""
    statement = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        statement = statement.where(UserSession.token_hash != tokens.digest(but))
    return len(db.session.scalars(statement.returning(UserSession.id)).all())
