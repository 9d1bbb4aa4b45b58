"""The tags of a thread."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.text import one_line
from forum.discussions.addresses import slugify
from forum.discussions.models import Tag, TagSynonym, ThreadTag

MAX_TAGS = 5
MIN_TAG, MAX_TAG = 2, 40


def parse_tags(text: str) -> dict[str, str]:
    """Tag names as typed (separated by commas), by slug, in order. Raises Invalid (field 'tags')."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]", text):
        name = one_line(part).lstrip("#").strip().casefold()
        if not name:
            continue
        slug = slugify(name, fallback="", limit=50)
        if not MIN_TAG <= len(name) <= MAX_TAG or not slug:
            raise Invalid(
                _(
                    "Tag “%(name)s” tidak dapat dipakai: %(least)d sampai %(most)d huruf atau angka.",
                    name=name[:50],
                    least=MIN_TAG,
                    most=MAX_TAG,
                ),
                "tags",
            )
        found.setdefault(slug, name)
    if len(found) > MAX_TAGS:
        raise Invalid(
            _("Paling banyak %(most)d tag. Pilih yang paling membantu orang mencarinya.", most=MAX_TAGS), "tags"
        )
    return found


def tag_ids(names: dict[str, str]) -> list[int]:
    """The ids of the tags for parsed names: a synonym gives its tag, an unknown name a new tag. No id twice."""
    slugs = list(names)
    ids = {row.slug: row.id for row in db.session.execute(select(Tag.slug, Tag.id).where(Tag.slug.in_(slugs)))}
    synonyms = select(TagSynonym.slug, TagSynonym.tag_id).where(TagSynonym.slug.in_(slugs))
    ids |= {row.slug: row.tag_id for row in db.session.execute(synonyms)}
    for slug in sorted(set(slugs) - set(ids)):
        ids[slug] = _new_tag(slug, names[slug])
    return list(dict.fromkeys(ids[slug] for slug in slugs))


def _new_tag(slug: str, name: str) -> int:
    """The id of a new tag, or of the one that somebody else made at this very moment."""
    try:
        with db.session.begin_nested():
            tag = Tag(slug=slug, name=name)
            db.session.add(tag)
            db.session.flush()
            return tag.id
    except IntegrityError:
        return db.session.execute(select(Tag.id).where(Tag.slug == slug)).scalar_one()


def set_tags(thread_id: int, ids: list[int], last_activity_at: datetime) -> None:
    """Make `ids` the tags of the thread, and keep the counts of all tags concerned."""
    before = set(db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread_id)))
    gone, new = before - set(ids), set(ids) - before
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == thread_id, ThreadTag.tag_id.in_(gone)))
    for tag_id in sorted(new):
        db.session.add(ThreadTag(thread_id=thread_id, tag_id=tag_id, last_activity_at=last_activity_at))
    count_tags(gone, -1)
    count_tags(new, +1)
    db.session.flush()


def count_tags(ids: set[int], step: int) -> None:
    """Move the thread counts of the tags by `step`."""
    if ids:
        db.session.execute(update(Tag).where(Tag.id.in_(sorted(ids))).values(thread_count=Tag.thread_count + step))
