"""What was in the log before it had a chain is in the chain."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from forum.audit import verifying
from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from tests.factories.audit import entries

INSERT = (
    "INSERT INTO audit_log (id, at, actor_id, action, object_kind, object_id, before, after, reason)"
    " VALUES (:id, :at, NULL, 'thread.lock', 'thread', :id, 'null', '{\"b\": 1, \"a\": [\"é\", 2.50]}', 'Sebab é')"
)


def test_entries_from_before_are_chained_without_gaps_and_new_ones_follow(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="0004")
    with transaction() as session:
        for number in (3, 4, 2500):
            session.execute(text(INSERT), {"id": number, "at": "2026-11-24 03:05:00.123456"})
    db.session.remove()
    upgrade()
    assert verifying.verify().count == 3
    entries(2)
    rows = db.session.execute(select(AuditEntry.id, AuditEntry.object_id).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in rows] == [(1, 3), (2, 4), (3, 2500), (4, 1), (5, 2)]
    assert verifying.verify().is_whole


def test_a_log_with_entries_goes_down_and_up_again(app: Flask) -> None:
    entries(3)
    db.session.remove()
    downgrade(revision="0004")
    upgrade()
    assert verifying.verify().count == 3
    assert verifying.verify().is_whole
