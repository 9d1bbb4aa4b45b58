from datetime import UTC, datetime, timedelta, timezone

import pytest

from forum.core import clock

MOMENT = datetime(2026, 11, 24, 10, 5, tzinfo=timezone(timedelta(hours=7)))


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_time_holds_within_its_block_only() -> None:
    with clock.fixed(MOMENT):
        assert clock.now() == MOMENT
        assert clock.now().tzinfo is UTC
        with clock.fixed(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
    assert clock.now() != MOMENT


def fail_at(moment: datetime) -> None:
    with clock.fixed(moment):
        raise LookupError


def test_a_fixed_time_ends_with_a_block_that_fails() -> None:
    with pytest.raises(LookupError):
        fail_at(MOMENT)
    assert clock.now() != MOMENT
