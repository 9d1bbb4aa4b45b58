"""Everything that is kept about one person, as a ZIP file of JSON lines that is written while it is sent."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, or_, select

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import Base, db
from forum.core.i18n import _
from forum.privacy.person_data import LEFT_OUT, OWN

BATCH = 500


class _Outlet:
    """A file that nobody can seek in: what was written is taken away at once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left to do."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def export(person_id: int) -> Iterator[bytes]:
    """The pieces of the ZIP file. Statements are made while it is read: one for each BATCH rows."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("BACA-SAYA.txt", _about())
        yield outlet.take()
        for table, name in (column.split(".") for column in OWN):
            if table in Base.metadata.tables:
                rows = _rows(Base.metadata.tables[table], name, person_id)
                yield from _entry(archive, outlet, f"{table}.jsonl", rows)
        yield from _entry(archive, outlet, "audit_tentang_saya.jsonl", _about_them(person_id))
    yield outlet.take()


def _entry(
    archive: zipfile.ZipFile, outlet: _Outlet, name: str, rows: Iterator[list[dict[str, Any]]]
) -> Iterator[bytes]:
    with archive.open(name, "w") as file:
        for batch in rows:
            file.write("".join(f"{json.dumps(row, ensure_ascii=False, default=_plain)}\n" for row in batch).encode())
            yield outlet.take()
    yield outlet.take()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _rows(table: Table, name: str, person_id: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a person in the order of their key, but for what is left out."""
    columns = [column for column in table.columns if column.name not in LEFT_OUT]
    key = list(table.primary_key.columns)
    statement = select(*columns, *(column.label(f"key_{n}") for n, column in enumerate(key))).where(
        table.c[name] == person_id
    )
    yield from _batches(statement, key, [column.name for column in columns])


def _about_them(person_id: int) -> Iterator[list[dict[str, Any]]]:
    """What others did to the account, as the audit log has it. Who did it is not told by name."""
    log = AuditEntry.__table__
    columns = [log.c[name] for name in ("id", "at", "action", "object_kind", "object_id", "before", "after", "reason")]
    statement = select(*columns, log.c.id.label("key_0")).where(
        log.c.object_kind == "user",
        log.c.object_id == person_id,
        or_(log.c.actor_id != person_id, log.c.actor_id.is_(None)),
    )
    yield from _batches(statement, [log.c.id], [column.name for column in columns])


def _batches(statement: Any, key: list[Any], names: list[str]) -> Iterator[list[dict[str, Any]]]:
    last: tuple[Any, ...] | None = None
    while True:
        further = statement.order_by(*key).limit(BATCH)
        if last is not None:
            further = further.where(_beyond(key, last))
        rows = db.session.execute(further).mappings().all()
        db.session.rollback()
        if not rows:
            return
        yield [{name: row[name] for name in names} for row in rows]
        last = tuple(rows[-1][f"key_{n}"] for n in range(len(key)))


def _beyond(key: list[Any], last: tuple[Any, ...]) -> Any:
    """SQL: behind `last` in the order of the key."""
    steps = []
    for n, column in enumerate(key):
        before = [earlier == value for earlier, value in zip(key[:n], last[:n], strict=True)]
        condition = column > last[n]
        for one in before:
            condition = condition & one
        steps.append(condition)
    return or_(*steps)


def _about() -> str:
    return _(
        "Data Anda di Rembuk, %(at)s.\n\nTiap berkas memuat satu jenis data; tiap baris satu catatan JSON. Kata sandi dan kunci sesi tidak "
        "ikut: yang tersimpan hanya bentuk acaknya. Pencarian dicatat tanpa nama, jadi tidak dapat dikembalikan kepada Anda.\n",
        at=clock.now().isoformat(),
    )
