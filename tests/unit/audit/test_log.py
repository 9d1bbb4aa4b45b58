"""The audit log: append-only, chained, and whoever changes it is found out."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from forum.audit import chain, verifying
from forum.audit.models import AuditEntry, AuditHead
from forum.audit.services import HIDDEN, record
from forum.audit.verifying import Fault, Finding
from forum.core.db import db, transaction
from forum.core.errors import Denied
from forum.core.viewer import SYSTEM
from tests.factories.accounts import a_member, viewer_for
from tests.factories.audit import entries, tamper


def found() -> list[tuple[Fault, int, int]]:
    return [(one.fault, one.first, one.last) for one in verifying.verify().found]


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def refused_after_recording() -> None:
    record(SYSTEM, "thread.lock", "thread", 7)
    raise Denied("tidak boleh")


class TestWriting:
    def test_entries_are_numbered_and_each_hash_follows_from_the_one_before(self, app: Flask) -> None:
        entries(3)
        entries(2)
        rows = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.id for row in rows] == [1, 2, 3, 4, 5]
        assert len({row.hash for row in rows}) == 5
        head = db.session.scalars(select(AuditHead)).one()
        assert (head.length, head.hash) == (5, rows[-1].hash)
        assert found() == []

    def test_an_act_that_fails_leaves_no_entry_and_no_gap(self, app: Flask) -> None:
        entries(1)
        with pytest.raises(Denied), transaction():
            refused_after_recording()
        entries(1)
        assert db.session.scalars(select(AuditEntry.object_id).order_by(AuditEntry.id)).all() == [1, 1]
        assert found() == []

    def test_outside_a_transaction_it_is_refused_rather_than_forgotten(self, app: Flask) -> None:
        with pytest.raises(RuntimeError):
            record(SYSTEM, "thread.lock", "thread", 7)

    def test_what_is_written_comes_back_as_it_was_hashed(self, app: Flask) -> None:
        odd = {"é\n": [1, 2.5, None, True, {"dalam": '“ringkas” \\ " 😀'}], "kosong": {}, "7": ()}
        with transaction():
            record(SYSTEM, "site.odd", "site_option", None, before=odd, after={}, reason="“Alasan” \\ é 😀")
            record(SYSTEM, "site.odd", "site_option", 2**40, after={1: "angka", "sepuluh": 1e22})
        assert found() == []

    def test_no_secret_is_kept(self, app: Flask) -> None:
        secret = "kopi-tubruk-77"
        values = {
            "password": secret,
            "new_password": secret,
            "token": [secret],
            "totp_secret": {"a": secret},
            "dalam": [{"recovery_codes": secret, "nama": "Sari"}],
            "nip": secret,
            "has_password": True,
        }
        with transaction():
            record(SYSTEM, "user.update", "user", 1, before=values, after=values)
        kept = db.session.scalars(select(AuditEntry)).one()
        assert secret not in json.dumps([kept.before, kept.after])
        assert kept.after == {
            "password": HIDDEN,
            "new_password": HIDDEN,
            "token": HIDDEN,
            "totp_secret": HIDDEN,
            "dalam": [{"recovery_codes": HIDDEN, "nama": "Sari"}],
            "nip": HIDDEN,
            "has_password": True,
        }

    def test_writers_at_the_same_time_make_one_chain(self, app: Flask) -> None:
        actor, each, writers = viewer_for(a_member()), 20, 8
        failed: list[BaseException] = []

        def write() -> None:
            with app.app_context():
                try:
                    for _turn in range(each):
                        entries(2, actor)
                except BaseException as error:
                    failed.append(error)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 2 * each * writers
        assert found() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET reason = 'lain' WHERE id = 2",
        "UPDATE audit_log SET hash = hash",
        "DELETE FROM audit_log WHERE id = 3",
        "DELETE FROM audit_log",
        "UPDATE audit_heads SET length = 2",
        "UPDATE audit_heads SET hash = 'x'",
        "DELETE FROM audit_heads",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(app: Flask, statement: str) -> None:
    entries(3)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert found() == []


def test_an_entry_cannot_be_replaced_by_writing_it_again(app: Flask) -> None:
    entries(3)
    copy = (
        "INTO audit_log (id, at, actor_id, action, object_kind, object_id, before, after, reason, hash)"
        " SELECT id, at, actor_id, action, object_kind, object_id, before, after, 'lain', hash FROM audit_log WHERE id = 2"
    )
    postgresql = db.engine.dialect.name == "postgresql"
    statement = f"INSERT {copy} ON CONFLICT (id) DO UPDATE SET reason = 'lain'" if postgresql else f"REPLACE {copy}"
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))
    assert found() == []


@pytest.mark.postgresql
@pytest.mark.skipif(not os.environ.get("TEST_DATABASE_URL"), reason="about PostgreSQL")
@pytest.mark.parametrize("table", ["audit_log", "audit_heads"])
def test_truncate_is_refused(app: Flask, table: str) -> None:
    entries(3)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(f"TRUNCATE {table}"))
    assert found() == []


CHANGES = {
    "at": "'2026-01-01 00:00:00.000000'",
    "actor_id": "NULL",
    "action": "'thread.unlock'",
    "object_kind": "'post'",
    "object_id": "object_id + 1",
    "before": """'{"reason": null, "title": "Lain"}'""",
    "after": "'{}'",
    "reason": "reason || '.'",
    "hash": f"'{'0' * 64}'",
}


class TestFinding:
    @pytest.fixture(autouse=True)
    def ten(self, app: Flask) -> None:
        entries(10, viewer_for(a_member()))

    def test_every_column_is_covered(self) -> None:
        assert set(CHANGES) == {column.name for column in AuditEntry.__table__.columns} - {"id"}

    @pytest.mark.parametrize("number", [1, 5, 10])
    @pytest.mark.parametrize("column", CHANGES)
    def test_a_changed_entry_is_named(self, app: Flask, column: str, number: int) -> None:
        tamper(f"UPDATE audit_log SET {column} = {CHANGES[column]} WHERE id = :number", number=number)
        assert found()[0] == (Fault.CHANGED, number, number)
        done = run(app, "verify")
        assert done.exit_code == 1
        assert f"Entry {number} was changed" in done.output

    def test_a_changed_number_is_found(self) -> None:
        tamper("UPDATE audit_log SET id = 11 WHERE id = 5")
        assert (Fault.MISSING, 5, 5) in found()

    def test_an_entry_missing_in_the_middle_is_named(self, app: Flask) -> None:
        tamper("DELETE FROM audit_log WHERE id IN (4, 5)")
        assert found() == [(Fault.MISSING, 4, 5)]
        done = run(app, "verify")
        assert done.exit_code == 1
        assert "Entries 4 to 5 are missing: the numbers leave a gap." in done.output

    def test_entries_missing_at_the_beginning_and_the_end_are_named(self, app: Flask) -> None:
        tamper("DELETE FROM audit_log WHERE id IN (1, 9, 10)")
        assert found() == [(Fault.MISSING, 1, 1), (Fault.MISSING_AT_END, 9, 10)]
        assert "Entries 9 to 10 are missing at the end: the head record counts up to 10." in run(app, "verify").output

    def test_an_emptied_log_is_found(self) -> None:
        tamper("DELETE FROM audit_log")
        assert found() == [(Fault.MISSING_AT_END, 1, 10)]

    def test_two_that_were_swapped_are_named(self) -> None:
        tamper("UPDATE audit_log SET id = CASE id WHEN 3 THEN -3 ELSE -7 END WHERE id IN (3, 7)")
        tamper("UPDATE audit_log SET id = CASE id WHEN -3 THEN 7 ELSE 3 END WHERE id < 0")
        named = {number for fault, first, last in found() for number in range(first, last + 1)}
        assert {3, 7} <= named <= {3, 4, 7, 8}

    def test_one_that_was_changed_along_with_its_hash_breaks_the_chain(self) -> None:
        row = db.session.execute(select(*verifying.COLUMNS).where(AuditEntry.id == 6)).one()
        before = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == 5))
        lie = chain.Content(*row[:8], reason="Alasan lain")
        tamper(
            "UPDATE audit_log SET reason = 'Alasan lain', hash = :hash WHERE id = 6",
            hash=chain.follow(before or "", lie),
        )
        assert found() == [(Fault.CHANGED, 7, 7)]

    def test_a_last_one_that_was_changed_along_with_its_hash_does_not_fit_the_head(self) -> None:
        row = db.session.execute(select(*verifying.COLUMNS).where(AuditEntry.id == 10)).one()
        before = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == 9))
        lie = chain.Content(*row[:8], reason="Alasan lain")
        tamper(
            "UPDATE audit_log SET reason = 'Alasan lain', hash = :hash WHERE id = 10",
            hash=chain.follow(before or "", lie),
        )
        assert found() == [(Fault.HEAD_DIFFERS, 10, 10)]

    def test_a_missing_head_and_one_that_counts_too_little_are_found(self) -> None:
        tamper("UPDATE audit_heads SET length = 8")
        assert found() == [(Fault.SURPLUS, 9, 10)]
        tamper("DELETE FROM audit_heads")
        assert found() == [(Fault.HEAD_MISSING, 10, 10)]

    def test_a_log_that_was_written_anew_differs_from_the_hash_that_was_kept(self, app: Flask) -> None:
        told = run(app, "verify").output.split("--kept: ")[1].strip()
        entries(2)
        assert run(app, "verify", "--kept", told).exit_code == 0
        tamper("DELETE FROM audit_log")
        tamper("DELETE FROM audit_heads")
        entries(12)
        assert found() == []
        done = run(app, "verify", "--kept", told)
        assert done.exit_code == 1
        assert "Entry 10 has another hash than the one that was kept" in done.output
        number = int(told.partition(":")[0]) + 90
        assert run(app, "verify", "--kept", f"{number}:{'a' * 64}").exit_code == 1

    @pytest.mark.parametrize("kept", ["", "10", "0:" + "a" * 64, "10:xyz", "10:" + "A" * 64])
    def test_what_was_kept_must_be_as_it_was_printed(self, app: Flask, kept: str) -> None:
        assert run(app, "verify", "--kept", kept).exit_code == 2


def test_an_empty_log_is_whole(app: Flask) -> None:
    done = run(app, "verify")
    assert (done.exit_code, done.output) == (0, "The log is whole: 0 entries.\n")


class TestExporting:
    @pytest.fixture(autouse=True)
    def many(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("forum.audit.queries.BATCH", 3)
        entries(7)

    def check(self, lines: list[str]) -> None:
        """Whoever has the export alone can check it."""
        previous = chain.START
        for number, line in enumerate(lines, start=1):
            entry = json.loads(line)
            told = entry.pop("hash")
            assert entry["id"] == number
            canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"))
            assert told == hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
            previous = told

    def test_to_the_screen_and_to_a_file(self, app: Flask, tmp_path: Path) -> None:
        lines = run(app, "export").stdout.splitlines()
        assert len(lines) == 8
        self.check(lines)
        assert json.loads(lines[-1])["action"] == "audit.export"
        assert run(app, "export", "--output", str(tmp_path / "catatan.jsonl")).exit_code == 0
        lines = (tmp_path / "catatan.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 9
        self.check(lines)


def test_findings_beyond_what_helps_are_not_collected(app: Flask) -> None:
    entries(verifying.MOST * 2 + 10)
    tamper("UPDATE audit_log SET reason = '' WHERE id % 2 = 0")
    assert len(verifying.verify().found) == verifying.MOST
    assert verifying.verify().found[0] == Finding(Fault.CHANGED, 2, 2)
