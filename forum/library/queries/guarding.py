"""Guides as texts to be looked through, and who could see one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import String, cast, func, or_, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.i18n import _, ngettext
from forum.library.models import Acknowledgement, Guide, GuideRevision, GuideVote
from forum.privacy.sources import Exposure, Item, Place, Reader

READERS = 200


def count() -> int:
    """About how many guides there are: the highest id."""
    return db.session.scalar(select(func.max(Guide.id))) or 0


def guides_after(after: int, limit: int) -> Sequence[Item]:
    """Guides with all their revisions."""
    ids = list(db.session.scalars(select(Guide.id).where(Guide.id > after).order_by(Guide.id).limit(limit)))
    texts: dict[int, dict[str, str]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            GuideRevision.guide_id,
            GuideRevision.number,
            GuideRevision.title,
            GuideRevision.summary,
            GuideRevision.sections,
            GuideRevision.change_summary,
        )
        .where(GuideRevision.guide_id.in_(ids))
        .order_by(GuideRevision.guide_id, GuideRevision.number.desc())
    )
    for guide_id, number, title, summary, sections, change in rows:
        fields = {"title": title, "summary": summary, "change_summary": change, **sections}
        texts[guide_id] |= {f"{number}:{name}": text for name, text in fields.items() if text}
    return [Item(guide_id, texts[guide_id]) for guide_id in ids]


def guide_places(ids: Sequence[int]) -> Mapping[int, Place]:
    """Title and address of guides."""
    rows = db.session.execute(select(Guide.id, Guide.slug, Guide.title).where(Guide.id.in_(ids)))
    return {guide_id: Place(title, f"/panduan/{slug}") for guide_id, slug, title in rows}


def holding(words: str, limit: int) -> Sequence[int]:
    """Guides of which a revision holds `words`."""
    found = (
        select(GuideRevision.guide_id)
        .where(
            or_(
                GuideRevision.title.contains(words, autoescape=True),
                GuideRevision.summary.contains(words, autoescape=True),
                cast(GuideRevision.sections, String).contains(json.dumps(words)[1:-1], autoescape=True),
            )
        )
        .distinct()
        .limit(limit)
    )
    return list(db.session.scalars(found))


def guide_at(path: str) -> int | None:
    """The guide at `/panduan/<slug>`."""
    slug = path.partition("/panduan/")[2].partition("?")[0].partition("#")[0].strip("/")
    return db.session.scalar(select(Guide.id).where(Guide.slug == slug)) if slug else None


def exposure(guide_id: int) -> Exposure | None:
    """Since when a guide could be seen and by whom: those who confirmed reading it, or said whether it helped."""
    guide = db.session.get(Guide, guide_id)
    if guide is None:
        return None
    active = db.session.scalar(select(func.count()).select_from(User).where(User.is_active)) or 0
    everybody = ngettext("%(num)d akun aktif", "%(num)d akun aktif", active)
    public = guide.published_number is not None and guide.audience == "everyone"
    readers = _readers(guide_id)
    return Exposure(
        title=guide.title,
        url=f"/panduan/{guide.slug}",
        since=guide.published_at or guide.created_at,
        audience=_("Panduan: semua pegawai yang masuk (%(people)s).", people=everybody)
        if public
        else _("Panduan: penulisnya dan kurator."),
        readers=readers[:READERS],
        more_readers=max(0, len(readers) - READERS),
    )


def _readers(guide_id: int) -> tuple[Reader, ...]:
    known: dict[int, Reader] = {}
    of_guide = select(GuideRevision.id).where(GuideRevision.guide_id == guide_id)
    read = select(Acknowledgement.user_id, User.name, Acknowledgement.at).join(User, User.id == Acknowledgement.user_id)
    voted = select(GuideVote.user_id, User.name, GuideVote.at).join(User, User.id == GuideVote.user_id)
    for how, statement in (
        (_("menandai sudah dibaca"), read.where(Acknowledgement.revision_id.in_(of_guide))),
        (_("menjawab apakah membantu"), voted.where(GuideVote.revision_id.in_(of_guide))),
    ):
        for user_id, name, at in db.session.execute(statement):
            known.setdefault(user_id, Reader(user_id, name, at, how))
    return tuple(sorted(known.values(), key=lambda reader: reader.at))
