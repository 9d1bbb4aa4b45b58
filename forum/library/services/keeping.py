"""Keeping what is published right: validated, looked at in time, archived with a successor, merged, renamed."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.audit import services as audit
from forum.core import clock, outbox
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line, slugify
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import CollectionItem, Guide, GuideAlias, GuideRevision, GuideSource, GuideUse
from forum.library.queries.records import GuideRecord, guide_for
from forum.library.services.reviews import next_review
from forum.library.services.writing import RESERVED, add_source

MAX_REASON = 300


def confirm(actor: Viewer, guide_id: int, version: int) -> None:
    """ "Masih benar": the guide holds for another period. The owner and curators. Raises NotFound, Denied, Conflict."""
    guide = _held(actor, guide_id, version)
    if reason := policy.refuse_keeping(actor, guide.owner_id):
        raise Denied(reason)
    due = next_review(clock.now(), guide.review_months)
    _change(actor, guide, "guide.confirm", {"review_due": guide.review_due}, {"review_due": due})


def validate(actor: Viewer, guide_id: int, version: int) -> None:
    """Stand for the published revision being right; not for one's own. Raises NotFound, Denied, Conflict."""
    guide = _held(actor, guide_id, version)
    _require_curator(actor)
    authors = db.session.execute(
        select(GuideRevision.author_id, GuideRevision.editors).where(
            GuideRevision.guide_id == guide_id, GuideRevision.number == guide.published_number
        )
    ).one()
    if actor.id in (authors.author_id, *authors.editors):
        raise Denied(_("Anda ikut menulis versi ini, jadi kurator lain yang memvalidasinya."))
    now = clock.now()
    _change(
        actor,
        guide,
        "guide.validate",
        {"confidence": guide.confidence},
        {
            "confidence": "validated",
            "validated_at": now,
            "validated_by_id": actor.id,
            "review_due": next_review(now, guide.review_months),
        },
    )


def archive(actor: Viewer, guide_id: int, version: int, *, reason: str, successor_id: int | None) -> None:
    """Take a guide out of use; it stays readable and names its successor. Raises Invalid, NotFound, Denied, Conflict."""
    guide = _held(actor, guide_id, version)
    _require_curator(actor)
    reason = one_line(reason)
    if not 0 < len(reason) <= MAX_REASON:
        raise Invalid(_("Tulis alasannya, paling banyak %(most)d huruf.", most=MAX_REASON), "reason")
    if successor_id is not None:
        _require_successor(actor, guide_id, successor_id)
    _change(
        actor,
        guide,
        "guide.archive",
        {"confidence": guide.confidence},
        {
            "confidence": "archived",
            "archived_at": clock.now(),
            "archive_reason": reason,
            "successor_id": successor_id,
        },
        reason,
    )


def _require_successor(actor: Viewer, guide_id: int, successor_id: int) -> None:
    """A guide in use, from which no chain of successors leads back to `guide_id`. Raises Invalid."""
    try:
        successor = guide_for(actor, successor_id)
    except NotFound:
        raise Invalid(_("Pilih panduan pengganti yang masih ada."), "successor") from None
    if successor_id == guide_id:
        raise Invalid(_("Panduan tidak dapat menggantikan dirinya sendiri."), "successor")
    if not successor.is_published or successor.is_archived or successor.merged_into_id:
        raise Invalid(_("Pilih pengganti yang masih berlaku."), "successor")


def unarchive(actor: Viewer, guide_id: int, version: int) -> None:
    """Bring an archived guide back, not validated. Raises NotFound, Denied, Conflict."""
    guide = _held(actor, guide_id, version, archived=True)
    _require_curator(actor)
    _change(
        actor,
        guide,
        "guide.unarchive",
        {"confidence": "archived"},
        {"confidence": "unvalidated", "archived_at": None, "archive_reason": "", "successor_id": None},
    )


def rename(actor: Viewer, guide_id: int, version: int, slug: str) -> str:
    """Give the guide another address; the old one leads there for ever. Returns it. Raises Invalid, NotFound, Denied, Conflict."""
    guide = _held(actor, guide_id, version)
    _require_curator(actor)
    new = slugify(slug, 80)
    if not new:
        raise Invalid(_("Tulis alamat dengan huruf atau angka."), "slug")
    taken = db.session.scalar(select(Guide.id).where(Guide.slug == new, Guide.id != guide_id))
    alias_of = db.session.scalar(select(GuideAlias.guide_id).where(GuideAlias.slug == new))
    if new in RESERVED:
        raise Invalid(_("Alamat ini dipakai halaman lain. Pilih yang lain."), "slug")
    if taken or (alias_of is not None and alias_of != guide_id):
        raise Invalid(_("Alamat ini sudah dipakai panduan lain."), "slug")
    if new != guide.slug:
        db.session.query(GuideAlias).filter(GuideAlias.slug == new).delete()
        db.session.add(GuideAlias(slug=guide.slug, guide_id=guide_id))
        _change(actor, guide, "guide.rename", {"slug": guide.slug}, {"slug": new})
    return new


def merge(actor: Viewer, guide_id: int, version: int, into_id: int, reason: str) -> None:
    """Let the guide go into another: its address, sources and uses lead there, its history stays readable.

    Raises Invalid, NotFound, Denied, Conflict.
    """
    guide = _held(actor, guide_id, version)
    _require_curator(actor)
    _require_successor(actor, guide_id, into_id)
    for source in db.session.scalars(select(GuideSource).where(GuideSource.guide_id == guide_id)).all():
        add_source(into_id, source.thread_id, source.post_id)
    used = select(GuideUse.post_id).where(GuideUse.guide_id == into_id)
    db.session.execute(
        update(GuideUse).where(GuideUse.guide_id == guide_id, GuideUse.post_id.not_in(used)).values(guide_id=into_id)
    )
    db.session.execute(update(Guide).where(Guide.merged_into_id == guide_id).values(merged_into_id=into_id))
    db.session.query(CollectionItem).filter(CollectionItem.guide_id == guide_id).delete()
    _change(
        actor,
        guide,
        "guide.merge",
        {"confidence": guide.confidence},
        {"confidence": "archived", "archived_at": clock.now(), "archive_reason": one_line(reason)[:MAX_REASON],
         "successor_id": into_id, "merged_into_id": into_id},
        one_line(reason),
    )  # fmt: skip
    outbox.put("search", f"guide:{into_id}")


def _held(actor: Viewer, guide_id: int, version: int, *, archived: bool = False) -> GuideRecord:
    """The published guide in the state that the actor saw. Raises NotFound, Conflict."""
    guide = guide_for(actor, guide_id, hold=True)
    if guide.version != version or guide.is_archived != archived or not guide.is_published or guide.merged_into_id:
        raise Conflict(_("Panduan ini berubah sejak Anda membukanya. Lihat keadaannya sekarang, lalu putuskan lagi."))
    return guide


def _require_curator(actor: Viewer) -> None:
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)


def _change(
    actor: Viewer,
    guide: GuideRecord,
    action: str,
    before: dict[str, object],
    values: dict[str, object],
    reason: str = "",
) -> None:
    db.session.execute(update(Guide).where(Guide.id == guide.id).values(version=Guide.version + 1, **values))
    told = {name: value if isinstance(value, str | int | None) else str(value) for name, value in values.items()}
    was = {name: value if isinstance(value, str | int | None) else str(value) for name, value in before.items()}
    audit.record(actor, action, "guide", guide.id, before=was, after=told, reason=reason)
    outbox.put("search", f"guide:{guide.id}")
