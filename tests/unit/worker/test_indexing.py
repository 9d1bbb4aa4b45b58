"""The worker's indexing thread, a turn at a time: it indexes what is due, keeps what it cannot do, and has the index made anew."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from forum.core import outbox
from forum.core.db import db, transaction
from forum.search import backends, indexer
from forum.search.documents import Unavailable
from forum.worker import indexing, loop
from tests.factories.accounts import a_member
from tests.factories.discussions import a_board, a_thread

ENDS_WELL = (sys.executable, "-c", "pass")
FAILS = (sys.executable, "-c", "raise SystemExit(3)")
STAYS = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture(autouse=True)
def _index(app: Flask) -> None:
    """An empty index that serves."""
    indexer.rebuild()


def rows() -> list[outbox.OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(db.select(outbox.OutboxRow).execution_options(populate_existing=True)))


def a_thread_to_index() -> None:
    """A new thread, of which nothing but its indexing waits."""
    a_thread(a_member(), a_board())
    with transaction() as session:
        session.execute(db.delete(outbox.OutboxRow).where(outbox.OutboxRow.topic != "search"))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_turn_indexes_what_is_due_and_goes_on_at_once() -> None:
    a_thread_to_index()
    turns = indexing.Indexing(ENDS_WELL)
    assert turns.turn() == 0.0
    assert backends.current().document_count() == 1
    assert turns.turn() == indexing.IDLE_SECONDS
    assert rows() == []


def test_an_idle_turn_writes_nothing(meter: object) -> None:
    turns = indexing.Indexing(ENDS_WELL)
    turns.turn()
    before = len(getattr(meter, "texts", []))
    turns.turn()
    texts = getattr(meter, "texts", [])[before:]
    assert len(texts) == 1
    assert texts[0].startswith("SELECT")


def test_mail_and_housekeeping_are_left_to_the_other_thread() -> None:
    with transaction():
        outbox.put("mail.welcome", 1)
    assert indexing.Indexing(ENDS_WELL).turn() == indexing.IDLE_SECONDS
    assert [(row.topic, row.claimed_by) for row in rows()] == [("mail.welcome", None)]


def test_the_other_thread_leaves_search_alone() -> None:
    a_thread_to_index()
    assert not loop.work_once({})
    assert [(row.topic, row.claimed_by) for row in rows()] == [("search", None)]


def test_without_an_index_nothing_is_lost_and_it_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    a_thread_to_index()

    def unavailable(jobs: object) -> None:
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(indexer, "settle", unavailable)
    monkeypatch.setattr(indexer, "can_write", lambda: False)
    turns = indexing.Indexing(STAYS)
    try:
        with capture_logs() as logs:
            assert turns.turn() == indexing.UNAVAILABLE_SECONDS
            assert turns.turn() == indexing.UNAVAILABLE_SECONDS
        assert [line["event"] for line in logs].count("search_rebuild_started") == 1
        (row,) = rows()
        assert (row.claimed_by, row.attempts) == (None, 0)
    finally:
        turns.stop()


def test_no_second_rebuild_is_begun_beside_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "ensure", lambda: True)
    monkeypatch.setattr(indexer, "is_rebuilding", lambda: True)
    with capture_logs() as logs:
        indexing.Indexing(STAYS).turn()
    assert logs == []


def test_a_failed_rebuild_is_tried_again_after_a_pause_that_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    rebuilder = indexing.Rebuilder(FAILS)
    pauses = []
    with capture_logs() as logs:
        for _ in range(9):
            assert rebuilder.may_start()
            rebuilder.start()
            assert not rebuilder.may_start()
            assert rebuilder._child is not None
            rebuilder._child.wait()
            rebuilder.look()
            pauses.append(rebuilder._not_before - now)
            now = rebuilder._not_before - 0.001
            assert not rebuilder.may_start()
            now += 0.002
    assert pauses == pytest.approx([5, 10, 20, 40, 80, 160, 320, 600, 600])
    assert {line.get("status") for line in logs if line["event"] == "search_rebuild_failed"} == {3}


def test_a_rebuild_that_ended_well_is_said() -> None:
    rebuilder = indexing.Rebuilder(ENDS_WELL)
    with capture_logs() as logs:
        rebuilder.start()
        assert rebuilder._child is not None
        rebuilder._child.wait()
        rebuilder.look()
        rebuilder.look()
    assert [line["event"] for line in logs] == ["search_rebuild_started", "search_rebuild_finished"]
    assert rebuilder.may_start()


def test_stopping_ends_the_rebuild() -> None:
    rebuilder = indexing.Rebuilder(STAYS)
    rebuilder.start()
    child = rebuilder._child
    assert child is not None
    rebuilder.stop()
    assert child.returncode is not None


def test_what_was_claimed_when_the_database_failed_is_free_at_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    a_thread_to_index()
    settle = indexer.settle
    faults = [OperationalError("COMMIT", None, Exception("database is locked"))]

    def settle_or_fail(jobs: list[outbox.Job]) -> None:
        if faults:
            raise faults.pop()
        settle(jobs)

    monkeypatch.setattr(indexer, "settle", settle_or_fail)
    turns = indexing.Indexing(ENDS_WELL)
    with pytest.raises(OperationalError):
        turns.turn()
    assert [row.claimed_by is None for row in rows()] == [False]
    assert turns.turn() == 0.0
    assert rows() == []


def test_the_thread_outlives_any_error_and_stops_when_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "TROUBLE_SECONDS", 0.01)
    faults: list[Exception] = [LookupError("odd"), OperationalError("BEGIN", None, Exception("away"))]
    plain = indexing.Indexing.turn
    good_turns: list[float] = []

    def turn(self: indexing.Indexing) -> float:
        if faults:
            raise faults.pop()
        good_turns.append(plain(self))
        return 0.01

    monkeypatch.setattr(indexing.Indexing, "turn", turn)
    stop = threading.Event()
    with capture_logs() as logs:
        thread = threading.Thread(target=indexing.run, args=(app, stop))
        thread.start()
        wait_for(lambda: len(good_turns) > 2)
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert [line["event"] for line in logs] == ["indexing_waits_for_database", "indexing_failed"]


def test_the_worker_ends_when_its_other_thread_does(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        loop.run(app, dict.fromkeys(loop.jobs.HANDLERS, lambda key: None), beside=lambda app, stop: None)
