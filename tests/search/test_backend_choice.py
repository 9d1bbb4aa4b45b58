"""Which index an installation has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from forum.search import backends
from tests.conftest import make_settings

ON_POSTGRESQL = "postgresql+psycopg://somebody@nowhere/rembuk"


@pytest.mark.parametrize(
    ("asked", "database", "in_postgresql"),
    [
        ("auto", "", False),
        ("auto", ON_POSTGRESQL, True),
        ("whoosh", ON_POSTGRESQL, False),
        ("postgresql", ON_POSTGRESQL, True),
    ],
)
def test_it_is_in_the_database_where_that_is_postgresql(
    tmp_path: Path, asked: str, database: str, in_postgresql: bool
) -> None:
    settings = make_settings(tmp_path, search_backend=asked, database_url=database)
    assert settings.searches_in_postgresql is in_postgresql


def test_it_cannot_be_in_postgresql_where_the_database_is_not(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a REMBUK_DATABASE_URL"):
        make_settings(tmp_path, search_backend="postgresql", database_url="")


def test_an_application_has_one_for_all_its_threads(app: Flask) -> None:
    assert backends.current() is backends.current()
    assert backends.current().name in ("whoosh", "postgresql")
