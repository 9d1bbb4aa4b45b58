"""Learning paths for those who keep them: their content to be changed, and who has read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.library.models import Acknowledgement, Collection, CollectionItem, Guide, GuideRevision
from forum.library.queries.standing import since_major

MOST_READERS = 200


@dataclass(frozen=True, slots=True)
class PathRecord:
    id: int
    slug: str
    name: str
    description: str
    guides: tuple[int, ...]


def path_record(slug: str) -> PathRecord:
    """The path with its guides in order. Raises NotFound."""
    row = db.session.execute(
        select(Collection.id, Collection.slug, Collection.name, Collection.description).where(Collection.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound
    guides = db.session.scalars(
        select(CollectionItem.guide_id).where(CollectionItem.collection_id == row.id).order_by(CollectionItem.position)
    )
    return PathRecord(row.id, row.slug, row.name, row.description, tuple(guides))


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who has begun a path. `read`: how many of its guides, in what holds now."""

    name: str
    url: str
    unit: str
    read: int


def readers(path: PathRecord) -> tuple[Reader, ...]:
    """Who has read some of the path, those who read most first. Only for those who keep it. One statement."""
    read = func.count(func.distinct(Guide.id))
    rows = db.session.execute(
        select(User.name, User.username, Unit.short_name, read)
        .select_from(Acknowledgement)
        .join(GuideRevision, GuideRevision.id == Acknowledgement.revision_id)
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .join(User, User.id == Acknowledgement.user_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(Guide.id.in_(path.guides), since_major(GuideRevision.number), User.is_active)
        .group_by(User.id, User.name, User.username, Unit.short_name)
        .order_by(read.desc(), User.name)
        .limit(MOST_READERS)
    )
    return tuple(Reader(name, f"/profil/{username}", unit or "", times) for name, username, unit, times in rows)
