"""The indexes that tests of searching run on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.core.db import db
from forum.search.backends import postgres_tables
from forum.search.backends.postgres import PostgresBackend
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import Backend


@pytest.fixture(params=["whoosh", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Each kind of index, without a generation. What a test promises holds for all of them."""
    if request.param == "whoosh":
        yield WhooshBackend(tmp_path / "search")
        return
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        engine = db.engine
    yield PostgresBackend(engine)
    with engine.begin() as connection:
        for table in postgres_tables.metadata.sorted_tables:
            connection.execute(table.delete())


@pytest.fixture
def whoosh(tmp_path: Path) -> WhooshBackend:
    return WhooshBackend(tmp_path / "search")
