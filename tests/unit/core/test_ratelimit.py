"""Limits: the N+1st try is refused with the exact wait, each window and each person counts alone, and processes share one count."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from forum.app import create_app
from forum.core import clock, ratelimit
from forum.core.db import db, transaction
from forum.core.errors import TooMany
from forum.core.ratelimit import Limit, RateCount
from tests.conftest import make_settings

ROOT = Path(__file__).resolve().parents[3]
LIMIT = Limit("test", 3, 60)
# Twenty seconds into a window of a minute.
AT = datetime(2026, 11, 24, 3, 5, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _database(app: Flask) -> None:
    """Every test here uses the database."""


def tries(who: object, times: int, moment: datetime = AT) -> int:
    """How many of `times` tries were let through."""
    passed = 0
    with clock.fixed(moment):
        for _ in range(times):
            try:
                ratelimit.hit(LIMIT, who)
                passed += 1
            except TooMany:
                pass
    return passed


def test_as_many_as_allowed_pass_and_no_more() -> None:
    assert tries("a", 5) == 3


def test_the_refusal_says_how_long_to_wait() -> None:
    tries("a", 3)
    with clock.fixed(AT), pytest.raises(TooMany) as caught:
        ratelimit.hit(LIMIT, "a")
    assert caught.value.retry_after == 40


def test_after_that_wait_it_passes_again() -> None:
    tries("a", 3)
    assert tries("a", 1, AT + timedelta(seconds=39)) == 0
    assert tries("a", 1, AT + timedelta(seconds=40)) == 1


def test_the_wait_is_never_zero() -> None:
    end = AT + timedelta(seconds=39.999)
    tries("a", 3, end)
    with clock.fixed(end), pytest.raises(TooMany) as caught:
        ratelimit.hit(LIMIT, "a")
    assert caught.value.retry_after == 1


def test_people_and_limits_do_not_share_counts() -> None:
    tries("a", 3)
    assert tries("b", 1) == 1
    with clock.fixed(AT):
        ratelimit.hit(Limit("other", 1, 60), "a")


def test_a_try_counts_even_when_what_followed_was_rolled_back() -> None:
    def fail() -> None:
        ratelimit.hit(LIMIT, "a")
        with transaction():
            raise LookupError

    with clock.fixed(AT):
        for _ in range(3):
            with pytest.raises(LookupError):
                fail()
    assert tries("a", 1) == 0


def test_what_is_given_back_may_be_used_again() -> None:
    tries("a", 3)
    with clock.fixed(AT):
        ratelimit.give_back(LIMIT, "a")
    assert tries("a", 2) == 1


def test_nothing_is_given_back_below_zero() -> None:
    with clock.fixed(AT):
        ratelimit.hit(LIMIT, "a")
        for _ in range(3):
            ratelimit.give_back(LIMIT, "a")
    assert tries("a", 5) == 3


def test_a_long_name_is_counted_all_the_same() -> None:
    assert tries("n" * 5000, 5) == 3


def test_tries_at_the_same_time_share_one_count(app: Flask) -> None:
    start = threading.Barrier(4)
    passed: list[int] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            passed.append(tries("a", 5))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 3


OTHER_PROCESS = """
import sys
from forum.core import clock, ratelimit
from forum.core.errors import TooMany
from tests.unit.core.test_ratelimit import AT, LIMIT, app_of
with app_of(sys.argv[1], sys.argv[2]).app_context(), clock.fixed(AT):
    for _ in range(2):
        try:
            ratelimit.hit(LIMIT, "shared")
            print("passed")
        except TooMany:
            print("refused")
"""


def app_of(database: str, folder: str) -> Flask:
    return create_app(make_settings(Path(folder), database_url=database), testing=True)


def test_processes_share_one_count(app: Flask, tmp_path: Path) -> None:
    database = app.config["SETTINGS"].database
    assert tries("shared", 2) == 2
    command = [sys.executable, "-c", OTHER_PROCESS, database, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["passed", "refused"]
    assert tries("shared", 1) == 0


def test_when_the_count_cannot_be_kept_nothing_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of the counts is that of everything else: while it does not answer, there is nothing to be done without it."""

    def down(*arguments: object, **more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr("forum.core.ratelimit.insert", down)
    with pytest.raises(OperationalError):
        ratelimit.hit(LIMIT, "a")


def test_old_counts_are_forgotten_and_current_ones_kept() -> None:
    tries("a", 1, AT - timedelta(days=2))
    tries("a", 1)
    with clock.fixed(AT), transaction():
        assert ratelimit.forget_old() == 1
    assert db.session.scalars(db.select(RateCount.window)).all() == [AT - timedelta(seconds=20)]


def passes_here(who: object, times: int, moment: datetime = AT) -> int:
    passed = 0
    with clock.fixed(moment):
        for _ in range(times):
            with suppress(TooMany):
                ratelimit.hit_here(LIMIT, who)
                passed += 1
    return passed


def test_counting_in_memory_lets_as_many_pass_and_writes_nothing() -> None:
    assert passes_here("a", 5) == 3
    assert passes_here("b", 2) == 2
    assert passes_here("a", 1, AT + timedelta(seconds=39)) == 0
    assert passes_here("a", 1, AT + timedelta(seconds=40)) == 1
    assert db.session.scalar(select(func.count()).select_from(RateCount)) == 0


def test_counting_in_memory_says_how_long_to_wait_and_forgets_the_window_before() -> None:
    passes_here("a", 3)
    with clock.fixed(AT), pytest.raises(TooMany) as caught:
        ratelimit.hit_here(LIMIT, "a")
    assert caught.value.retry_after == 40
    passes_here("b", 1, AT + timedelta(minutes=1))
    assert "a" not in ratelimit._here[LIMIT.name][1]
