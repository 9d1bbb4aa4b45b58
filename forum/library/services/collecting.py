"""Learning paths: guides in the order in which to read them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.text import one_line, slugify
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Collection, CollectionItem, Guide

MAX_NAME, MAX_DESCRIPTION, MAX_GUIDES = 120, 600, 40


def save_path(actor: Viewer, path_id: int | None, *, name: str, description: str, guides: Sequence[int]) -> str:
    """Make a path, or change path `path_id`; its address. `guides` in reading order. Raises Invalid, NotFound, Denied."""
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    name, description = one_line(name), one_line(description)
    if not 3 <= len(name) <= MAX_NAME:
        raise Invalid(_("Tulis nama dengan 3 sampai %(most)d huruf.", most=MAX_NAME), "name")
    if len(description) > MAX_DESCRIPTION:
        raise Invalid(
            _("Keterangan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_DESCRIPTION), "description"
        )
    ordered = list(dict.fromkeys(guides))
    if not ordered or len(ordered) > MAX_GUIDES:
        raise Invalid(_("Pilih 1 sampai %(most)d panduan.", most=MAX_GUIDES), "guides")
    known = set(db.session.scalars(select(Guide.id).where(Guide.id.in_(ordered), Guide.published_number.is_not(None))))
    if set(ordered) - known:
        raise Invalid(_("Ada panduan yang tidak ada atau belum terbit."), "guides")
    row = _path(path_id, name)
    row.name, row.description = name, description
    db.session.flush()
    db.session.execute(delete(CollectionItem).where(CollectionItem.collection_id == row.id))
    db.session.add_all(
        CollectionItem(collection_id=row.id, guide_id=guide_id, position=place)
        for place, guide_id in enumerate(ordered)
    )
    db.session.flush()
    audit.record(actor, "path.save", "collection", row.id, after={"name": name, "guides": ordered})
    return row.slug


def _path(path_id: int | None, name: str) -> Collection:
    if path_id is not None:
        row = db.session.get(Collection, path_id)
        if row is None:
            raise NotFound
        return row
    stem = slugify(name, 70) or "jalur"
    taken = set(db.session.scalars(select(Collection.slug).where(Collection.slug.startswith(stem, autoescape=True))))
    slug = stem if stem not in taken else next(s for n in range(2, 10_000) if (s := f"{stem}-{n}") not in taken)
    last = db.session.scalar(select(func.max(Collection.position)))
    row = Collection(slug=slug, name=name, description="", position=0 if last is None else last + 1)
    db.session.add(row)
    return row


def delete_path(actor: Viewer, path_id: int) -> None:
    """Remove a path; its guides and what was read of them stay. Raises NotFound, Denied."""
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    row = db.session.get(Collection, path_id)
    if row is None:
        raise NotFound
    audit.record(actor, "path.delete", "collection", path_id, before={"name": row.name, "slug": row.slug})
    db.session.delete(row)
    db.session.flush()
