"""Writing revisions: a new guide, or a proposal for one that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from forum.attachments.services.attaching import NOTHING, Chosen, attach
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.i18n import _
from forum.core.text import slugify
from forum.core.viewer import Viewer
from forum.library import policy, workflow
from forum.library.models import Guide, GuideAlias, GuideRevision, GuideSource, GuideTag
from forum.library.queries.files import FILES
from forum.library.queries.records import guide_for, open_of, pending_of, record_of, revision_row
from forum.library.sections import REQUIRED
from forum.library.services.texts import MAX_CHARACTERS, GuideText, change_text
from forum.library.workflow import Action, State, Who
from forum.privacy.services import personal
from forum.privacy.services.personal import NO_OVERRIDE, Override

KINDS = ("procedure", "policy", "practice", "template")
SIGNIFICANCES = ("typo", "minor", "major")
MAX_TAGS = 5
# Words that addresses below /panduan use for other pages.
RESERVED = frozenset({"baru", "pilih"})


def start_guide(
    actor: Viewer,
    text: GuideText,
    *,
    kind: str = "procedure",
    area_id: int | None = None,
    owner_id: int | None = None,
    unit_id: int | None = None,
    review_months: int = 6,
    tags: Sequence[str] = (),
    files: Chosen = NOTHING,
    is_sample: bool = False,
    override: Override = NO_OVERRIDE,
) -> tuple[int, int]:
    """A new guide that only its author and curators see, with a first draft; returns the ids of both.

    Raises Invalid, PersonalData (unless `override` explains it).
    """
    if kind not in KINDS:
        raise Invalid(_("Pilih jenis panduan."), "kind")
    if not 1 <= review_months <= 36:
        raise Invalid(_("Peninjauan ulang: 1 sampai 36 bulan."), "review_months")
    stated = personal.check({**fields_of(text), "tags": ", ".join(tags)}, override)
    now = clock.now()
    guide = Guide(
        slug=free_slug(text.title),
        title=text.title,
        summary=text.summary,
        kind=kind,
        area_id=area_id,
        owner_id=owner_id,
        unit_id=unit_id,
        review_months=review_months,
        created_at=now,
        is_sample=is_sample,
    )
    db.session.add(guide)
    db.session.flush()
    set_tags(guide.id, tags)
    personal.state(actor, stated, "guide", guide.id)
    revision = _new_revision(actor, guide.id, text, now, based_on=None)
    attach(actor, FILES, revision.id, files, text.bodies.values())
    return guide.id, revision.id


def fields_of(text: GuideText) -> dict[str, str]:
    """The texts of a revision by the fields of its form."""
    return {"title": text.title, "summary": text.summary, **text.bodies}


def state_about(actor: Viewer, guide_id: int, fields: Mapping[str, str], override: Override) -> None:
    """Let nothing personal into a guide that nobody has explained. Raises PersonalData."""
    stated = personal.check(fields, override, personal.accepted("guide", guide_id))
    personal.state(actor, stated, "guide", guide_id)


def free_slug(title: str) -> str:
    """An address for `title` that no guide has or had."""
    stem = slugify(title, 70) or "panduan"
    taken = (
        RESERVED
        | set(db.session.scalars(select(Guide.slug).where(Guide.slug.startswith(stem, autoescape=True))))
        | set(db.session.scalars(select(GuideAlias.slug).where(GuideAlias.slug.startswith(stem, autoescape=True))))
    )
    return stem if stem not in taken else next(s for n in range(2, 10_000) if (s := f"{stem}-{n}") not in taken)


def set_tags(guide_id: int, names: Sequence[str]) -> None:
    """Give the guide these tags and no others."""
    db.session.query(GuideTag).filter(GuideTag.guide_id == guide_id).delete()
    named = {slug: name for name in names if (slug := slugify(name, 50))}
    if len(named) > MAX_TAGS:
        raise Invalid(_("Paling banyak %(most)d tag.", most=MAX_TAGS), "tags")
    db.session.add_all(GuideTag(guide_id=guide_id, slug=slug, name=name) for slug, name in named.items())


def add_source(guide_id: int, thread_id: int, post_id: int | None) -> None:
    """Note where the guide comes from; noted twice is noted once."""
    known = select(GuideSource.id).where(
        GuideSource.guide_id == guide_id,
        GuideSource.thread_id == thread_id,
        GuideSource.post_id.is_not_distinct_from(post_id),
    )
    if db.session.scalar(known) is None:
        db.session.add(GuideSource(guide_id=guide_id, thread_id=thread_id, post_id=post_id))


def _new_revision(actor: Viewer, guide_id: int, text: GuideText, now: datetime, based_on: int | None) -> GuideRevision:
    number = (
        db.session.scalar(select(func.max(GuideRevision.number)).where(GuideRevision.guide_id == guide_id)) or 0
    ) + 1
    revision = GuideRevision(
        guide_id=guide_id,
        number=number,
        author_id=actor.id,
        based_on=based_on,
        created_at=now,
        updated_at=now,
        editors=[],
        **_columns(text),
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def _columns(text: GuideText) -> dict[str, object]:
    return {
        "title": text.title,
        "summary": text.summary,
        "sections": text.bodies,
        "html": text.html,
        "renderer_version": text.version,
    }


def store_text(row: GuideRevision, text: GuideText) -> None:
    """Put a text into a revision."""
    for name, value in _columns(text).items():
        setattr(row, name, value)


def propose(actor: Viewer, guide_id: int, text: GuideText, based_on: int) -> int:
    """A draft of a change to a guide, written over revision `based_on`; the id of the draft.

    Who has one already goes on with that. Raises NotFound, Conflict (the guide is archived, or was merged).
    """
    guide = guide_for(actor, guide_id, hold=True)
    if guide.is_archived or guide.merged_into_id:
        raise Conflict(_("Panduan ini sudah diarsipkan, jadi tidak dapat diubah."))
    mine = open_of(guide_id, actor.id or 0)
    if mine is not None:
        return mine.id
    return _new_revision(actor, guide_id, text, clock.now(), based_on).id


def save(
    actor: Viewer,
    revision_id: int,
    version: int,
    text: GuideText,
    files: Chosen = NOTHING,
    override: Override = NO_OVERRIDE,
) -> int:
    """Store a draft, with its files. `version`: the one that the form was filled from. Returns the new version.

    Raises Invalid, NotFound, Denied, Conflict, PersonalData (unless `override` explains it).
    """
    row = revision_row(revision_id)
    _require(actor, row, Action.SAVE, version)
    state_about(actor, row.guide_id, fields_of(text), override)
    store_text(row, text)
    attach(actor, FILES, revision_id, files, text.bodies.values())
    row.autosaved = row.autosaved_at = None
    row.updated_at = clock.now()
    row.version += 1
    db.session.flush()
    return row.version


def autosave(actor: Viewer, revision_id: int, fields: Mapping[str, str]) -> datetime:
    """Keep what the author is typing beside the draft, unrendered; the draft itself and its version stay. Returns when.

    Raises Invalid (too long), NotFound, Denied, Conflict (no longer a draft).
    """
    if sum(map(len, fields.values())) > 2 * MAX_CHARACTERS:
        raise Invalid(_("Tulisan terlalu panjang untuk disimpan."))
    row = revision_row(revision_id)
    _require(actor, row, Action.SAVE, row.version)
    row.autosaved, row.autosaved_at = dict(fields), clock.now()
    db.session.flush()
    return row.autosaved_at


def submit(
    actor: Viewer,
    revision_id: int,
    version: int,
    *,
    change: str,
    significance: str,
    base: int | None = None,
    override: Override = NO_OVERRIDE,
) -> None:
    """Hand a draft over for review. `base`: the published revision over which the author wants it, having seen that one.

    Raises Invalid, NotFound, Denied, Conflict (another revision waits, or the guide was published again since), PersonalData.
    """
    row = revision_row(revision_id)
    guide = guide_for(actor, row.guide_id, hold=True)
    _require(actor, row, Action.SUBMIT, version)
    if significance not in SIGNIFICANCES:
        raise Invalid(_("Pilih seberapa besar perubahannya."), "significance")
    for section in REQUIRED:
        if section not in row.sections:
            raise Invalid(_("Bagian ini wajib diisi sebelum dikirim."), section)
    row.change_summary = change_text(change)
    state_about(actor, row.guide_id, {"change_summary": row.change_summary}, override)
    row.significance = significance
    waiting = pending_of(row.guide_id)
    if waiting is not None:
        raise Conflict(
            _("Perubahan lain (versi %(number)d) masih menunggu tinjauan. Draf Anda tersimpan.", number=waiting.number)
        )
    base = row.based_on if base is None else base
    if guide.published_number != base:
        raise Conflict(
            _("Panduan ini terbit dalam versi baru sejak Anda mulai menulis. Lihat bedanya, lalu kirim lagi.")
        )
    row.based_on = base
    row.state = State.PENDING
    row.submitted_at = row.updated_at = clock.now()
    row.version += 1
    db.session.flush()
    audit.record(actor, "guide.submit", "guide", row.guide_id, after={"revision": row.number})


def withdraw(actor: Viewer, revision_id: int, version: int) -> None:
    """Take a draft, or what waits for review, back. Raises NotFound, Denied, Conflict."""
    row = revision_row(revision_id)
    _require(actor, row, Action.WITHDRAW, version)
    row.state = State.WITHDRAWN
    row.updated_at = clock.now()
    row.version += 1
    db.session.flush()


def _require(actor: Viewer, row: GuideRevision, action: Action, version: int) -> None:
    who = policy.who_is(actor, record_of(row).authors)
    if who is not Who.AUTHOR:
        raise Denied(_("Hanya penulisnya yang dapat mengubah draf ini."))
    if row.version != version or workflow.after(State(row.state), action, who) is None:
        raise Conflict(
            _("Draf ini sudah berubah di tempat lain. Tulisan Anda tetap ada di bawah: bandingkan, lalu simpan lagi.")
        )
