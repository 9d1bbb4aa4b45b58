"""Runs migrations on the database of the application. SQLite rebuilds tables in batches; PostgreSQL alters them."""

from typing import Any

from alembic import context
from flask import current_app

from forum.core.db import UtcDateTime

migrate = current_app.extensions["migrate"]
metadata = migrate.db.metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    if context.is_offline_mode():
        context.configure(url=url, target_metadata=metadata, literal_binds=True, **migrate.configure_args)
        with context.begin_transaction():
            context.run_migrations()
        return
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = migrate.db.engine
    with engine.execution_options(rembuk_writes=True).connect() as connection:
        _run_on(connection)


def _run_on(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        **migrate.configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
