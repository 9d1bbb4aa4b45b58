"""One application and one real database for the whole run; every test starts with empty tables and an unused clock.

`TEST_DATABASE_URL` runs the suite on PostgreSQL (the database must exist and may be emptied); SQLite otherwise.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, make_url, text

from forum.app import create_app
from forum.config import Settings
from forum.core import clock, ratelimit, timing
from forum.core.db import Base, db
from tests.optional import pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems"]


def pytest_configure() -> None:
    """Where several processes share the tests (`-n 2`), each has a PostgreSQL database of its own beside the one that was named."""
    url, process = os.environ.get("TEST_DATABASE_URL", ""), os.environ.get("PYTEST_XDIST_WORKER")
    if not (url and process):
        return
    address = make_url(url)
    name = f"{address.database}_{process}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    os.environ["TEST_DATABASE_URL"] = address.set(database=name).render_as_string(hide_password=False)


NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make_settings(path: Path, **changes: Any) -> Settings:
    """Settings of a throw-away installation under `path`, independent of the environment."""
    values = {
        "instance_path": path,
        "secret_key": "test-secret-" + "x" * 40,
        "database_url": os.environ.get("TEST_DATABASE_URL", ""),
        "server_timing": True,
    }
    return Settings.model_validate({**Settings.model_construct().model_dump(), **values, **changes}, by_name=True)


def _fresh_globals() -> None:
    """Requests of a test share its application context; on a server each has its own. So each starts with an empty `g`."""
    for name in list(g):
        g.pop(name)
    db.session.rollback()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(make_settings(tmp_path_factory.mktemp("instance")), testing=True)
    app.before_request_funcs.setdefault(None, []).insert(0, _fresh_globals)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        else:
            event.listen(db.engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))
            db.engine.dispose()
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def _past_the_triggers(deletes: str) -> str:
    """SQLite cannot switch triggers off (PostgreSQL does below): those of tables that hold something go, and come again."""
    with db.engine.connect() as connection:
        filled = "SELECT EXISTS (SELECT 1 FROM audit_heads) OR EXISTS (SELECT 1 FROM audit_log)"
        if not connection.exec_driver_sql(filled).scalar():
            return deletes
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    drops = "; ".join(f"DROP TRIGGER {name}" for name, _sql in triggers)
    return f"{drops}; {deletes}; {'; '.join(sql for _name, sql in triggers)}"


def _empty_tables() -> None:
    """Every table empty, ids from 1 again. DELETE, since a TRUNCATE of so many tables takes PostgreSQL ten times as long."""
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    deletes = "; ".join(f"DELETE FROM {table}" for table in tables)
    if db.engine.dialect.name == "sqlite":
        deletes = _past_the_triggers(deletes)
    with db.engine.connect().execution_options(rembuk_writes=True) as connection:
        if db.engine.dialect.name == "postgresql":
            # The index in PostgreSQL is no table of the application: it stays, as Whoosh's files do, and so do its numbers.
            index = "'search_generations_id_seq', 'search_documents_id_seq', 'search_term_ids'"
            numbers = f"c.relkind = 'S' AND c.relname NOT IN ({index})"
            restart = f"SELECT setval(c.oid::regclass, 1, false) FROM pg_class c WHERE {numbers}"
            connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {deletes}; {restart}")
            connection.commit()
            return
        driver = connection.connection.driver_connection
        driver.executescript(f"PRAGMA foreign_keys=OFF; BEGIN; {deletes}; COMMIT; PRAGMA foreign_keys=ON")


@pytest.fixture(autouse=True)
def context(request: pytest.FixtureRequest) -> Iterator[None]:
    """An application context on an empty database, for every test that uses the application."""
    if not {"app", "client", "cast", "sign_in", "running_server"} & set(request.fixturenames):
        yield
        return
    app = request.getfixturevalue("app")
    with app.app_context():
        _empty_tables()
        ratelimit._here.clear()  # ids begin again, so somebody else's count must not be theirs
        yield
        db.session.rollback()
        db.session.remove()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be reached from a test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def fixed_now() -> Iterator[datetime]:
    with clock.fixed(NOW):
        yield NOW


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def meter() -> Iterator[timing.Meter]:
    """Counts the statements of what a test does outside a request."""
    yield timing.start()
    timing.stop()


def csrf_of(html: str) -> str:
    """The CSRF token in a page. Raises AssertionError where there is none."""
    found = CSRF.search(html)
    assert found, "the page has no CSRF token"
    return found.group(1)


def post(client: FlaskClient, url: str, page: str | None = None, **fields: Any) -> Any:
    """Send a form as a browser would: fetch `page` (default: `url`) for its token, then POST."""
    token = csrf_of(client.get(page or url).get_data(as_text=True))
    return client.post(url, data={"csrf_token": token, **fields})
