"""The database: times keep their zone, transactions end as they should, writers wait for each other and lose nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from forum.core import timing
from forum.core.db import db, transaction
from forum.core.outbox import OutboxRow
from forum.core.ratelimit import RateCount

WIB = timezone(timedelta(hours=7))
MOMENT = datetime(2026, 11, 24, 10, 5, 20, 123456, tzinfo=WIB)


@pytest.fixture(autouse=True)
def _database(app: Flask) -> None:
    """Every test here uses the database."""


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def count(key: str = "a", times: int = 0) -> RateCount:
    return RateCount(key=key, window=MOMENT, times=times)


def keys() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(RateCount.key).order_by(RateCount.key)))


class TestTimes:
    def test_a_time_comes_back_as_the_same_moment_in_utc(self) -> None:
        with transaction() as session:
            session.add(count())
        db.session.expire_all()
        stored = db.session.scalars(select(RateCount.window)).one()
        assert stored == MOMENT
        assert stored.tzinfo is UTC

    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(StatementError, match="without zone"):
            db.session.execute(select(RateCount).where(RateCount.window == MOMENT.replace(tzinfo=None)))

    def test_times_are_compared_as_moments(self) -> None:
        with transaction() as session:
            session.add(count())
        other_zone = MOMENT.astimezone(timezone(timedelta(hours=-3)))
        assert db.session.scalar(select(RateCount.key).where(RateCount.window == other_zone)) == "a"


class TestTransaction:
    def test_it_commits_when_its_block_ends(self) -> None:
        with transaction() as session:
            session.add(count())
        assert keys() == ["a"]

    def test_it_rolls_back_when_its_block_fails(self) -> None:
        def fail() -> None:
            with transaction() as session:
                session.add(count())
                session.flush()
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        assert keys() == []

    def test_it_rolls_back_when_the_commit_fails(self) -> None:
        def twice() -> None:
            with transaction() as session:
                session.add(count())
                session.add(count())

        with pytest.raises(IntegrityError):
            twice()
        assert keys() == []
        with transaction() as session:
            session.add(count())

    def test_it_does_not_nest(self) -> None:
        def nested() -> None:
            with transaction(), transaction():
                pass

        with pytest.raises(RuntimeError, match="already open"):
            nested()
        with transaction():
            pass

    def test_it_sees_what_others_committed_after_an_earlier_read(self, app: Flask) -> None:
        assert keys() == []

        def other() -> None:
            with app.app_context():
                with transaction() as session:
                    session.add(count())
                db.session.remove()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with transaction() as session:
            assert session.scalar(select(RateCount.key)) == "a"

    def test_reading_takes_no_lock_that_keeps_writers_out(self, app: Flask) -> None:
        db.session.scalars(select(RateCount)).all()

        def other() -> None:
            with app.app_context():
                with transaction() as session:
                    session.add(count())
                db.session.remove()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()

    def test_writers_at_the_same_time_lose_no_update_and_none_fails(self, app: Flask) -> None:
        with transaction() as session:
            session.add(count())
        failures: list[BaseException] = []
        start = threading.Barrier(6)

        def work() -> None:
            with app.app_context():
                start.wait()
                for _ in range(25):
                    try:
                        with transaction() as session:
                            session.execute(update(RateCount).values(times=RateCount.times + 1))
                    except BaseException as error:
                        failures.append(error)
                db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert db.session.scalar(select(RateCount.times)) == 150

    def test_on_sqlite_reading_and_then_writing_is_safe_too(self, app: Flask) -> None:
        """What the driver's own transactions lose (measured: 873 of 1,000)."""
        if not is_sqlite():
            pytest.skip("PostgreSQL needs SET n = n + 1 for this")
        with transaction() as session:
            session.add(count())
        start = threading.Barrier(4)

        def work() -> None:
            with app.app_context():
                start.wait()
                for _ in range(20):
                    with transaction() as session:
                        times = session.scalars(select(RateCount.times)).one()
                        session.execute(update(RateCount).values(times=times + 1))
                db.session.remove()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert db.session.scalar(select(RateCount.times)) == 80


class TestSqlite:
    @pytest.fixture(autouse=True)
    def _only_sqlite(self) -> None:
        if not is_sqlite():
            pytest.skip("about SQLite")

    @pytest.mark.parametrize(
        ("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("busy_timeout", 10000)]
    )
    def test_every_connection_has_its_pragmas(self, pragma: str, value: object) -> None:
        with db.engine.connect() as connection:
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value

    def test_synchronous_is_full_in_earnest(self, tmp_path: object) -> None:
        """The suite's own database is relaxed for speed; this one is as in production."""
        from forum.core import database

        app = Flask("database alone")
        database.init_app(app, f"sqlite:///{tmp_path}/x.sqlite")
        with app.app_context():
            with db.engine.connect() as connection:
                assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            db.engine.dispose()

    def test_a_reference_to_nothing_is_refused(self) -> None:
        def orphan() -> None:
            with transaction() as session:
                session.execute(
                    text("INSERT INTO votes (post_id, user_id, created_at) VALUES (1, 1, '2026-01-01 00:00:00')")
                )

        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            orphan()


class TestMeter:
    def test_statements_are_counted_and_begin_and_commit_are_not(self, meter: timing.Meter) -> None:
        with transaction() as session:
            session.execute(select(OutboxRow.id))
            session.execute(select(OutboxRow.key))
        assert meter.statements == 2
        assert meter.sql_seconds > 0

    def test_nothing_is_counted_after_the_end(self, meter: timing.Meter) -> None:
        timing.stop()
        db.session.execute(select(OutboxRow.id))
        assert meter.statements == 0

    def test_what_a_template_asks_is_noted(self, meter: timing.Meter) -> None:
        meter.rendering = "page.html"
        db.session.execute(select(OutboxRow.id))
        assert len(meter.while_rendering) == 1
        assert meter.while_rendering[0].startswith("page.html: SELECT")
