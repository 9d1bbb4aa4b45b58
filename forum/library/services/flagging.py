"""Readers say that something is wrong or out of date; whoever keeps the guide answers."""

from __future__ import annotations

from sqlalchemy import func, select

from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import GuideFlag
from forum.library.queries.records import guide_for

REASONS = ("wrong", "outdated", "unclear", "personal_data")
MAX_NOTE = 500
# One person's open flags on one guide.
MAX_OPEN = 3


def flag(actor: Viewer, guide_id: int, reason: str, note: str) -> int:
    """Flag what the guide says now; the flag's id. Raises Invalid, NotFound."""
    guide = guide_for(actor, guide_id)
    note = one_line(note)
    if reason not in REASONS:
        raise Invalid(_("Pilih apa yang salah."), "reason")
    if not 0 < len(note) <= MAX_NOTE:
        raise Invalid(
            _("Tulis apa yang salah dan di bagian mana, paling banyak %(most)d huruf.", most=MAX_NOTE), "note"
        )
    mine = select(func.count()).where(
        GuideFlag.guide_id == guide_id, GuideFlag.user_id == actor.id, GuideFlag.resolved_at.is_(None)
    )
    if (db.session.scalar(mine) or 0) >= MAX_OPEN:
        raise Invalid(_("Laporan Anda sebelumnya tentang panduan ini masih diperiksa."), "note")
    row = GuideFlag(
        guide_id=guide_id,
        revision_number=guide.published_number or 0,
        user_id=actor.id,
        reason=reason,
        note=note,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def resolve(actor: Viewer, flag_id: int, resolution: str) -> int:
    """Say what came of a flag; returns the guide's id. Raises Invalid, NotFound, Denied, Conflict (resolved already)."""
    row = db.session.get(GuideFlag, flag_id, populate_existing=True)
    if row is None:
        raise NotFound
    guide = guide_for(actor, row.guide_id, hold=True)
    if reason := policy.refuse_keeping(actor, guide.owner_id):
        raise Denied(reason)
    if row.resolved_at is not None:
        raise Conflict(_("Laporan ini sudah diselesaikan: %(resolution)s", resolution=row.resolution))
    resolution = one_line(resolution)
    if not 0 < len(resolution) <= 300:
        raise Invalid(_("Tulis apa yang dilakukan, paling banyak %(most)d huruf.", most=300), "resolution")
    row.resolved_at, row.resolved_by_id, row.resolution = clock.now(), actor.id, resolution
    db.session.flush()
    audit.record(actor, "guide.flag_resolved", "guide", row.guide_id, after={"flag": flag_id}, reason=resolution)
    return row.guide_id
