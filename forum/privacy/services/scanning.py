"""Looking through what is stored, batch by batch; again from the beginning when the detector has changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from forum.core import clock
from forum.core.db import db
from forum.core.privacy import DETECTOR
from forum.privacy.kinds import NAME
from forum.privacy.models import PrivacyFinding, PrivacyScan, State
from forum.privacy.services.personal import NOTED, Found, found_in, note
from forum.privacy.sources import Source, all_sources

BATCH = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What was looked through of one kind: findings by id. `first`, `last`: the ids between which it was everything."""

    kind: str
    after: int
    last: int
    found: dict[int, tuple[Found, ...]]
    scanned: int


def next_batch(limit: int = BATCH) -> Batch | None:
    """Look through the next things that this version of the detector has not seen; None when there are none. Writes nothing."""
    for source in all_sources():
        batch = _next_of(source, limit)
        if batch is not None:
            return batch
    return None


def _next_of(source: Source, limit: int) -> Batch | None:
    done = db.session.get(PrivacyScan, source.kind)
    after = done.last_id if done is not None and done.detector == DETECTOR else 0
    items = source.batch(after, limit)
    if not items:
        return None
    found = {item.id: found_in(item.texts) for item in items}
    return Batch(source.kind, after, items[-1].id, found, len(items))


def keep(batch: Batch) -> int:
    """Keep what was found and how far it was looked; how many findings are new. Open ones that are there no more are dropped."""
    new = 0
    for object_id, found in batch.found.items():
        prints = sorted({one.print for one in found[:NOTED]})
        db.session.execute(
            delete(PrivacyFinding).where(
                PrivacyFinding.object_kind == batch.kind,
                PrivacyFinding.object_id == object_id,
                PrivacyFinding.state == State.OPEN,
                PrivacyFinding.kind != NAME,
                PrivacyFinding.fingerprint.not_in(prints),
            )
        )
        if found:
            new += note(batch.kind, object_id, found, State.OPEN)
    row = db.session.get(PrivacyScan, batch.kind)
    if row is None:
        row = PrivacyScan(object_kind=batch.kind, detector=DETECTOR, last_id=0)
        db.session.add(row)
    if row.detector != DETECTOR or row.last_id == batch.after:
        row.detector, row.last_id = DETECTOR, batch.last
    row.scanned_at = clock.now()
    db.session.flush()
    return new


def begin_again() -> None:
    """Let the next batches begin with the first ids."""
    db.session.execute(delete(PrivacyScan))
