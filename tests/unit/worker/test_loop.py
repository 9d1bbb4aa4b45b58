"""One turn of the worker, without processes: see tests/faults for those."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta

import pytest
from flask import Flask

from forum.core import clock, outbox
from forum.core.db import db, transaction
from forum.worker import jobs, loop
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _database(app: Flask, fixed_now: datetime) -> None:
    """Every test here uses the database, at a fixed time."""


def put(topic: str, key: object = 1) -> None:
    with transaction():
        outbox.put(topic, key)


def test_a_turn_does_one_job_and_says_whether_there_was_one() -> None:
    seen: list[str] = []
    put("a", 1), put("a", 2)
    turns = [loop.work_once({"a": seen.append}) for _ in range(3)]
    assert (turns, sorted(seen)) == ([True, True, False], ["1", "2"])


def test_a_handler_runs_outside_any_transaction_and_sees_what_was_committed() -> None:
    def handler(key: str) -> None:
        with transaction():
            outbox.put("b", key)

    put("a")
    loop.work_once({"a": handler})
    assert [row.topic for row in db.session.scalars(db.select(outbox.OutboxRow))] == ["b"]


def test_a_failing_job_is_tried_later_and_does_not_stop_others() -> None:
    calls: list[str] = []

    def fail(key: str) -> None:
        calls.append(key)
        raise LookupError("nothing there")

    put("bad"), put("good")
    handlers = {"bad": fail, "good": calls.append}
    while loop.work_once(handlers):
        pass
    (row,) = db.session.scalars(db.select(outbox.OutboxRow)).all()
    assert calls == ["1", "1"]
    assert (row.topic, row.last_error, row.due_at) == ("bad", "LookupError: nothing there", NOW + timedelta(seconds=5))


def test_what_a_failing_job_wrote_is_rolled_back() -> None:
    def fail(key: str) -> None:
        db.session.add(outbox.OutboxRow(topic="half", key="", due_at=NOW))
        db.session.flush()
        raise LookupError

    put("bad")
    loop.work_once({"bad": fail})
    assert outbox.state(db.session()).waiting == 1


def test_a_topic_that_this_version_does_not_know_is_kept() -> None:
    put("of.a.newer.version")
    loop.work_once({})
    (row,) = db.session.scalars(db.select(outbox.OutboxRow)).all()
    assert row.last_error == "KeyError: 'of.a.newer.version'"


def test_an_idle_turn_writes_nothing(meter: object) -> None:
    loop.work_once()
    texts = " ".join(getattr(meter, "texts", []))
    assert "SELECT" in texts
    assert "UPDATE" not in texts


def test_periodic_jobs_come_again_after_their_period() -> None:
    loop.start()
    while loop.work_once():
        pass
    due = {row.topic: row.due_at for row in db.session.scalars(db.select(outbox.OutboxRow))}
    assert due == {topic: NOW + period for topic, period in jobs.PERIODIC.items()}


def test_starting_again_leaves_periodic_jobs_at_their_time() -> None:
    loop.start()
    while loop.work_once():
        pass
    with clock.fixed(NOW + timedelta(seconds=1)):
        loop.start()
        assert not loop.work_once()


def test_every_periodic_topic_has_a_handler() -> None:
    assert jobs.PERIODIC.keys() <= jobs.HANDLERS.keys()
    assert all(len(topic) <= 40 for topic in jobs.HANDLERS)


def test_only_a_process_that_is_gone_counts_as_dead() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert not loop._is_another_process(gone.pid)
    assert loop._is_another_process(1)
    assert not loop._is_another_process(os.getpid()), "this worker has claimed nothing yet: the name is a predecessor's"
