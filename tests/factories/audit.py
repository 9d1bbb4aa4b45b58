"""Entries of the audit log for tests, and a way around what protects them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from forum.audit.services import record
from forum.core.db import db, transaction
from forum.core.viewer import SYSTEM, Viewer


def entries(how_many: int, actor: Viewer = SYSTEM, action: str = "thread.lock") -> None:
    """That many entries, in one transaction: numbers go on from what is there."""
    with transaction():
        for number in range(1, how_many + 1):
            record(
                actor,
                action,
                "thread",
                number,
                before={"reason": None, "title": "Lampu jalan"},
                after={"reason": f"Sebab {number}", "title": "Lampu “jalan”"},
                reason=f"Alasan nomor {number}",
            )


def tamper(statement: str, **values: Any) -> None:
    """Run a statement past the triggers, as somebody with full access to the database could."""
    db.session.remove()
    with db.engine.connect().execution_options(rembuk_writes=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement), values)
        else:
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _sql in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(text(statement), values)
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
        connection.commit()
