"""What moderators do about people: a warning that must be read, and a time without writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.accounts import policy
from forum.accounts.models import GivenWarning, User
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer

MOST_DAYS = 365
MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Restrained:
    """Whom something was done to. `warning`: its id. `before`, `after`: (until, reason) of a suspension, '' for none."""

    user_id: int
    username: str
    name: str
    warning: int = 0
    before: tuple[str, str] = ("", "")
    after: tuple[str, str] = ("", "")


def _person(actor: Viewer, user_id: int) -> User:
    """The person, held, if `actor` may restrain them. Raises NotFound, Denied."""
    if not actor.is_moderator:
        raise Denied(_("Hanya moderator dan admin yang dapat melakukannya."))
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    if refusal := policy.refuse_restraining(actor, user.id, Role(user.role)):
        raise Denied(refusal)
    return user


def _reason(text: str) -> str:
    reason = one_line(text)
    if not reason:
        raise Invalid(_("Tulis alasannya: orangnya akan membacanya."), "reason")
    if len(reason) > MOST_REASON:
        raise Invalid(_("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MOST_REASON), "reason")
    return reason


def warn(actor: Viewer, user_id: int, reason: str) -> Restrained:
    """Warn a person: the next page that they open is the warning, until they say that they have read it.

    Raises NotFound, Denied, Invalid (field 'reason').
    """
    user = _person(actor, user_id)
    warning = GivenWarning(user_id=user.id, by_id=actor.id, reason=_reason(reason), at=clock.now())
    db.session.add(warning)
    db.session.flush()
    return Restrained(user.id, user.username, user.name, warning=warning.id)


def withdraw_warning(actor: Viewer, warning_id: int) -> None:
    """Take a warning back, read or not. Raises NotFound, Denied, Conflict (taken back already)."""
    user_id = db.session.scalar(select(GivenWarning.user_id).where(GivenWarning.id == warning_id))
    if user_id is None:
        raise NotFound
    _person(actor, user_id)
    withdrawn = db.session.execute(
        update(GivenWarning)
        .where(GivenWarning.id == warning_id, GivenWarning.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    if rows_changed(withdrawn) != 1:
        raise Conflict(_("Peringatan ini sudah dicabut."))


def acknowledge(actor: Viewer, warning_id: int) -> None:
    """ "Sudah saya baca": one's own warning; twice is once. Raises NotFound for anybody else's."""
    own = select(GivenWarning.id).where(GivenWarning.id == warning_id, GivenWarning.user_id == actor.id)
    if actor.id is None or db.session.scalar(own) is None:
        raise NotFound
    db.session.execute(
        update(GivenWarning)
        .where(GivenWarning.id == warning_id, GivenWarning.acknowledged_at.is_(None))
        .values(acknowledged_at=clock.now())
    )


def suspend(actor: Viewer, user_id: int, days: str, reason: str) -> Restrained:
    """Let a person read but not write for so many days, from now on; an earlier suspension is replaced.

    Raises NotFound, Denied, Invalid (fields 'days', 'reason').
    """
    user = _person(actor, user_id)
    digits = days.strip()
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:6]) <= MOST_DAYS):
        raise Invalid(_("Isi bilangan bulat dari %(least)d sampai %(most)d.", least=1, most=MOST_DAYS), "days")
    return _set(user, clock.now() + timedelta(days=int(digits)), _reason(reason))


def end_suspension(actor: Viewer, user_id: int) -> Restrained:
    """Let a person write again before their time is over. Raises NotFound, Denied, Conflict (not suspended)."""
    user = _person(actor, user_id)
    if user.suspended_until is None or user.suspended_until <= clock.now():
        raise Conflict(_("Akun ini tidak sedang ditangguhkan."))
    return _set(user, None, "")


def suspend_as_before(actor: Viewer, user_id: int, before: tuple[str, str], after: tuple[str, str]) -> None:
    """Take `suspend` or `end_suspension` back. Raises NotFound, Denied, Conflict (changed by somebody meanwhile)."""
    user = _person(actor, user_id)
    if _state(user) != after:
        raise Conflict(_("Penangguhan akun ini sudah diubah sesudah itu."))
    _set(user, datetime.fromisoformat(before[0]) if before[0] else None, before[1])


def _set(user: User, until: datetime | None, reason: str) -> Restrained:
    before = _state(user)
    user.suspended_until, user.suspension_reason = until, reason
    db.session.flush()
    return Restrained(user.id, user.username, user.name, before=before, after=_state(user))


def _state(user: User) -> tuple[str, str]:
    return user.suspended_until.isoformat() if user.suspended_until else "", user.suspension_reason
