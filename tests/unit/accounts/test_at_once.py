"""Many browsers at once: a code opens one of them, and a key is confirmed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
from sqlalchemy import func, select

from forum.accounts import services
from forum.accounts.models import RecoveryCode, SecondFactor
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from tests.factories.accounts import a_member, a_second_factor, viewer_for
from tests.unit.discussions.test_at_once import AT_ONCE, together

__all__ = ["together"]

Together = Callable[..., list[Any]]


def test_one_code_sent_by_eight_browsers_opens_one(together: Together) -> None:
    person = a_member()
    phone, user_id = a_second_factor(person), person.id
    for code in (phone.code(), phone.recovery_codes[0]):
        proof = services.examine_code(user_id, code)
        opened = together(*[lambda proof=proof: services.use_code(user_id, proof)] * AT_ONCE)
        assert sorted(opened) == [False] * (AT_ONCE - 1) + [True]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(RecoveryCode.used_at.is_not(None))) == 1


def test_an_older_code_that_arrives_later_opens_nothing(together: Together, fixed_now: object) -> None:
    person = a_member()
    phone, user_id = a_second_factor(person), person.id
    proofs = [services.examine_code(user_id, phone.code(steps)) for steps in (-1, 0, 1)]
    opened = together(*[lambda proof=proof: services.use_code(user_id, proof) for proof in proofs])
    db.session.rollback()
    assert db.session.scalar(select(SecondFactor.last_step)) == proofs[2].step
    assert opened[2]
    with transaction():
        assert not services.use_code(user_id, proofs[0])


def test_a_key_confirmed_twice_at_once_is_confirmed_once(together: Together) -> None:
    actor = viewer_for(a_member())
    with transaction():
        services.begin_setup(actor)
        secret = services.pending_secret(actor.id)
    sets = [services.make_recovery_codes() for _ in range(2)]
    code = pyotp.TOTP(secret).at(clock.now())
    together(*[lambda one=one: services.confirm_setup(actor, code, one, token=None) for one in sets])
    db.session.rollback()
    stored = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert stored in [set(one.hashes) for one in sets]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_what_two_browsers_begin_or_renew_at_once_is_whole(together: Together) -> None:
    actor = viewer_for(a_member())
    begun = together(*[lambda: services.begin_setup(actor)] * AT_ONCE)
    assert begun == [None] * AT_ONCE
    db.session.rollback()
    secret = services.pending_secret(actor.id)
    with transaction():
        first = services.make_recovery_codes()
        services.confirm_setup(actor, pyotp.TOTP(secret).at(clock.now()), first, token=None)
    sets = [services.make_recovery_codes() for _ in range(4)]
    assert together(*[lambda one=one: services.new_recovery_codes(actor, one) for one in sets]) == [None] * 4
    db.session.rollback()
    stored = set(db.session.scalars(select(RecoveryCode.code_hash)))
    salt = db.session.scalar(select(SecondFactor.salt))
    assert [stored == set(one.hashes) for one in sets if one.salt == salt] == [True]
