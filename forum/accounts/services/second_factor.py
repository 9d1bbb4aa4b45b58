"""The second step of signing in: set up, asked for, switched off, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from forum.accounts import policy, totp
from forum.accounts.models import RecoveryCode, SecondFactor, User
from forum.accounts.services.notices import tell
from forum.accounts.services.sessions import end_sessions
from forum.audit import services as audit
from forum.core import clock, sealed
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.text import one_line
from forum.core.viewer import SYSTEM, Viewer

# For how long a key that was shown may still be confirmed.
SETUP_LIFETIME = timedelta(minutes=30)
MIN_REASON = 5


@dataclass(frozen=True, slots=True)
class RecoveryHashes:
    """The codes to show once, and what is kept of them. Made outside of a transaction, since hashing takes its time."""

    codes: tuple[str, ...] = field(repr=False)
    salt: str = field(repr=False)
    hashes: tuple[str, ...] = field(repr=False)


def make_recovery_codes() -> RecoveryHashes:
    """A new set of codes with their hashes; nothing is stored."""
    codes, salt = totp.make_recovery_codes(), totp.make_salt()
    return RecoveryHashes(codes, salt, tuple(totp.recovery_hash(totp.typed(code), salt) for code in codes))


def begin_setup(actor: Viewer) -> None:
    """Make a key for one's app, which does nothing until it is confirmed. Raises Conflict when a second step is on already."""
    user_id = _id_of(actor)
    if _is_on(user_id):
        raise Conflict(lazy("Langkah kedua sudah aktif. Matikan dahulu bila ingin memasangnya di ponsel lain."))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    db.session.add(
        SecondFactor(
            user_id=user_id,
            secret=sealed.seal(_purpose(user_id), totp.make_secret()),
            salt=totp.make_salt(),
            last_step=0,
            created_at=clock.now(),
        )
    )
    db.session.flush()


def pending_secret(user_id: int) -> str | None:
    """The key that waits for its first code; None when there is none (any more)."""
    kept = db.session.scalar(
        select(SecondFactor.secret).where(
            SecondFactor.user_id == user_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.created_at > clock.now() - SETUP_LIFETIME,
        )
    )
    return sealed.unseal(_purpose(user_id), kept) if kept else None


def confirm_setup(actor: Viewer, code: str, recovery: RecoveryHashes, *, token: str | None) -> None:
    """Switch the second step on: the app shows the right code. Other sessions end, since they came in by one step.

    Raises Invalid (field `code`) for a wrong code, NotFound when nothing waits to be confirmed.
    """
    user_id = _id_of(actor)
    secret = pending_secret(user_id)
    if secret is None:
        raise NotFound
    step = totp.matching_step(secret, totp.typed(code).text, clock.now())
    if step is None:
        raise Invalid(
            lazy(
                "Kode ini tidak cocok. Tunggu kode berikutnya di aplikasi; bila tetap salah, periksa jam ponsel Anda."
            ),
            "code",
        )
    confirmed = db.session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None))
        .values(confirmed_at=clock.now(), last_step=step, salt=recovery.salt)
    )
    if rows_changed(confirmed) != 1:  # by a request that was a moment faster
        raise NotFound
    _store(user_id, recovery.hashes)
    end_sessions(user_id, but=token)
    audit.record(actor, "user.second_factor_on", "user", user_id)
    tell(user_id, "second_factor_on")


def new_recovery_codes(actor: Viewer, recovery: RecoveryHashes) -> None:
    """Replace one's recovery codes. Raises NotFound without a second step."""
    user_id = _id_of(actor)
    if not _is_on(user_id):
        raise NotFound
    db.session.execute(update(SecondFactor).where(SecondFactor.user_id == user_id).values(salt=recovery.salt))
    _store(user_id, recovery.hashes)
    audit.record(actor, "user.recovery_codes", "user", user_id)


def _store(user_id: int, hashes: Sequence[str]) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=code_hash) for code_hash in hashes)
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Proof:
    """What a code turned out to be, before it is used up: of which time step, or with which hash."""

    step: int | None = None
    code_hash: str | None = field(default=None, repr=False)

    @property
    def is_recovery(self) -> bool:
        return self.code_hash is not None


def examine_code(user_id: int, code: str) -> Proof | None:
    """Look at a code without using it up; None when it opens nothing. Slow for recovery codes: call it outside a transaction."""
    row = db.session.execute(
        select(SecondFactor.secret, SecondFactor.salt).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
        )
    ).one_or_none()
    given = totp.typed(code)
    if row is None:
        return None
    if given.is_recovery_code:
        return Proof(code_hash=totp.recovery_hash(given, row.salt))
    secret = sealed.unseal(_purpose(user_id), row.secret)
    if secret is None or not given.is_app_code:
        return None
    step = totp.matching_step(secret, given.text, clock.now())
    return Proof(step=step) if step is not None else None


def use_code(user_id: int, proof: Proof) -> bool:
    """Use a code up; False when it was used before, also by a request that was a moment faster."""
    if proof.code_hash is not None:
        return _use_recovery_code(user_id, proof.code_hash)
    changed = db.session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.user_id == user_id,
            SecondFactor.confirmed_at.is_not(None),
            SecondFactor.last_step < proof.step,
        )
        .values(last_step=proof.step)
    )
    return rows_changed(changed) == 1


def _use_recovery_code(user_id: int, code_hash: str) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash, RecoveryCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if rows_changed(used) != 1:
        return False
    left = db.session.scalar(
        select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    )
    audit.record(Viewer(id=user_id), "user.recovery_code_used", "user", user_id, after={"left": left})
    tell(user_id, "recovery_code_used")
    return True


def note_guessing(user_id: int) -> None:
    """Note, and tell the owner, that somebody tries codes: whoever gets so far knows the password, or has a session."""
    audit.record(SYSTEM, "user.second_factor_guessed", "user", user_id)
    tell(user_id, "second_factor_guessed")


def switch_off(actor: Viewer) -> None:
    """Remove one's second step. Whoever calls this has seen the password and a code."""
    user_id = _id_of(actor)
    if not _remove(user_id):
        raise NotFound
    audit.record(actor, "user.second_factor_off", "user", user_id)
    tell(user_id, "second_factor_off")


def remove_second_factor(actor: Viewer, user_id: int, reason: str) -> None:
    """Take away a person's second step (the phone is lost) and sign them out everywhere; they are told.

    Raises Denied for oneself (there one's own page asks for a code), Invalid without a reason, NotFound where there is none.
    """
    policy.require_admin(actor)
    if actor.id == user_id:
        raise Denied(lazy("Langkah kedua akun sendiri dimatikan dari halaman akun Anda, dengan kata sandi dan kode."))
    why = one_line(reason)
    if len(why) < MIN_REASON:
        raise Invalid(lazy("Tulis alasannya, misalnya bagaimana Anda memastikan siapa yang meminta."), "reason")
    if not _remove(user_id):
        raise NotFound
    ended = end_sessions(user_id)
    audit.record(actor, "user.second_factor_removed", "user", user_id, after={"ended": ended}, reason=why)
    tell(user_id, "second_factor_removed")


def _remove(user_id: int) -> bool:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    gone = db.session.execute(
        delete(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    )
    return rows_changed(gone) == 1


def _is_on(user_id: int) -> bool:
    found = select(SecondFactor.user_id).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.session.scalar(found) is not None


def _id_of(actor: Viewer) -> int:
    """The id of an active person, whose row is locked: what two browsers do at once is done one after the other."""
    locked = select(User.is_active).where(User.id == actor.id).with_for_update()
    if actor.id is None or db.session.scalar(locked) is not True:
        raise Denied
    return actor.id


def _purpose(user_id: int) -> str:
    return f"second-factor:{user_id}"
