"""What moderators do about findings: mask in place, or say why it is nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.privacy import policy
from forum.privacy.kinds import NAME
from forum.privacy.masking import masked
from forum.privacy.models import PrivacyFinding, State
from forum.privacy.services.personal import LEAST_REASON, MOST_REASON
from forum.privacy.sources import Source, source_of


def finding_for(actor: Viewer, finding_id: int) -> PrivacyFinding:
    """The finding, if `actor` looks after where it stands. Raises Denied, NotFound."""
    policy.require_looking_after(actor)
    row = db.session.get(PrivacyFinding, finding_id)
    source = source_of(row.object_kind) if row else None
    if row is None or source is None:
        raise NotFound
    own = source.looked_after_by(actor).subquery()
    if db.session.scalar(select(own.c[0]).where(own.c[0] == row.object_id)) is None:
        raise NotFound
    return row


def dismiss(actor: Viewer, finding_id: int, reason: str) -> None:
    """Say why a finding is no personal data; nobody is asked about it again. Raises Invalid, Denied, NotFound, Conflict."""
    row = _undecided(actor, finding_id)
    row.reason = _reason(reason)
    row.state, row.decided_by_id, row.decided_at = State.DISMISSED, actor.id, clock.now()
    db.session.flush()
    told = {"finding": row.id, "kind": row.kind, "masked": row.excerpt}
    audit.record(actor, "privacy.dismiss", row.object_kind, row.object_id, after=told, reason=row.reason)


def source_to_mask(actor: Viewer, finding_id: int) -> tuple[Source, int]:
    """What has to be prepared before `mask`: the source, and the id of the thing. Raises Denied, NotFound, Conflict."""
    row = _undecided(actor, finding_id)
    source = source_of(row.object_kind)
    if source is None:
        raise NotFound
    return source, row.object_id


def mask(actor: Viewer, finding_id: int, prepared: Any, reason: str) -> None:
    """Mask everything that is found in the thing where the finding stands. Raises Denied, NotFound, Conflict."""
    row = _undecided(actor, finding_id)
    source = source_of(row.object_kind)
    if source is None:
        raise NotFound
    reason = masked(one_line(reason)[:MOST_REASON]) or _("Data pribadi disamarkan.")
    source.mask(actor, row.object_id, prepared, reason)
    db.session.execute(
        update(PrivacyFinding)
        .where(
            PrivacyFinding.object_kind == row.object_kind,
            PrivacyFinding.object_id == row.object_id,
            PrivacyFinding.state.in_((State.OPEN, State.STATED)),
            PrivacyFinding.kind != NAME,
        )
        .values(state=State.MASKED, decided_by_id=actor.id, decided_at=clock.now(), reason=reason)
    )
    audit.record(actor, "privacy.mask", row.object_kind, row.object_id, reason=reason)


def _undecided(actor: Viewer, finding_id: int) -> PrivacyFinding:
    row = finding_for(actor, finding_id)
    if row.state not in (State.OPEN, State.STATED):
        raise Conflict(_("Temuan ini sudah diputuskan orang lain. Muat ulang halamannya."))
    return row


def _reason(text: str) -> str:
    text = masked(one_line(text))
    if len(text) < LEAST_REASON:
        raise Invalid(_("Tulis alasannya sedikitnya %(least)d huruf.", least=LEAST_REASON), "alasan")
    if len(text) > MOST_REASON:
        raise Invalid(_("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MOST_REASON), "alasan")
    return text
