"""Housekeeping removes what is over, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts.models import OneTimeLink, SecondFactor, User, UserSession
from forum.core.db import db, transaction
from forum.core.ratelimit import RateCount
from forum.discussions.models import Draft
from forum.worker import jobs
from tests.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def user_id(app: Flask, fixed_now: datetime) -> int:
    with transaction() as session:
        user = User(username="u", email="u@contoh.invalid", name="U", created_at=NOW)
        session.add(user)
        session.flush()
        return user.id


def left(column: object) -> set[object]:
    return set(db.session.scalars(select(column)))  # type: ignore[call-overload]


def test_ended_sessions_go_after_a_week(user_id: int) -> None:
    ends = {"lives": NOW + DAY, "just ended": NOW - DAY, "long ended": NOW - 8 * DAY}
    with transaction() as session:
        for name, end in ends.items():
            session.add(UserSession(user_id=user_id, token_hash=name, created_at=NOW, last_seen_at=NOW, expires_at=end))
    jobs.forget_ended_sessions("")
    assert left(UserSession.token_hash) == {"lives", "just ended"}


def test_links_go_a_week_after_use_or_expiry(user_id: int) -> None:
    links = {
        "open": (NOW + DAY, None),
        "just used": (NOW + DAY, NOW),
        "long used": (NOW + DAY, NOW - 8 * DAY),
        "long expired": (NOW - 8 * DAY, None),
    }
    with transaction() as session:
        for name, (end, used) in links.items():
            session.add(OneTimeLink(user_id=user_id, token_hash=name, created_at=NOW, expires_at=end, used_at=used))
    jobs.forget_ended_sessions("")
    assert left(OneTimeLink.token_hash) == {"open", "just used"}


@pytest.mark.parametrize(
    ("age", "confirmed", "kept"), [(0, False, True), (8, False, False), (8, True, True), (400, True, True)]
)
def test_second_factors_that_were_never_confirmed_go_after_a_week(
    user_id: int, age: int, confirmed: bool, kept: bool
) -> None:
    made = NOW - age * DAY
    with transaction() as session:
        session.add(
            SecondFactor(
                user_id=user_id, secret="x", salt="00", created_at=made, confirmed_at=made if confirmed else None
            )
        )
    jobs.forget_ended_sessions("")
    assert left(SecondFactor.user_id) == ({user_id} if kept else set())


def test_old_drafts_go_after_half_a_year(user_id: int) -> None:
    with transaction() as session:
        for place, age in {"new": 0, "reply:1": 179, "reply:2": 181}.items():
            session.add(Draft(user_id=user_id, place=place, body="Isi", updated_at=NOW - age * DAY))
    jobs.forget_old_drafts("")
    assert left(Draft.place) == {"new", "reply:1"}


def test_rate_counts_go_when_their_window_is_over(app: Flask, fixed_now: datetime) -> None:
    with transaction() as session:
        session.add(RateCount(key="now", window=NOW, times=1))
        session.add(RateCount(key="old", window=NOW - 2 * DAY, times=1))
    jobs.forget_rate_counts("")
    assert left(RateCount.key) == {"now"}


@pytest.mark.parametrize("topic", sorted(jobs.HANDLERS))
def test_every_handler_may_be_called_again(app: Flask, topic: str) -> None:
    if topic in jobs.PERIODIC:
        jobs.HANDLERS[topic]("")
        jobs.HANDLERS[topic]("")
