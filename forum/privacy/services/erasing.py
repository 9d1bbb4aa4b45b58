"""Erasing a person: what they wrote stays, who they are goes. There is no way back."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from forum.accounts.models import Status, User
from forum.audit import services as audit
from forum.core.db import Base, db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer
from forum.privacy import policy
from forum.privacy.kinds import NAME
from forum.privacy.models import State
from forum.privacy.person_data import ERASED
from forum.privacy.services.personal import Found, fingerprint, note
from forum.privacy.sources import Source, all_sources

GONE_NAME = "Akun dihapus"
PREFIX = "dihapus-"
LEAST_REASON, MOST_REASON = 10, 300
# So many mentions are listed of each kind of thing; a name that stands in more of them is no longer only a person's.
MENTIONS = 200
_AROUND = 60


def is_erased(username: str) -> bool:
    """Does an account with this username belong to nobody any more?"""
    return username.startswith(PREFIX) and username.removeprefix(PREFIX).isdigit()


def erase(actor: Viewer, user_id: int, *, typed: str, reason: str) -> int:
    """Take name, address, number, sessions, links and drafts from an account for good; how many mentions are left for review.

    `typed`: the username, typed once more. Raises Denied, NotFound, Invalid (field 'ketik', 'alasan'), Conflict (oneself, an
    admin, or erased already).
    """
    policy.require_admin(actor)
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    _require_erasable(actor, user)
    if typed.strip().lower() != user.username:
        raise Invalid(_("Ketik nama pengguna itu persis, untuk memastikan."), "ketik")
    reason = one_line(reason)
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        raise Invalid(
            _("Tulis alasannya dengan %(least)d sampai %(most)d huruf.", least=LEAST_REASON, most=MOST_REASON), "alasan"
        )
    reason = reason.replace(user.name, GONE_NAME)
    mentions = _list_mentions(user)
    for table, name in (column.split(".") for column in ERASED):
        if table in Base.metadata.tables:
            rows = Base.metadata.tables[table]
            db.session.execute(delete(rows).where(rows.c[name] == user.id))
    _take_identity(user)
    db.session.flush()
    audit.record(actor, "user.erase", "user", user.id, after={"mentions": mentions}, reason=reason)
    return mentions


def _require_erasable(actor: Viewer, user: User) -> None:
    if user.id == actor.id:
        raise Conflict(_("Akun sendiri hanya dapat dihapus oleh admin lain."))
    if user.role == Role.ADMIN and user.is_active:
        raise Conflict(_("Akun ini admin yang aktif. Nonaktifkan atau ubah perannya dahulu."))
    if is_erased(user.username):
        raise Conflict(_("Akun ini sudah dihapus."))


def _take_identity(user: User) -> None:
    user.username = f"{PREFIX}{user.id}"
    user.email = f"{PREFIX}{user.id}@dihapus.invalid"
    user.name = GONE_NAME
    user.nip = user.password_hash = user.unit_id = user.moderated_boards = user.last_seen_at = None
    user.position, user.status, user.role = "", Status.NON_ASN, Role.MEMBER
    user.is_active = False


def _list_mentions(user: User) -> int:
    """Keep, for moderators, where the name or @username still stands; without the name."""
    names = [user.name, f"@{user.username}"]
    count = 0
    for source in all_sources():
        ids = {object_id for name in names for object_id in source.holding(name, MENTIONS)}
        for object_id in sorted(ids)[:MENTIONS]:
            count += note(source.kind, object_id, _mention(source, object_id, user.id, names), State.OPEN)
    return count


def _mention(source: Source, object_id: int, user_id: int, names: list[str]) -> tuple[Found, ...]:
    items = source.batch(object_id - 1, 1)
    for field, text in items[0].texts.items() if items else ():
        at = min((place for name in names if (place := text.find(name)) >= 0), default=-1)
        if at >= 0:
            around = text[max(0, at - _AROUND) : at + 2 * _AROUND]
            for name in names:
                around = around.replace(name, "[…]")
            around = one_line(around[: 2 * _AROUND])
            return (Found(field, NAME, NAME, "", "", "", around, fingerprint(f"name {user_id}")),)
    return ()


def left_of(user_id: int) -> dict[str, int]:
    """What stays of an account: how many rows of each kind."""
    counts = {}
    for column in ("threads.author_id", "posts.author_id", "votes.user_id", "audit_log.actor_id"):
        table, name = column.split(".")
        rows = Base.metadata.tables[table]
        counts[table] = db.session.scalar(select(func.count()).select_from(rows).where(rows.c[name] == user_id)) or 0
    return counts
