"""The documents that search keeps of guides, and what a found guide shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from forum.accounts.models import Unit
from forum.core.db import db
from forum.core.markup import plain_text
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import guide_url
from forum.library.models import Guide, GuideArea, GuideRevision, GuideTag, GuideVote
from forum.library.queries.guides import today
from forum.library.queries.shapes import Badge, badge_of
from forum.library.sections import Section
from forum.search.documents import Kind, SearchDocument, Status, group_of
from forum.search.sources import Card

# What everybody may read can be found; a guide that went into another is found as that one.
_STANDS = (Guide.published_number.is_not(None), Guide.merged_into_id.is_(None), Guide.audience == "everyone")
STATUS = {
    Badge.UNVALIDATED: Status.UNVALIDATED,
    Badge.VALIDATED: Status.VALIDATED,
    Badge.REVIEW_DUE: Status.REVIEW_DUE,
    Badge.ARCHIVED: Status.ARCHIVED,
}
_HELPED = (
    select(func.count())
    .where(GuideVote.revision_id == GuideRevision.id, GuideVote.helped)
    .correlate(GuideRevision)
    .scalar_subquery()
)
_ROWS = (
    select(
        Guide.id,
        Guide.title,
        Guide.slug,
        Guide.summary,
        Guide.unit_id,
        Guide.owner_id,
        Guide.confidence,
        Guide.review_due,
        Guide.published_number,
        Guide.published_at,
        GuideRevision.html,
        _HELPED.label("helped"),
    )
    .join(GuideRevision, (GuideRevision.guide_id == Guide.id) & (GuideRevision.number == Guide.published_number))
    .where(*_STANDS)
)


def ids_of(keys: Iterable[str]) -> list[int]:
    """The numbers in keys of guides."""
    named = (key.partition(":") for key in set(keys))
    return sorted(int(number) for kind, _, number in named if kind == Kind.GUIDE and number.isdigit())


def documents(keys: Sequence[str]) -> tuple[SearchDocument, ...]:
    """The documents of the guides in `keys` that can be found, on a connection of its own."""
    with db.engine.connect() as connection:
        return _documents(connection, _ROWS.where(Guide.id.in_(ids_of(keys))))


def everything(batch: int) -> Iterator[tuple[SearchDocument, ...]]:
    """All of them, `batch` at a time."""
    after = 0
    while True:
        with db.engine.connect() as connection:
            found = _documents(connection, _ROWS.where(Guide.id > after).order_by(Guide.id).limit(batch))
        if found:
            yield found
        if len(found) < batch:
            return
        after = int(found[-1].key.partition(":")[2])


def count() -> int:
    """How many guides can be found."""
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Guide).where(*_STANDS)) or 0


def _documents(connection: Connection, statement: Any) -> tuple[SearchDocument, ...]:
    rows = connection.execute(statement).all()
    tags: dict[int, list[Any]] = {row.id: [] for row in rows}
    named = select(GuideTag.guide_id, GuideTag.slug, GuideTag.name).where(GuideTag.guide_id.in_(tags))
    for tag in connection.execute(named.order_by(GuideTag.slug)):
        tags[tag.guide_id].append(tag)
    return tuple(
        SearchDocument(
            key=f"{Kind.GUIDE}:{row.id}",
            group=group_of(Kind.GUIDE, row.id),
            title=row.title,
            body=guide_text(row.summary, row.html),
            tags=tuple(tag.name for tag in tags[row.id]),
            tag_slugs=tuple(tag.slug for tag in tags[row.id]),
            created_at=row.published_at,
            author_id=row.owner_id,
            helpful=row.helped,
            unit_id=row.unit_id,
            status=_status(row),
        )
        for row in rows
    )


def _status(row: Any) -> Status:
    return STATUS[badge_of(row.confidence, row.review_due, row.published_number, today())]


def guide_text(summary: str, html: Mapping[str, str]) -> str:
    """The readable text of a guide: summary and sections in their order."""
    return "\n".join([summary, *(plain_text(html[section]) for section in Section if html.get(section))])


def cards(viewer: Viewer, keys: Collection[str]) -> dict[str, Card]:
    """What `viewer` may see of the guides in `keys`. One statement."""
    ids = ids_of(keys)
    if not ids:
        return {}
    rows = db.session.execute(
        _ROWS.add_columns(
            Unit.short_name.label("unit"), GuideArea.name.label("area"), GuideArea.slug.label("area_slug")
        )
        .outerjoin(Unit, Unit.id == Guide.unit_id)
        .outerjoin(GuideArea, GuideArea.id == Guide.area_id)
        .where(Guide.id.in_(ids), policy.guides_visible_to(viewer))
    )
    return {f"{Kind.GUIDE}:{row.id}": _card(row) for row in rows}


def _card(row: Any) -> Card:
    area = ((row.area, f"/panduan?bidang={row.area_slug}"),) if row.area_slug else ()
    return Card(
        key=f"{Kind.GUIDE}:{row.id}",
        group=group_of(Kind.GUIDE, row.id),
        kind=Kind.GUIDE,
        title=row.title,
        url=guide_url(row.slug),
        head_url=guide_url(row.slug),
        text=guide_text(row.summary, row.html),
        at=row.published_at,
        status=_status(row),
        unit_name=row.unit or "",
        path=area,
    )


def texts(keys: Collection[str]) -> dict[str, str]:
    """Title and text, for checking phrases."""
    with db.engine.connect() as connection:
        rows = connection.execute(_ROWS.where(Guide.id.in_(ids_of(keys))))
        return {f"{Kind.GUIDE}:{row.id}": f"{row.title}\n{guide_text(row.summary, row.html)}" for row in rows}


def visible(viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
    """Those of `groups` that `viewer` may see now."""
    ids = [group // 2 for group in groups if group % 2]
    found = db.session.scalars(select(Guide.id).where(Guide.id.in_(ids), *_STANDS, policy.guides_visible_to(viewer)))
    return frozenset(group_of(Kind.GUIDE, number) for number in found)


def became_due(since: Any) -> list[int]:
    """Guides whose review date passed after the day `since`: their place in search changes without an edit."""
    return list(
        db.session.scalars(select(Guide.id).where(Guide.review_due >= since, Guide.review_due < today(), *_STANDS))
    )
