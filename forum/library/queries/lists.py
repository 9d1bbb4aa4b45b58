"""The library's index and its learning paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from forum.accounts.models import Unit
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.paging import with_query
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import LIBRARY, collection_url
from forum.library.models import (
    Collection,
    CollectionItem,
    Guide,
    GuideArea,
    GuideTag,
)
from forum.library.queries.guides import today
from forum.library.queries.shapes import Choice, Choices, GuideCard, LibraryPage, PathCard, PathPage, PathStep, badge_of
from forum.library.queries.standing import read_at

PAGE = 24
SORTS = ("judul", "terbaru")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the index asks for; '' narrows nothing. `page` counts from 1."""

    area: str = ""
    unit: str = ""
    tag: str = ""
    state: str = ""
    sort: str = "judul"
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        return bool(self.area or self.unit or self.tag or self.state)

    def url(self, **changes: str | int | None) -> str:
        now: dict[str, str | int | None] = {
            "bidang": self.area or None,
            "opd": self.unit or None,
            "tag": self.tag or None,
            "keadaan": self.state or None,
            "urut": None if self.sort == "judul" else self.sort,
        }
        return with_query(LIBRARY, **{**now, **changes})


InLibrary = tuple[ColumnElement[bool], ...]
REVIEW_DUE = "tinjau"
STATES: dict[str, str] = {"tervalidasi": "validated", "belum": "unvalidated", "arsip": "archived", REVIEW_DUE: ""}
MOST_TAGS = 15


def library_page(viewer: Viewer, asked: Asked) -> LibraryPage:
    """`/panduan`. Five statements. Raises NotFound for what the address cannot mean."""
    if asked.sort not in SORTS or (asked.state and asked.state not in STATES):
        raise NotFound
    in_library = (Guide.published_number.is_not(None), Guide.merged_into_id.is_(None), policy.guides_visible_to(viewer))
    statement = cards_statement().where(*in_library, *_filters(asked))
    order = (Guide.published_at.desc(),) if asked.sort == "terbaru" else (func.lower(Guide.title),)
    rows = db.session.execute(
        statement.order_by(*order, Guide.id).limit(PAGE + 1).offset((asked.page - 1) * PAGE)
    ).all()
    if asked.page > 1 and not rows:
        raise NotFound
    areas = _areas(asked, in_library)
    return LibraryPage(
        cards=tuple(card_of(row) for row in rows[:PAGE]),
        filters=tuple(one for one in (areas, *_other_choices(asked, in_library)) if one.lines),
        paths=() if asked.is_filtered or asked.page > 1 else _paths(viewer),
        sorts=_sorts(asked),
        title=next((line.label for line in areas.lines if line.is_current and asked.area), _("Panduan")),
        newer=asked.url(hal=asked.page - 1 if asked.page > 2 else None) if asked.page > 1 else None,
        older=asked.url(hal=asked.page + 1) if len(rows) > PAGE else None,
        is_filtered=asked.is_filtered,
    )


def _sorts(asked: Asked) -> tuple[Choice, ...]:
    labels = {"judul": _("A-Z"), "terbaru": _("Terbaru")}
    return tuple(
        Choice(label, asked.url(urut=None if sort == "judul" else sort), sort == asked.sort)
        for sort, label in labels.items()
    )


def _filters(asked: Asked) -> list[ColumnElement[bool]]:
    """Archived guides are listed only where they are asked for."""
    filters: list[ColumnElement[bool]] = []
    if asked.area:
        filters.append(GuideArea.slug == asked.area)
    if asked.unit:
        filters.append(Unit.slug == asked.unit)
    if asked.tag:
        filters.append(
            select(GuideTag.guide_id).where(GuideTag.guide_id == Guide.id, GuideTag.slug == asked.tag).exists()
        )
    if asked.state == REVIEW_DUE:
        filters += [Guide.confidence != "archived", Guide.review_due < today()]
    elif asked.state:
        filters.append(Guide.confidence == STATES[asked.state])
    else:
        filters.append(Guide.confidence != "archived")
    return filters


def _areas(asked: Asked, in_library: InLibrary) -> Choices:
    counted = and_(Guide.area_id == GuideArea.id, Guide.confidence != "archived", *in_library)
    rows = db.session.execute(
        select(GuideArea.slug, GuideArea.name, func.count(Guide.id))
        .outerjoin(Guide, counted)
        .group_by(GuideArea.id, GuideArea.slug, GuideArea.name, GuideArea.position)
        .order_by(GuideArea.position, GuideArea.id)
    ).all()
    every = Choice(_("Semua bidang"), asked.url(bidang=None), not asked.area, sum(row[2] for row in rows))
    lines = (Choice(name, asked.url(bidang=slug), slug == asked.area, count) for slug, name, count in rows if count)
    return Choices(_("Bidang layanan"), (every, *lines))


def _other_choices(asked: Asked, in_library: InLibrary) -> Iterator[Choices]:
    """By state, unit and tag; what is chosen already is a way back."""
    labels = {
        "tervalidasi": _("Tervalidasi"), "belum": _("Belum divalidasi"), "tinjau": _("Perlu ditinjau"), "arsip": _("Diarsipkan"),
    }  # fmt: skip
    yield Choices(_("Keadaan"), tuple(_toggle(asked, "keadaan", asked.state, *state) for state in labels.items()))
    in_force = (*in_library, Guide.confidence != "archived")
    units = db.session.execute(
        select(Unit.slug, Unit.short_name, func.count())
        .join(Guide, Guide.unit_id == Unit.id)
        .where(*in_force)
        .group_by(Unit.id, Unit.slug, Unit.short_name)
        .order_by(Unit.short_name)
    )
    yield Choices(_("Perangkat daerah"), tuple(_toggle(asked, "opd", asked.unit, *row) for row in units))
    tags = db.session.execute(
        select(GuideTag.slug, func.min(GuideTag.name), func.count())
        .join(Guide, Guide.id == GuideTag.guide_id)
        .where(*in_force)
        .group_by(GuideTag.slug)
        .order_by(func.count().desc(), GuideTag.slug)
        .limit(MOST_TAGS)
    )
    yield Choices(_("Tag"), tuple(_toggle(asked, "tag", asked.tag, *row) for row in tags))


def _toggle(asked: Asked, name: str, chosen: str, value: str, label: str, count: int | None = None) -> Choice:
    is_current = value == chosen
    return Choice(label, asked.url(**{name: None if is_current else value}), is_current, count)


def cards_statement() -> Any:
    return (
        select(
            Guide.id,
            Guide.title,
            Guide.slug,
            Guide.summary,
            Guide.kind,
            Guide.confidence,
            Guide.review_due,
            Guide.published_number,
            Guide.validated_at,
            GuideArea.name.label("area"),
            Unit.short_name.label("unit"),
        )
        .outerjoin(GuideArea, GuideArea.id == Guide.area_id)
        .outerjoin(Unit, Unit.id == Guide.unit_id)
    )


def card_of(row: Any) -> GuideCard:
    return GuideCard(
        id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        kind=row.kind,
        badge=badge_of(row.confidence, row.review_due, row.published_number, today()),
        area=row.area or "",
        unit=row.unit or "",
        validated_at=row.validated_at,
        review_due=row.review_due,
    )


def _paths(viewer: Viewer) -> tuple[PathCard, ...]:
    read = read_at(viewer)
    rows = db.session.execute(
        select(
            Collection.name,
            Collection.slug,
            Collection.description,
            func.count(Guide.id),
            func.count(read),
        )
        .join(CollectionItem, CollectionItem.collection_id == Collection.id)
        .join(Guide, Guide.id == CollectionItem.guide_id)
        .where(Guide.published_number.is_not(None), policy.guides_visible_to(viewer))
        .group_by(Collection.id, Collection.name, Collection.slug, Collection.description, Collection.position)
        .order_by(Collection.position, Collection.id)
    )
    return tuple(
        PathCard(name, collection_url(slug), description, guides, read)
        for name, slug, description, guides, read in rows
    )


def path_page(viewer: Viewer, slug: str) -> PathPage:
    """`/jalur/<slug>`. Two statements. Raises NotFound."""
    path = db.session.execute(
        select(Collection.id, Collection.name, Collection.description).where(Collection.slug == slug)
    ).one_or_none()
    if path is None:
        raise NotFound
    rows = db.session.execute(
        cards_statement()
        .add_columns(read_at(viewer).label("read_at"))
        .join(CollectionItem, CollectionItem.guide_id == Guide.id)
        .where(
            CollectionItem.collection_id == path.id,
            Guide.published_number.is_not(None),
            policy.guides_visible_to(viewer),
        )
        .order_by(CollectionItem.position)
    )
    return PathPage(slug, path.name, path.description, tuple(PathStep(card_of(row), row.read_at) for row in rows))
