"""Models and migrations say the same, and migrating costs nobody their rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.schema import CreateIndex

from forum.core import clock, database
from forum.core.database import MIGRATIONS
from forum.core.db import Base, db, transaction
from forum.search.backends import postgres_tables

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()

# Indexes over expressions, with what the database must say about them.
DESCENDING = {"ix_posts_helpful": "helpful_count DESC"}

on_sqlite = pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="about SQLite")


def _can_be_compared(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Not an index over expressions, such as `helpful_count DESC`: Alembic guesses there. See `DESCENDING` below."""
    return not (kind == "index" and name in DESCENDING)


def _wanted() -> list[MetaData]:
    """The tables that there should be: on PostgreSQL those of the search index too, and nowhere else."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    return [Base.metadata, postgres_tables.metadata] if is_postgresql else [Base.metadata]


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": _can_be_compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, _wanted()) == []


def test_indexes_and_constraints_have_the_names_of_the_models(app: Flask) -> None:
    """Autogenerate does not compare checks and partial indexes; their names at least must be there."""
    inspector = inspect(db.engine)
    for table in (table for metadata in _wanted() for table in metadata.sorted_tables):
        there = {index["name"] for index in inspector.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= there, table.name
        checks = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if c.__class__.__name__ == "CheckConstraint" and c.name}
        assert wanted <= checks, table.name


@pytest.mark.parametrize(("name", "part"), DESCENDING.items())
def test_an_index_over_an_expression_is_as_the_models_say(app: Flask, name: str, part: str) -> None:
    catalogue = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE name = :name",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname = :name",
    }[db.engine.dialect.name]
    assert part in db.session.scalar(text(catalogue), {"name": name})
    assert any(
        part in str(CreateIndex(i)) for table in Base.metadata.tables.values() for i in table.indexes if i.name == name
    )


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    """An application with nothing but a new SQLite file."""
    app = Flask("database alone")
    database.init_app(app, f"sqlite:///{tmp_path}/rembuk.sqlite")
    return app


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    wanted = {name for metadata in _wanted() for name in metadata.tables}
    assert set(inspect(db.engine).get_table_names()) == {*wanted, "alembic_version"}


def _with_next(folder: Path, body: str) -> None:
    """A migration after the newest one."""
    folder.mkdir()
    (folder / "9999_next.py").write_text(
        f"from alembic import op\nimport sqlalchemy as sa\n\nrevision = '9999'\ndown_revision = {HEAD!r}\n"
        f"branch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    )


def _upgrade_with(fresh: Flask, folder: Path) -> None:
    config = Migrate.get_config(fresh.extensions["migrate"].migrate)
    config.set_main_option("version_locations", f"{MIGRATIONS / 'versions'};{folder}")
    config.set_main_option("path_separator", ";")
    command.upgrade(config, "head")


def _a_user_with_a_session() -> None:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO users (id, username, email, name, position, status, role, is_active, is_sample, locale, theme,"
                " shortcuts, created_at) VALUES (1, 'u', 'u@x', 'U', '', 'pns', 'member', 1, 0, 'id', 'system', 1, :now)"
            ),
            {"now": clock.now().isoformat()},
        )
        session.execute(
            text(
                "INSERT INTO user_sessions (user_id, token_hash, created_at, last_seen_at, expires_at)"
                " VALUES (1, 'x', :now, :now, :now)"
            ),
            {"now": clock.now().isoformat()},
        )


@on_sqlite
def test_rebuilding_a_table_on_sqlite_keeps_what_refers_to_it(fresh: Flask, tmp_path: Path) -> None:
    _with_next(
        tmp_path / "next",
        "    with op.batch_alter_table('users', recreate='always') as batch:\n"
        "        batch.alter_column('position', type_=sa.String(200))",
    )
    with fresh.app_context():
        upgrade()
        _a_user_with_a_session()
        _upgrade_with(fresh, tmp_path / "next")
        assert db.session.scalar(text("SELECT count(*) FROM user_sessions")) == 1
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
        db.session.remove()
        db.engine.dispose()


@on_sqlite
@pytest.mark.parametrize("fault", ["    raise LookupError", "    op.execute('DELETE FROM users')"])
def test_a_migration_that_fails_or_breaks_references_changes_nothing(fresh: Flask, tmp_path: Path, fault: str) -> None:
    _with_next(tmp_path / "next", f"    op.create_table('half', sa.Column('id', sa.Integer))\n{fault}")
    with fresh.app_context():
        upgrade()
        _a_user_with_a_session()
        with pytest.raises((LookupError, RuntimeError)):
            _upgrade_with(fresh, tmp_path / "next")
        assert "half" not in inspect(db.engine).get_table_names()
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
        assert db.session.scalar(text("SELECT count(*) FROM users")) == 1
        db.session.remove()
        db.engine.dispose()
