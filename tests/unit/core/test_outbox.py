"""The outbox: nothing that was asked for is lost, one key is worked on once at a time, and only a claim's holder ends it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from forum.core import clock, outbox
from forum.core.db import db, transaction
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database, at a fixed time."""


def later(seconds: float) -> Any:
    return clock.fixed(NOW + timedelta(seconds=seconds))


def put(key: object = 1, topic: str = "search") -> None:
    with transaction():
        outbox.put(topic, key)


def claim(worker: str = "host:1", limit: int = 10) -> list[outbox.Job]:
    with transaction() as session:
        return outbox.claim(session, worker, limit)


def done(job: outbox.Job) -> None:
    with transaction() as session:
        outbox.done(session, job)


def retry(job: outbox.Job, error: str = "broken") -> None:
    with transaction() as session:
        outbox.retry(session, job, error)


def state() -> outbox.State:
    db.session.rollback()
    return outbox.state(db.session())


def rows() -> list[outbox.OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(db.select(outbox.OutboxRow).execution_options(populate_existing=True)))


def test_a_request_is_rolled_back_with_the_transaction_that_made_it() -> None:
    def fail() -> None:
        with transaction():
            outbox.put("search", 1)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert claim() == []


def test_a_claimed_row_is_gone_when_it_is_done() -> None:
    put("thread:5")
    (job,) = claim()
    assert (job.topic, job.key, job.version, job.attempts) == ("search", "thread:5", 1, 1)
    done(job)
    assert state() == outbox.State(0, 0, timedelta(0))


def test_two_requests_for_the_same_work_are_one_row() -> None:
    put(), put(), put(2), put(1, topic="mail")
    assert sorted((job.topic, job.key) for job in claim()) == [("mail", "1"), ("search", "1"), ("search", "2")]


def test_a_claimed_row_cannot_be_claimed_again_before_its_claim_lapses() -> None:
    put()
    assert len(claim()) == 1
    assert claim("host:2") == []
    with later(outbox.LEASE.total_seconds() - 1):
        assert claim("host:2") == []
    with later(outbox.LEASE.total_seconds()):
        (again,) = claim("host:2")
    assert again.attempts == 2


def test_rows_are_taken_in_the_order_in_which_they_were_due() -> None:
    put("first")
    with later(1):
        put("second")
    with later(2):
        assert [job.key for _ in range(2) for job in claim(limit=1)] == ["first", "second"]


def test_what_is_asked_for_while_it_is_worked_on_is_done_once_more_and_not_before_the_claim_ends() -> None:
    put()
    (job,) = claim()
    put()
    assert claim("host:2") == [], "two workers would work on one key at a time"
    done(job)
    (again,) = claim("host:2")
    assert (again.version, again.attempts) == (2, 1)
    done(again)
    assert state().waiting == 0


def test_a_failed_row_waits_twice_as_long_each_time() -> None:
    put()
    waits = []
    moment = NOW
    for _ in range(14):
        with clock.fixed(moment):
            (job,) = claim()
            retry(job)
            (row,) = rows()
            waits.append((row.due_at - moment).total_seconds())
            moment = row.due_at
    assert waits[:5] == [5, 10, 20, 40, 80]
    assert waits[-1] == outbox.LAST_RETRY.total_seconds()


def test_a_failed_row_that_was_asked_for_meanwhile_is_tried_at_once() -> None:
    put()
    (job,) = claim()
    put()
    retry(job)
    (again,) = claim()
    assert again.attempts == 1


def test_a_new_request_wakes_a_row_that_waits_after_a_failure() -> None:
    put()
    for hour in range(3):
        with later(3600 * hour):
            (job,) = claim()
            retry(job)
    with later(3600 * 2 + 1):
        assert claim() == []
        put()
        (job,) = claim()
    assert job.attempts == 1


@pytest.mark.parametrize("end", [done, retry])
def test_a_worker_whose_claim_lapsed_changes_nothing(end: Callable[[outbox.Job], None]) -> None:
    put()
    (slow,) = claim("host:1")
    with later(outbox.LEASE.total_seconds()):
        (current,) = claim("host:2")
        before = [(row.claimed_by, row.due_at, row.version) for row in rows()]
        end(slow)
        assert [(row.claimed_by, row.due_at, row.version) for row in rows()] == before
        done(current)
    assert state().waiting == 0


def test_a_late_done_does_not_remove_a_younger_row_that_got_the_same_number() -> None:
    put()
    (slow,) = claim("host:1")
    with later(outbox.LEASE.total_seconds()):
        (current,) = claim("host:2")
        done(current)
        put()
        (row,) = rows()
        if db.engine.dialect.name == "sqlite":
            assert row.id == slow.id, "SQLite gives the number again: that is what this test is about"
        done(slow)
        assert len(claim()) == 1


def test_a_success_forgets_the_error_of_the_try_before() -> None:
    put()
    (job,) = claim()
    retry(job)
    assert state().failing == 1
    with later(5):
        (job,) = claim()
        put()
        done(job)
    assert state() == outbox.State(waiting=1, failing=0, lag=timedelta(0))


def test_a_long_error_is_cut() -> None:
    put()
    (job,) = claim()
    retry(job, "x" * 5000)
    assert [len(row.last_error or "") for row in rows()] == [500]


def test_lag_tells_how_long_the_oldest_due_row_has_waited() -> None:
    put()
    with later(90):
        put(2)
        assert state() == outbox.State(waiting=2, failing=0, lag=timedelta(seconds=90))
        claim()
        assert state().lag == timedelta(0)


def test_scheduling_waits_for_its_time_and_does_not_move_what_is_there() -> None:
    with transaction():
        outbox.schedule("daily", "", NOW + timedelta(hours=1))
        outbox.schedule("daily", "", NOW)
    assert claim() == []
    with later(3600):
        (job,) = claim()
        with transaction():
            outbox.schedule("daily", "", NOW)
        done(job)
    assert state().waiting == 0


def release(alive: set[int]) -> int:
    with transaction() as session:
        return outbox.release_dead(session, lambda pid: pid in alive)


def test_the_work_of_a_killed_worker_of_this_host_is_free_at_once() -> None:
    name = outbox.worker_name()
    host = name.rsplit(":", 1)[0]
    assert name == f"{host}:{os.getpid()}"
    put(1), put(2), put(3)
    claim(f"{host}:101", limit=1), claim(f"{host}:102", limit=1), claim("elsewhere:101", limit=1)
    assert release(alive={102}) == 1
    (job,) = claim()
    assert (job.key, job.attempts) == ("1", 2)


def test_a_job_that_kills_its_worker_each_time_waits_longer_each_time() -> None:
    host = outbox.worker_name().rsplit(":", 1)[0]
    put()
    waits = []
    moment = NOW
    for _ in range(4):
        with clock.fixed(moment):
            assert claim(f"{host}:101")
            release(alive=set())
            (row,) = rows()
            waits.append((row.due_at - moment).total_seconds())
            moment = row.due_at
    assert waits == [0, 5, 10, 20]


def test_a_host_name_with_wildcards_frees_only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "h_st%")
    put()
    claim("host%:101")
    assert release(alive=set()) == 0


def test_workers_that_claim_at_the_same_time_never_get_the_same_row(app: Flask) -> None:
    for key in range(60):
        put(key)
    got: list[str] = []
    start = threading.Barrier(4)

    def work(number: int) -> None:
        with app.app_context(), clock.fixed(NOW):
            start.wait()
            while jobs := claim(f"host:{number}", limit=3):
                got.extend(job.key for job in jobs)
            db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got, key=int) == [str(key) for key in range(60)]


@pytest.mark.postgresql
def test_on_postgresql_a_claim_does_not_wait_for_another_claim(app: Flask) -> None:
    put(1), put(2)
    answers: list[list[str]] = []

    def other() -> None:
        with app.app_context(), clock.fixed(NOW):
            answers.append([job.key for job in claim("host:2", limit=1)])
            db.session.remove()

    with transaction() as session:
        (mine,) = outbox.claim(session, "host:1", limit=1)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(5)
        assert not thread.is_alive(), "the second claim waited for the first"
    assert {mine.key, *answers[0]} == {"1", "2"}


@pytest.mark.postgresql
def test_on_postgresql_a_request_made_before_done_commits_is_not_lost(app: Flask) -> None:
    put()
    (job,) = claim()
    asked = threading.Event()

    def ask_and_commit_late() -> None:
        with app.app_context(), clock.fixed(NOW), transaction():
            outbox.put("search", 1)
            asked.set()
            threading.Event().wait(0.3)

    thread = threading.Thread(target=ask_and_commit_late)
    thread.start()
    asked.wait(5)
    done(job)
    thread.join()
    (again,) = claim()
    assert again.version == 2


def done_together(jobs: list[outbox.Job]) -> list[outbox.Job]:
    with transaction() as session:
        return outbox.done_together(session, jobs)


def test_many_requests_at_once_are_a_row_each_and_raise_those_that_are_there() -> None:
    put("b")
    with transaction():
        outbox.put_all("search", ["c", "a", "b", "a"])
    assert sorted((job.key, job.version) for job in claim()) == [("a", 1), ("b", 2), ("c", 1)]


def test_more_requests_than_one_statement_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "KEYS_IN_STATEMENT", 3)
    with transaction():
        outbox.put_all("search", [str(number) for number in range(10)])
    jobs = claim(limit=100)
    assert len(jobs) == 10
    assert done_together(jobs) == []
    assert state().waiting == 0


def test_of_many_that_are_done_those_asked_for_again_stay_claimed() -> None:
    put("a"), put("b"), put("c")
    jobs = claim()
    put("b")
    left = done_together(jobs)
    assert [job.key for job in left] == ["b"]
    assert claim("host:2") == []
    done(left[0])
    assert [(job.key, job.version) for job in claim("host:2")] == [("b", 2)]


def test_many_that_are_done_after_their_claim_lapsed_change_nothing() -> None:
    put("a"), put("b")
    slow = claim("host:1")
    with later(outbox.LEASE.total_seconds()):
        current = claim("host:2")
        assert done_together(slow) == slow
        assert done_together(current) == []


def test_what_is_given_back_was_not_tried() -> None:
    put("a"), put("b")
    jobs = claim()
    put("b")
    with transaction() as session:
        outbox.give_back(session, jobs, timedelta(seconds=3))
    assert claim() == []
    with later(3):
        assert sorted((job.key, job.attempts) for job in claim()) == [("a", 1), ("b", 1)]


def test_what_another_has_claimed_cannot_be_given_back() -> None:
    put("a")
    slow = claim("host:1")
    with later(outbox.LEASE.total_seconds()):
        claim("host:2")
        with transaction() as session:
            outbox.give_back(session, slow)
        assert claim("host:3") == []


def test_topics_can_be_chosen_and_left_out() -> None:
    put(1, topic="search"), put(1, topic="mail"), put(1, topic="digest")
    search = outbox.Topics(("search", "search.affected"), others=False)
    with transaction() as session:
        assert [job.topic for job in outbox.claim(session, "host:1", 10, search)] == ["search"]
    assert not outbox.anything_due(db.session(), search)
    assert outbox.anything_due(db.session(), outbox.Topics(("search",)))
    with transaction() as session:
        others = outbox.claim(session, "host:1", 10, outbox.Topics(("search",)))
    assert {job.topic for job in others} == {"mail", "digest"}


@pytest.mark.postgresql
def test_on_postgresql_ending_many_does_not_wait_for_who_asks_for_one_of_them(app: Flask) -> None:
    put("a"), put("b")
    jobs = claim()
    asked, may_commit = threading.Event(), threading.Event()

    def ask_and_commit_late() -> None:
        with app.app_context(), clock.fixed(NOW), transaction():
            outbox.put("search", "a")
            asked.set()
            may_commit.wait(5)

    thread = threading.Thread(target=ask_and_commit_late)
    thread.start()
    asked.wait(5)
    left = done_together(jobs)
    may_commit.set()
    thread.join()
    assert [job.key for job in left] == ["a"]
    done(left[0])
    (again,) = claim()
    assert (again.key, again.version) == ("a", 2)
