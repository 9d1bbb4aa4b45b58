"""What readers leave on a guide: that they have read it, and whether it helped."""

from __future__ import annotations

from sqlalchemy import delete, select

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Acknowledgement, Guide, GuideRevision, GuideVote

MAX_REASON = 500


def _published(actor: Viewer, guide_id: int, number: int) -> int:
    """The id of the guide's published revision, if it is still `number`. Raises NotFound, Conflict."""
    row = db.session.execute(
        select(GuideRevision.id, GuideRevision.number)
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .where(Guide.id == guide_id, GuideRevision.number == Guide.published_number, policy.guides_visible_to(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.number != number:
        raise Conflict(_("Panduan ini baru saja diperbarui. Baca versi barunya dahulu."))
    return int(row.id)


def acknowledge(actor: Viewer, guide_id: int, number: int, *, on: bool) -> None:
    """ "Sudah saya baca", bound to revision `number`; saying it twice changes nothing. Raises NotFound, Conflict."""
    revision_id = _published(actor, guide_id, number)
    mine = (Acknowledgement.revision_id == revision_id) & (Acknowledgement.user_id == actor.id)
    db.session.execute(delete(Acknowledgement).where(mine))
    if on:
        db.session.add(Acknowledgement(revision_id=revision_id, user_id=actor.id, at=clock.now()))
    db.session.flush()


def vote(actor: Viewer, guide_id: int, number: int, *, helped: bool, reason: str = "") -> None:
    """Whether revision `number` helped; a later answer replaces the earlier one. Raises Invalid, NotFound, Conflict."""
    reason = one_line(reason)
    if len(reason) > MAX_REASON:
        raise Invalid(_("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_REASON), "reason")
    revision_id = _published(actor, guide_id, number)
    mine = (GuideVote.revision_id == revision_id) & (GuideVote.user_id == actor.id)
    db.session.execute(delete(GuideVote).where(mine))
    db.session.add(GuideVote(revision_id=revision_id, user_id=actor.id, helped=helped, reason=reason, at=clock.now()))
    db.session.flush()
