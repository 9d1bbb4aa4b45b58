"""What nobody needs any more leaves the store; what should be there is looked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select

from forum.attachments.models import Attachment
from forum.attachments.storage import Storage, Stored
from forum.core import clock
from forum.core.content import file_owners
from forum.core.db import db, rows_changed

# A file that was uploaded and not posted is kept so long, and as long as a draft speaks of it.
WAITING = timedelta(hours=48)
# What was removed keeps its row so long: it counts for the day's quota.
REMOVED = timedelta(hours=24)
# A content that no row names stays so long: its row may be about to be written.
GRACE = timedelta(hours=24)
AT_ONCE = 500


def forget_rows() -> int:
    """Drop the rows of files that were removed, or uploaded and never posted. How many."""
    now = clock.now()
    gone = list(db.session.scalars(select(Attachment.id).where(Attachment.removed_at < now - REMOVED).limit(AT_ONCE)))
    waiting = db.session.execute(
        select(Attachment.id, Attachment.uploader_id, Attachment.token)
        .where(Attachment.owner_kind.is_(None), Attachment.created_at < now - WAITING)
        .order_by(Attachment.id)
    )
    gone += [row.id for row in waiting if not _in_draft(row.uploader_id, row.token)][:AT_ONCE]
    return rows_changed(db.session.execute(delete(Attachment).where(Attachment.id.in_(gone))))


def _in_draft(user_id: int, token: str) -> bool:
    return any(owner.in_draft(user_id, token) for owner in file_owners())


def named(digests: list[str]) -> set[str]:
    """Those of `digests` that a row names."""
    rows = db.session.execute(
        select(Attachment.sha256, Attachment.thumb_sha256).where(
            or_(Attachment.sha256.in_(digests), Attachment.thumb_sha256.in_(digests))
        )
    )
    return {digest for row in rows for digest in row if digest}


def collect(storage: Storage, prefix: str = "") -> int:
    """Remove the contents below `prefix` that no row names since GRACE. How many. Works in files: no transaction may be open."""
    before = clock.now() - GRACE
    removed = 0
    for batch in _batches(stored for stored in storage.iterate(prefix) if stored.at < before):
        known = named([stored.digest for stored in batch])
        db.session.rollback()
        removed += sum(storage.delete(one.digest, before) for one in batch if one.digest not in known)
    return removed


def tidy(storage: Storage) -> int:
    """Remove what interrupted uploads left."""
    return storage.tidy(clock.now() - timedelta(hours=1))


def _batches(every: Iterator[Stored]) -> Iterator[list[Stored]]:
    batch: list[Stored] = []
    for stored in every:
        batch.append(stored)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class Wanted:
    """A content that a row names."""

    digest: str
    attachment_id: int


def wanted() -> list[Wanted]:
    """Every content that a row names, each once."""
    found: dict[str, int] = {}
    for row in db.session.execute(
        select(Attachment.id, Attachment.sha256, Attachment.thumb_sha256).order_by(Attachment.id)
    ):
        for digest in (row.sha256, row.thumb_sha256):
            if digest:
                found.setdefault(digest, row.id)
    return [Wanted(digest, attachment_id) for digest, attachment_id in found.items()]


def fault_of(storage: Storage, digest: str) -> str:
    """'' for a content that is there and whole; else 'missing' or 'changed'."""
    try:
        with storage.open(digest) as file:
            actual = hashlib.sha256()
            while piece := file.read(1 << 20):
                actual.update(piece)
    except FileNotFoundError:
        return "missing"
    return "" if actual.hexdigest() == digest else "changed"


def unnamed(storage: Storage) -> int:
    """How many contents no row names."""
    return sum(
        len(batch) - len(named([stored.digest for stored in batch]) & {stored.digest for stored in batch})
        for batch in _batches(storage.iterate())
    )
