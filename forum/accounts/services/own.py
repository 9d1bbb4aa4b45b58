"""What a person changes about their own account."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from forum.accounts.models import OneTimeLink, User
from forum.accounts.passwords import PasswordHash
from forum.accounts.services.notices import tell
from forum.accounts.services.sessions import end_sessions
from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.i18n import LOCALES, lazy
from forum.core.viewer import Viewer

THEMES = ("system", "light", "dark")


def change_password(actor: Viewer, proven: str | None, changed: PasswordHash, *, token: str | None) -> int:
    """Set one's own password and end all sessions but that of `token`; returns how many ended.

    `proven` is the hash against which the current password was verified. Raises Conflict when it was replaced meanwhile.
    """
    updated = db.session.scalar(
        update(User)
        .where(User.id == actor.id, User.password_hash == proven)
        .values(password_hash=changed)
        .returning(User.id)
    )
    if updated is None:
        raise Conflict(lazy("Kata sandi Anda baru saja diganti di tempat lain. Masuk kembali dengan kata sandi baru."))
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == updated))
    audit.record(actor, "user.password", "user", updated)
    tell(updated, "password")
    return end_sessions(updated, but=token)


def end_other_sessions(actor: Viewer, token: str | None) -> int:
    """End one's own sessions everywhere but here; returns how many."""
    if actor.id is None:
        raise Denied
    ended = end_sessions(actor.id, but=token)
    audit.record(actor, "user.end_sessions", "user", actor.id, after={"ended": ended})
    return ended


def change_appearance(
    actor: Viewer, *, locale: str | None = None, theme: str | None = None, shortcuts: bool | None = None
) -> None:
    """Keep one's language, theme and whether keys work; what is None stays. Raises Invalid for an unknown value."""
    require_known(locale, theme)
    user = db.session.scalar(select(User).where(User.id == actor.id))
    if user is None:
        raise Denied
    user.locale = locale or user.locale
    user.theme = theme or user.theme
    user.shortcuts = user.shortcuts if shortcuts is None else shortcuts
    db.session.flush()


def require_known(locale: str | None, theme: str | None) -> None:
    """Raises Invalid unless each is None or one of ours."""
    if locale is not None and locale not in LOCALES:
        raise Invalid(lazy("Pilih salah satu bahasa yang tersedia."), "locale")
    if theme is not None and theme not in THEMES:
        raise Invalid(lazy("Pilih salah satu tampilan yang tersedia."), "theme")
