"""Making and changing accounts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.accounts import identity, policy
from forum.accounts.models import Status, Unit, User
from forum.accounts.passwords import PasswordHash
from forum.audit import services as audit
from forum.core import clock, keyed
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import lazy
from forum.core.viewer import Role, Viewer


def create_user(
    actor: Viewer,
    *,
    username: str,
    email: str,
    name: str,
    role: str = Role.MEMBER,
    unit_id: int | None = None,
    position: str = "",
    status: str = Status.PNS,
    nip: str = "",
    moderated_boards: Sequence[int] | None = None,
    password_hash: PasswordHash | None = None,
    is_sample: bool = False,
) -> int:
    """A new, active account; returns its id. Without a password hash its owner needs a one-time link to come in.

    `moderated_boards`: None = all boards; only kept for moderators.
    Raises Denied when `actor` is no admin, Invalid (with the field) for what does not look right or is taken.
    """
    policy.require_admin(actor)
    user = User(
        username=identity.username(username),
        email=identity.email(email),
        name=identity.name(name),
        role=identity.role(role),
        unit_id=unit_id,
        position=identity.position(position),
        status=identity.status(status),
        nip=identity.nip(nip),
        moderated_boards=boards_of(identity.role(role), moderated_boards),
        password_hash=password_hash,
        is_sample=is_sample,
        created_at=clock.now(),
    )
    require_free(username=user.username, email=user.email, nip=user.nip)
    require_unit(unit_id)
    db.session.add(user)
    flush_unique()
    audit.record(actor, "user.create", "user", user.id, after=snapshot(user))
    return user.id


def boards_of(role: Role, boards: Sequence[int] | None) -> list[int] | None:
    """The boards to which a moderator is limited; None = all. Nobody else has any."""
    if role is not Role.MODERATOR or boards is None:
        return None
    if not boards:
        raise Invalid(lazy("Pilih sedikitnya satu papan, atau pilih semua papan."), "boards")
    return sorted(set(boards))


def snapshot(user: User) -> dict[str, object]:
    """What the audit log keeps of an account: never the password, and of the NIP only whether there is one.

    The log cannot be changed, and an account can be erased: so of what says who somebody is it keeps marks, which tell that something
    has changed, and whether it was a given name or address, to whoever has the secret of this installation.
    """
    return {
        "username": _mark(user.username),
        "email": _mark(user.email),
        "name": _mark(user.name),
        "unit_id": user.unit_id,
        "position": _mark(user.position),
        "status": str(user.status),
        "role": str(user.role),
        "moderated_boards": user.moderated_boards,
        "is_active": user.is_active is not False,
        "has_nip": user.nip is not None,
    }


def _mark(text: str) -> str:
    return keyed.digest("account", text)[:12] if text else ""


TAKEN = {
    "username": lazy("Nama pengguna ini sudah dipakai akun lain."),
    "email": lazy("Alamat surel ini sudah dipakai akun lain."),
    "nip": lazy("NIP ini sudah dipakai akun lain."),
}


def require_free(*, username: str = "", email: str = "", nip: str | None = None, but: int | None = None) -> None:
    """Raises Invalid when another account (than `but`) has one of these."""
    for field, value in (("username", username), ("email", email), ("nip", nip)):
        if not value:
            continue
        taken = db.session.scalar(select(User.id).where(getattr(User, field) == value))
        if taken is not None and taken != but:
            raise Invalid(TAKEN[field], field)


def require_unit(unit_id: int | None) -> None:
    """Raises Invalid when there is no such unit."""
    if unit_id is not None and db.session.get(Unit, unit_id) is None:
        raise Invalid(lazy("Perangkat daerah ini tidak dikenal."), "unit")


def flush_unique() -> None:
    """Flush; somebody who took the same name, address or number a moment earlier is reported like one who took it long ago."""
    try:
        db.session.flush()
    except IntegrityError as error:
        # Only the constraint's name is read: the message of the database repeats the value, which may be a NIP.
        text = str(error.orig)
        field = next((name for name in TAKEN if f"uq_users_{name}" in text or f"users.{name}" in text), "")
        raise Invalid(TAKEN.get(field, lazy("Data ini sudah dipakai akun lain.")), field) from None
