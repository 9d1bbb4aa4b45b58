"""The page of a guide."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.accounts.queries import Person
from forum.attachments.queries.files import on_page
from forum.attachments.queries.shapes import FileView
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import local_date
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import LIBRARY, collection_url, guide_url, history_url, markdown_url, pdf_url
from forum.library.models import (
    Collection,
    CollectionItem,
    Guide,
    GuideAlias,
    GuideArea,
    GuideRevision,
    GuideSource,
    GuideTag,
    GuideUse,
    GuideVote,
)
from forum.library.queries.files import FILES
from forum.library.queries.shapes import Badge, GuidePage, Link, SectionView, SourceLine, badge_of
from forum.library.queries.standing import read_at
from forum.library.sections import Section
from forum.search.documents import Kind
from forum.search.sources import Card, source_of


def address_of(viewer: Viewer, slug: str) -> str | None:
    """Where the guide with the address `slug` is now, if that is elsewhere: renamed, or merged. None for here, or nowhere."""
    into = aliased(Guide)
    renamed = db.session.scalar(
        select(Guide.slug)
        .join(GuideAlias, GuideAlias.guide_id == Guide.id)
        .where(GuideAlias.slug == slug, policy.guides_visible_to(viewer))
    )
    merged = db.session.scalar(
        select(into.slug)
        .join(Guide, Guide.merged_into_id == into.id)
        .where(Guide.slug == (renamed or slug), policy.guides_visible_to(viewer))
    )
    return merged or renamed


def guide_page(viewer: Viewer, slug: str) -> GuidePage:
    """The published text of the guide. Raises NotFound. Seven statements, and those of the sources' cards."""
    row = _row(viewer, slug)
    guide: Guide = row.Guide
    tags = db.session.execute(
        select(GuideTag.name, GuideTag.slug).where(GuideTag.guide_id == guide.id).order_by(GuideTag.name)
    )
    paths = db.session.execute(
        select(Collection.name, Collection.slug)
        .join(CollectionItem, CollectionItem.collection_id == Collection.id)
        .where(CollectionItem.guide_id == guide.id)
        .order_by(Collection.position, Collection.id)
    )
    sources, hidden = _sources(viewer, guide.id)
    badge = badge_of(guide.confidence, guide.review_due, guide.published_number, local_date(clock.now()))
    return GuidePage(
        id=guide.id,
        version=guide.version,
        slug=guide.slug,
        title=guide.title,
        url=guide_url(guide.slug),
        summary=guide.summary,
        kind=guide.kind,
        badge=badge,
        area=Link(row.area_name, f"/panduan?bidang={row.area_slug}") if row.area_slug else None,
        tags=tuple(Link(tag.name, f"{LIBRARY}?tag={tag.slug}") for tag in tags),
        owner=_owner(row),
        unit=row.unit_name or "",
        revision=guide.published_number or 0,
        published_at=guide.published_at,
        validated_at=guide.validated_at,
        validated_by=row.validator or "",
        review_due=guide.review_due,
        sections=_sections(row.html or {}),
        sources=sources,
        hidden_sources=hidden,
        paths=tuple(Link(path.name, collection_url(path.slug)) for path in paths),
        archive_reason=guide.archive_reason,
        successor=Link(row.successor_title, guide_url(row.successor_slug)) if row.successor_slug else None,
        uses=row.uses,
        read_at=row.read_at,
        vote=row.vote,
        is_sample=guide.is_sample,
        may_keep=not policy.refuse_keeping(viewer, guide.owner_id) and badge is not Badge.ARCHIVED,
        may_curate=policy.may_curate(viewer),
        may_validate=policy.may_curate(viewer)
        and badge is Badge.UNVALIDATED
        and viewer.id not in (row.author_id, *(row.editors or ())),
        history_url=history_url(guide.slug),
        markdown_url=markdown_url(guide.slug),
        pdf_url=pdf_url(guide.slug),
        files=_files(viewer, row.revision_id, row.html or {}),
    )


def _row(viewer: Viewer, slug: str) -> Any:
    owner, validator, unit, owner_unit, successor = (
        aliased(User),
        aliased(User),
        aliased(Unit),
        aliased(Unit),
        aliased(Guide),
    )
    uses = select(func.count()).where(GuideUse.guide_id == Guide.id).correlate(Guide).scalar_subquery()
    statement = (
        select(
            Guide,
            GuideRevision.id.label("revision_id"),
            GuideRevision.html,
            GuideRevision.author_id,
            GuideRevision.editors,
            GuideArea.name.label("area_name"),
            GuideArea.slug.label("area_slug"),
            unit.name.label("unit_name"),
            validator.name.label("validator"),
            owner.id.label("owner_id"),
            owner.username,
            owner.name.label("owner_name"),
            owner.position,
            owner.role,
            owner.is_active,
            owner_unit.short_name.label("owner_unit"),
            successor.title.label("successor_title"),
            successor.slug.label("successor_slug"),
            uses.label("uses"),
            read_at(viewer).label("read_at"),
            GuideVote.helped.label("vote"),
        )
        .join(
            GuideRevision,
            (GuideRevision.guide_id == Guide.id) & (GuideRevision.number == Guide.published_number),
        )
        .outerjoin(GuideArea, GuideArea.id == Guide.area_id)
        .outerjoin(owner, owner.id == Guide.owner_id)
        .outerjoin(owner_unit, owner_unit.id == owner.unit_id)
        .outerjoin(validator, validator.id == Guide.validated_by_id)
        .outerjoin(unit, unit.id == Guide.unit_id)
        .outerjoin(successor, successor.id == Guide.successor_id)
        .outerjoin(GuideVote, (GuideVote.revision_id == GuideRevision.id) & (GuideVote.user_id == viewer.id))
        .where(Guide.slug == slug, Guide.merged_into_id.is_(None), policy.guides_visible_to(viewer))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def _owner(row: Any) -> Person | None:
    """Who answers for the guide; nobody in person once the account is disabled: then its unit does."""
    if row.owner_id is None or not row.is_active:
        return None
    return Person(
        row.owner_id,
        row.username,
        row.owner_name,
        row.position,
        row.owner_unit or "",
        row.role,
        f"/profil/{row.username}",
    )


def _sections(html: dict[str, str]) -> tuple[SectionView, ...]:
    return tuple(
        SectionView(section, str(section.label), section.value, Markup(html[section]))  # noqa: S704 - sanitised when it was written
        for section in Section
        if html.get(section)
    )


def _files(viewer: Viewer, revision_id: int, html: dict[str, str]) -> tuple[FileView, ...]:
    """What is attached to the text that holds, but for the images that it shows. One statement."""
    text = "".join(html.values())
    files = on_page(viewer, FILES, [revision_id]).of.get(revision_id, ())
    return tuple(file for file in files if not (file.is_image and f'src="{file.thumb_url}"' in text))


def _sources(viewer: Viewer, guide_id: int) -> tuple[tuple[SourceLine, ...], int]:
    """The cases that the viewer may see, and how many others there are. A thread is listed once."""
    rows = db.session.execute(
        select(GuideSource.thread_id, GuideSource.post_id)
        .where(GuideSource.guide_id == guide_id)
        .order_by(GuideSource.thread_id, GuideSource.id)
    ).all()
    keys = [f"thread:{row.thread_id}" if row.post_id is None else f"post:{row.post_id}" for row in rows]
    source = source_of(Kind.THREAD)
    cards: dict[str, Card] = dict(source.cards(viewer, keys)) if source and keys else {}
    lines = tuple(
        SourceLine(Link(cards[key].title, cards[key].url), cards[key].is_solution) for key in keys if key in cards
    )
    return lines, len(keys) - len(lines)


def today() -> date:
    """The day in the city's time zone."""
    return local_date(clock.now())


def made_from(viewer: Viewer, thread_id: int) -> tuple[tuple[str, str], ...]:
    """Title and address of the guides in force that come from a thread. One statement."""
    rows = db.session.execute(
        select(Guide.title, Guide.slug)
        .where(
            select(GuideSource.id).where(GuideSource.guide_id == Guide.id, GuideSource.thread_id == thread_id).exists(),
            Guide.published_number.is_not(None),
            Guide.confidence != "archived",
            policy.guides_visible_to(viewer),
        )
        .order_by(Guide.title, Guide.id)
    )
    return tuple((row.title, guide_url(row.slug)) for row in rows)
