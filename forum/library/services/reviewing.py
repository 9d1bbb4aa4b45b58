"""Deciding about a pending revision. Whoever wrote some of it decides nothing; who decides on an older state is told."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.attachments.services.attaching import NOTHING, Chosen, attach, hand_over
from forum.audit import services as audit
from forum.core import clock, outbox
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.i18n import _, lazy
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.library import policy, workflow
from forum.library.models import Guide, GuideRevision
from forum.library.queries.files import FILES, revisions_of
from forum.library.queries.records import guide_for, record_of, revision_row
from forum.library.services.reviews import next_review
from forum.library.services.texts import GuideText
from forum.library.services.writing import fields_of, free_slug, state_about, store_text
from forum.library.workflow import NEEDS_REASON, Action, State, Who
from forum.notifications import services as notifications
from forum.privacy.services.personal import NO_OVERRIDE, Override

MAX_REASON = 1000
TOLD = {
    Action.APPROVE: lazy("Naskah Anda disetujui dan terbit: “%(title)s”."),
    Action.SEND_BACK: lazy("Kurator meminta perbaikan pada naskah Anda: “%(title)s”."),
    Action.REJECT: lazy("Naskah Anda belum dapat diterima: “%(title)s”."),
}


def approve(actor: Viewer, revision_id: int, version: int, *, validates: bool) -> None:
    """Publish a pending revision in place of the one that holds now. `validates`: the curator stands for its being right.

    A major change that nobody validates makes the guide "not validated" again. Raises NotFound, Denied, Conflict.
    """
    row = _decide(actor, revision_id, version, Action.APPROVE, "")
    db.session.execute(
        update(GuideRevision)
        .where(
            GuideRevision.guide_id == row.guide_id, GuideRevision.state == State.PUBLISHED, GuideRevision.id != row.id
        )
        .values(state=State.FORMER)
    )
    guide = db.session.scalars(select(Guide).where(Guide.id == row.guide_id)).one()
    if guide.published_number is None and guide.title != row.title:
        guide.slug = free_slug(row.title)
    guide.title, guide.summary = row.title, row.summary
    guide.published_number, guide.published_at = row.number, row.decided_at
    if validates:
        guide.confidence, guide.validated_at, guide.validated_by_id = "validated", row.decided_at, actor.id
    elif row.significance == "major":
        guide.confidence, guide.validated_at, guide.validated_by_id = "unvalidated", None, None
    if validates or guide.review_due is None:
        guide.review_due = next_review(clock.now(), guide.review_months)
    guide.version += 1
    # A file of a draft that came to nothing, which this text speaks of, is read by all from now on.
    hand_over(FILES, revisions_of(row.guide_id), row.id, row.sections.values())
    db.session.flush()
    outbox.put("search", f"guide:{guide.id}")


def edit_pending(
    actor: Viewer,
    revision_id: int,
    version: int,
    text: GuideText,
    files: Chosen = NOTHING,
    override: Override = NO_OVERRIDE,
) -> None:
    """Mend a pending revision: the curator becomes one of its authors, so another one decides.

    Raises NotFound, Denied, Conflict, PersonalData (unless `override` explains it).
    """
    row = revision_row(revision_id)
    guide_for(actor, row.guide_id, hold=True)
    db.session.refresh(row)
    _require_curator(actor, row, version, Action.EDIT_PENDING)
    state_about(actor, row.guide_id, fields_of(text), override)
    store_text(row, text)
    attach(actor, FILES, revision_id, files, text.bodies.values())
    row.editors = [*row.editors, actor.id or 0]
    row.updated_at = clock.now()
    row.version += 1
    db.session.flush()
    audit.record(actor, "guide.edit_pending", "guide", row.guide_id, after={"revision": row.number})


def send_back(actor: Viewer, revision_id: int, version: int, reason: str) -> None:
    """Ask the author to write on. Raises Invalid (no reason), NotFound, Denied, Conflict."""
    _decide(actor, revision_id, version, Action.SEND_BACK, reason)


def reject(actor: Viewer, revision_id: int, version: int, reason: str) -> None:
    """Refuse a revision for good. Raises Invalid (no reason), NotFound, Denied, Conflict."""
    _decide(actor, revision_id, version, Action.REJECT, reason)


def _decide(actor: Viewer, revision_id: int, version: int, action: Action, reason: str) -> GuideRevision:
    row = revision_row(revision_id)
    guide_for(actor, row.guide_id, hold=True)
    db.session.refresh(row)
    row.state = _require_curator(actor, row, version, action)
    row.reviewer_id, row.decided_at = actor.id, clock.now()
    row.decision_reason = _reason(reason, required=action in NEEDS_REASON)
    row.version += 1
    db.session.flush()
    told = {"revision": row.number, "state": row.state}
    audit.record(actor, f"guide.{action}", "guide", row.guide_id, after=told, reason=row.decision_reason)
    notifications.notify(
        {row.author_id, *row.editors},
        f"guide.{action}",
        TOLD[action],
        {"title": row.title},
        url=f"/tinjau/{row.id}",
        note=row.decision_reason,
        actor=actor,
    )
    return row


def _require_curator(actor: Viewer, row: GuideRevision, version: int, action: Action) -> State:
    """The state that the act leads to. Raises Denied (no curator, or one of its authors), Conflict (decided or changed)."""
    record = record_of(row)
    who = policy.who_is(actor, record.authors)
    if who is Who.AUTHOR:
        raise Denied(_("Anda ikut menulis versi ini, jadi kurator lain yang memutuskannya."))
    if who is not Who.CURATOR:
        raise Denied(_("Hanya kurator yang dapat memutuskannya."))
    state = workflow.after(record.state, action, who)
    if state is None or record.version != version:
        raise Conflict(_stale(row))
    return state


def _stale(row: GuideRevision) -> str:
    if row.state == State.PUBLISHED:
        return _("Versi ini sudah disetujui oleh kurator lain.")
    if row.state in (State.RETURNED, State.REJECTED):
        return _("Versi ini sudah diputuskan oleh kurator lain: %(reason)s", reason=row.decision_reason)
    return _("Versi ini berubah sejak Anda membacanya. Baca lagi, lalu putuskan.")


def _reason(text: str, *, required: bool) -> str:
    text = one_line(text)
    if required and not text:
        raise Invalid(_("Tulis alasannya: penulisnya akan membacanya."), "reason")
    if len(text) > MAX_REASON:
        raise Invalid(_("Alasan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_REASON), "reason")
    return text
