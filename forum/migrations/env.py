"""Runs migrations on the database of the application, all pending ones in one transaction: either every one is in, or none.

SQLite cannot alter most things: Alembic copies a table into a new one and drops the old. With foreign keys enforced, that drop
would delete what refers to the table, so they are off meanwhile and checked before the commit.
"""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import MetaData, make_url, text

from forum.core.db import UtcDateTime
from forum.search.backends import postgres_tables

# Any number that nothing else in the database uses: two servers that start together migrate one after the other.
POSTGRESQL_LOCK = 72_366_285

migrate = current_app.extensions["migrate"]


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def tables_wanted() -> list[MetaData]:
    """What the database should have: on PostgreSQL the search index too."""
    if make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql":
        return [migrate.db.metadata, postgres_tables.metadata]
    return [migrate.db.metadata]


def configure(**how: Any) -> None:
    context.configure(
        target_metadata=tables_wanted(),
        render_item=render_item,
        transactional_ddl=True,
        **how,
        **migrate.configure_args,
    )


def run_offline() -> None:
    configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Any) -> None:
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration would leave rows that refer to nothing: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run_on_postgresql(connection: Any) -> None:
    configure(connection=connection)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRESQL_LOCK})
        context.run_migrations()


def run_online() -> None:
    with migrate.db.engine.execution_options(rembuk_writes=True).connect() as connection:
        if connection.dialect.name == "sqlite":
            run_on_sqlite(connection)
        else:
            run_on_postgresql(connection)


if context.is_offline_mode():
    run_offline()
else:
    run_online()
