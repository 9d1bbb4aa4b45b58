"""Keeping the tags in order: names, synonyms, merging. For admins. (The tags of a thread are in `tagging`.)"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, func, select, update

from forum.accounts import policy as accounts
from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions.models import Tag, TagSynonym, Thread, ThreadTag
from forum.discussions.services.tagging import parse_tags
from forum.discussions.services.touching import touch_tagged
from forum.privacy.services import personal

MAX_SYNONYMS = 30


def create_tag(actor: Viewer, name: str, synonyms: Iterable[str] = ()) -> int:
    """A tag before anybody used it; returns its id. Raises Denied, or Invalid (with the field)."""
    accounts.require_admin(actor)
    slug, name = _parse(name, "name")
    _require_free(slug, None, "name")
    tag = Tag(slug=slug, name=name)
    db.session.add(tag)
    db.session.flush()
    _set_synonyms(tag, synonyms)
    audit.record(actor, "tag.create", "tag", tag.id, after=_snapshot(tag))
    return tag.id


def update_tag(actor: Viewer, tag_id: int, *, name: str, synonyms: Iterable[str]) -> bool:
    """Rename a tag and say what other words mean it; tells whether anything was different.

    The name that is given up becomes a synonym, so its address and habit of typing go on working.
    Raises Denied, NotFound, or Invalid (with the field), for a word that is another tag or its synonym as well.
    """
    accounts.require_admin(actor)
    tag = _locked(tag_id)
    before = _snapshot(tag)
    slug, name = _parse(name, "name")
    _require_free(slug, tag.id, "name")
    given_up = [tag.name] if slug != tag.slug else []
    db.session.execute(delete(TagSynonym).where(TagSynonym.slug == slug))
    tag.slug, tag.name = slug, name
    db.session.flush()
    _set_synonyms(tag, [*synonyms, *given_up])
    after = _snapshot(tag)
    if before == after:
        return False
    touch_tagged(tag.id)
    audit.record(actor, "tag.update", "tag", tag.id, before=before, after=after)
    return True


def merge_tag(actor: Viewer, source_id: int, target_id: int) -> int:
    """Give every thread of `source` the tag `target`, and make the source's words synonyms of it.

    Returns how many threads the target has then. Raises Denied, NotFound, or Invalid for a tag into itself.
    """
    accounts.require_admin(actor)
    if source_id == target_id:
        raise Invalid(lazy("Pilih tag lain sebagai tujuan."), "target")
    first, second = (_locked(tag_id) for tag_id in sorted((source_id, target_id)))  # one order: no deadlock
    source, target = (first, second) if first.id == source_id else (second, first)
    before = {"source": _snapshot(source), "target": _snapshot(target)}
    has_target = select(ThreadTag.thread_id).where(ThreadTag.tag_id == target.id)
    db.session.execute(delete(ThreadTag).where(ThreadTag.tag_id == source.id, ThreadTag.thread_id.in_(has_target)))
    db.session.execute(update(ThreadTag).where(ThreadTag.tag_id == source.id).values(tag_id=target.id))
    db.session.execute(update(TagSynonym).where(TagSynonym.tag_id == source.id).values(tag_id=target.id))
    slug, name = source.slug, source.name
    db.session.delete(source)
    db.session.flush()
    db.session.add(TagSynonym(slug=slug, name=name, tag_id=target.id))
    db.session.execute(update(Tag).where(Tag.id == target.id).values(thread_count=_shown_threads(target.id)))
    db.session.flush()
    db.session.refresh(target)
    touch_tagged(target.id)
    audit.record(actor, "tag.merge", "tag", target.id, before=before, after={"target": _snapshot(target)})
    return target.thread_count


def _shown_threads(tag_id: int) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(ThreadTag)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .where(ThreadTag.tag_id == tag_id, Thread.deleted_at.is_(None))
        .scalar_subquery()
    )


def _locked(tag_id: int) -> Tag:
    tag = db.session.get(Tag, tag_id, with_for_update=True)
    if tag is None:
        raise NotFound
    return tag


def _parse(text: str, field: str) -> tuple[str, str]:
    """Slug and name of one tag, by the rules that hold when a thread gets one."""
    try:
        found = parse_tags(text)
    except Invalid as error:
        raise Invalid(error.reason, field) from None
    if len(found) != 1:
        raise Invalid(lazy("Tulis satu nama tag, tanpa koma."), field)
    personal.check({field: text})
    return next(iter(found.items()))


def _require_free(slug: str, tag_id: int | None, field: str) -> None:
    """Raises Invalid when `slug` is another tag or another tag's synonym: a word leads to one tag only."""
    other = db.session.execute(select(Tag.id, Tag.name).where(Tag.slug == slug)).one_or_none()
    if other is None:
        other = db.session.execute(
            select(Tag.id, Tag.name).join(TagSynonym, TagSynonym.tag_id == Tag.id).where(TagSynonym.slug == slug)
        ).one_or_none()
    if other is not None and other.id != tag_id:
        raise Invalid(
            lazy(
                "Kata ini sudah menjadi tag “%(tag)s” atau sinonimnya. Gabungkan kedua tag bila artinya sama.",
                tag=other.name,
            ),
            field,
        )


def _set_synonyms(tag: Tag, words: Iterable[str]) -> None:
    wanted: dict[str, str] = {}
    for word in words:
        if word.strip():
            slug, name = _parse(word, "synonyms")
            if slug != tag.slug:
                _require_free(slug, tag.id, "synonyms")
                wanted.setdefault(slug, name)
    if len(wanted) > MAX_SYNONYMS:
        raise Invalid(lazy("Paling banyak %(most)d sinonim.", most=MAX_SYNONYMS), "synonyms")
    db.session.execute(delete(TagSynonym).where(TagSynonym.tag_id == tag.id))
    db.session.add_all(TagSynonym(slug=slug, name=name, tag_id=tag.id) for slug, name in wanted.items())
    db.session.flush()


def _snapshot(tag: Tag) -> dict[str, object]:
    words = db.session.scalars(select(TagSynonym.name).where(TagSynonym.tag_id == tag.id).order_by(TagSynonym.slug))
    return {"slug": tag.slug, "name": tag.name, "synonyms": list(words)}
