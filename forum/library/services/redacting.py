"""Taking words out of revisions for good, with a mark in their place."""

from __future__ import annotations

from sqlalchemy import select

from forum.audit import services as audit
from forum.core import clock, outbox
from forum.core.db import db
from forum.core.errors import Denied, Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide, GuideRevision
from forum.library.queries.records import guide_for
from forum.library.services.texts import guide_text
from forum.library.services.writing import store_text
from forum.privacy.masking import masked

MARK = "[…]"
LEAST = 4


def redact(actor: Viewer, guide_id: int, words: str, reason: str) -> int:
    """Replace `words` by a mark in every revision of the guide; in how many it stood. What was typed since is dropped where it stood.

    Who bases a change on a redacted revision gets the redacted text. Raises Invalid, NotFound, Denied.
    """
    guide_for(actor, guide_id, hold=True)
    if refusal := policy.refuse_curating(actor):
        raise Denied(refusal)
    if len(words.strip()) < LEAST:
        raise Invalid(_("Tulis sedikitnya %(least)d huruf dari teks yang harus hilang.", least=LEAST), "words")
    if not reason.strip():
        raise Invalid(_("Tulis alasannya: tercatat tanpa teks yang dihapus."), "reason")
    rows = db.session.scalars(select(GuideRevision).where(GuideRevision.guide_id == guide_id)).all()
    redacted = [row for row in rows if _redact_row(row, words.strip())]
    if not redacted:
        raise Invalid(_("Teks ini tidak ada di versi mana pun."), "words")
    guide = db.session.scalars(select(Guide).where(Guide.id == guide_id)).one()
    guide.title, guide.summary = (text.replace(words.strip(), MARK) for text in (guide.title, guide.summary))
    guide.version += 1
    db.session.flush()
    numbers = sorted(row.number for row in redacted)
    audit.record(actor, "guide.redact", "guide", guide_id, after={"revisions": numbers}, reason=reason)
    outbox.put("search", f"guide:{guide_id}")
    return len(redacted)


def _redact_row(row: GuideRevision, words: str) -> bool:
    kept = row.autosaved or {}
    texts = (row.title, row.summary, *row.sections.values(), *kept.values())
    if not any(words in text for text in texts):
        return False
    bodies = {name: body.replace(words, MARK) for name, body in row.sections.items()}
    store_text(row, guide_text(row.title.replace(words, MARK), row.summary.replace(words, MARK), bodies))
    row.autosaved = row.autosaved_at = None
    row.redacted_at = clock.now()
    row.version += 1
    return True


def mask_guide(actor: Viewer, guide_id: int) -> None:
    """Mask what looks like personal data in every revision of the guide. Raises NotFound, Denied."""
    guide_for(actor, guide_id, hold=True)
    if refusal := policy.refuse_curating(actor):
        raise Denied(refusal)
    for row in db.session.scalars(select(GuideRevision).where(GuideRevision.guide_id == guide_id)):
        _mask_row(row)
    guide = db.session.scalars(select(Guide).where(Guide.id == guide_id)).one()
    guide.title, guide.summary = masked(guide.title), masked(guide.summary)
    guide.version += 1
    db.session.flush()
    outbox.put("search", f"guide:{guide_id}")


def _mask_row(row: GuideRevision) -> None:
    was = (row.title, row.summary, row.change_summary, row.sections)
    bodies = {name: masked(body) for name, body in row.sections.items()}
    now = (masked(row.title), masked(row.summary), masked(row.change_summary), bodies)
    if row.autosaved and any(masked(text) != text for text in row.autosaved.values()):
        row.autosaved = row.autosaved_at = None
    if was == now:
        return
    store_text(row, guide_text(now[0], now[1], bodies))
    row.change_summary = now[2]
    row.redacted_at = clock.now()
    row.version += 1
