"""What admins change about other people's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from forum.accounts import identity, policy
from forum.accounts.models import OneTimeLink, User
from forum.accounts.services.people import boards_of, flush_unique, require_free, require_unit, snapshot
from forum.accounts.services.sessions import end_sessions
from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """An account as an admin wants it to be. `moderated_boards`: None = all boards; only kept for moderators.

    `nip`: None leaves the number as it is, '' removes it.
    """

    name: str
    email: str
    unit_id: int | None
    position: str
    status: str
    role: str
    moderated_boards: Sequence[int] | None
    is_active: bool
    nip: str | None = None


def update_user(actor: Viewer, user_id: int, entry: Entry) -> bool:
    """Change an account; tells whether anything was different. A disabled person is signed out everywhere at once.

    Raises Denied, NotFound, and Invalid (with the field) for what does not look right, is taken, would change the actor's own
    role or shut them out, or would leave the site without an admin.
    """
    policy.require_admin(actor)
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    before = snapshot(user)
    had_nip = user.nip
    role = identity.role(entry.role)
    _require_an_admin_left(actor, user, role, entry.is_active)
    email = identity.email(entry.email)
    nip = user.nip if entry.nip is None else identity.nip(entry.nip)
    require_free(email=email, nip=nip, but=user.id)
    require_unit(entry.unit_id)
    user.name, user.email, user.nip = identity.name(entry.name), email, nip
    user.unit_id, user.position = entry.unit_id, identity.position(entry.position)
    user.status, user.role, user.is_active = identity.status(entry.status), role, entry.is_active
    user.moderated_boards = boards_of(role, entry.moderated_boards)
    flush_unique()
    changes = _changes(before, snapshot(user), nip != had_nip)
    if changes is None:
        return False
    if before["is_active"] and not user.is_active:
        end_sessions(user.id)
    if not user.is_active or before["email"] != user.email:
        # A link that was sent to the old address must not open the account any more.
        db.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
    audit.record(actor, "user.update", "user", user.id, before=changes[0], after=changes[1])
    return True


def _changes(
    before: dict[str, object], after: dict[str, object], nip_changed: bool
) -> tuple[dict[str, object], dict[str, object]] | None:
    """The old and new values of what differs; None when nothing does. Of a NIP only that it was changed."""
    differing = [field for field in before if before[field] != after[field]]
    if not differing and not nip_changed:
        return None
    note: dict[str, object] = {"nip_changed": True} if nip_changed else {}
    return {field: before[field] for field in differing}, {field: after[field] for field in differing} | note


def _require_an_admin_left(actor: Viewer, user: User, role: Role, is_active: bool) -> None:
    loses = user.role == Role.ADMIN and user.is_active and (role is not Role.ADMIN or not is_active)
    if user.id == actor.id and (role != user.role or not is_active):
        raise Invalid(
            lazy("Peran dan status aktif akun sendiri hanya dapat diubah oleh admin lain."),
            "role" if role != user.role else "is_active",
        )
    if not loses:
        return
    # Locked, so that two admins who demote each other at the same moment cannot both succeed.
    admins = db.session.scalars(
        select(User.id).where(User.role == Role.ADMIN, User.is_active).order_by(User.id).with_for_update()
    ).all()
    if admins == [user.id]:
        raise Invalid(lazy("Ini admin aktif terakhir: angkat admin lain dahulu."), "role")


def end_sessions_of(actor: Viewer, user_id: int) -> int:
    """Sign a person out everywhere; returns of how many browsers."""
    policy.require_admin(actor)
    if db.session.get(User, user_id) is None:
        raise NotFound
    ended = end_sessions(user_id)
    audit.record(actor, "user.end_sessions", "user", user_id, after={"ended": ended})
    return ended
