"""One-time links: their bearer sets a password and is signed in. For first sign-ins and forgotten passwords."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from forum.accounts import policy, tokens
from forum.accounts.models import OneTimeLink, User
from forum.accounts.passwords import PasswordHash
from forum.accounts.services.notices import tell
from forum.accounts.services.sessions import end_sessions
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Denied, NotFound
from forum.core.i18n import lazy
from forum.core.viewer import SYSTEM, Viewer

LIFETIME = timedelta(hours=72)
# Where single sign-on is the only way in, links open nothing but those that an operator made at the command line.
EMERGENCY = "darurat-"


def make_link(actor: Viewer, user_id: int, *, emergency: bool = False) -> str:
    """A new link for an active person; earlier ones stop working. Returns its token, which is kept nowhere.

    `emergency`: one that opens even where single sign-on is the only way in; only the installation itself may make it.

    Raises Denied when `actor` is no admin or the account is not active, NotFound when there is no such person.
    """
    policy.require_admin(actor)
    if emergency and actor != SYSTEM:
        raise Denied
    is_active = db.session.scalar(select(User.is_active).where(User.id == user_id))
    if is_active is None:
        raise NotFound
    if not is_active:
        raise Denied(lazy("Akun ini tidak aktif. Aktifkan dahulu, lalu buat tautan."))
    token = issue_link(user_id, EMERGENCY if emergency else "")
    audit.record(actor, "user.emergency_link" if emergency else "user.link", "user", user_id)
    return token


def issue_link(user_id: int, prefix: str = "") -> str:
    """The link itself, without asking who wants it: for verbs that have asked already."""
    token, now = prefix + tokens.make(), clock.now()
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user_id))
    db.session.add(
        OneTimeLink(user_id=user_id, token_hash=tokens.digest(token), created_at=now, expires_at=now + LIFETIME)
    )
    db.session.flush()
    return token


def use_link(token: str, password_hash: PasswordHash) -> int:
    """Set the password of the link's person, use up the link and end their sessions; returns the person's id.

    Raises NotFound when the link is unknown, expired or used (also by a request that was a moment faster).
    """
    now = clock.now()
    user_id = db.session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == tokens.digest(token), OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
        )
        .values(used_at=now)
        .returning(OneTimeLink.user_id)
    )
    had_password = db.session.scalar(select(User.password_hash.is_not(None)).where(User.id == user_id))
    changed: int | None = db.session.scalar(
        update(User).where(User.id == user_id, User.is_active).values(password_hash=password_hash).returning(User.id)
    )
    if changed is None:
        raise NotFound
    end_sessions(changed)
    audit.record(Viewer(id=changed), "user.password_by_link", "user", changed)
    if had_password:
        tell(changed, "password")
    return changed
