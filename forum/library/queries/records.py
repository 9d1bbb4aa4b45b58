"""Guides and revisions as the rules need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide, GuideRevision
from forum.library.workflow import State


@dataclass(frozen=True, slots=True)
class GuideRecord:
    """A guide, and who wrote its revisions. It satisfies `policy.GuideState`."""

    id: int
    slug: str
    title: str
    confidence: str
    audience: str
    owner_id: int | None
    unit_id: int | None
    review_months: int
    review_due: date | None
    published_number: int | None
    merged_into_id: int | None
    version: int
    authors: frozenset[int]

    @property
    def is_published(self) -> bool:
        return self.published_number is not None

    @property
    def is_archived(self) -> bool:
        return self.confidence == "archived"


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A revision without its text. `authors`: all who wrote some of it."""

    id: int
    guide_id: int
    number: int
    state: State
    based_on: int | None
    significance: str
    author_id: int
    authors: frozenset[int]
    version: int


def guide_for(viewer: Viewer, guide_id: int, *, hold: bool = False) -> GuideRecord:
    """The guide if `viewer` may see it; `hold` keeps others from changing it until the transaction ends. Raises NotFound."""
    statement = select(Guide).where(Guide.id == guide_id).execution_options(populate_existing=True)
    guide = db.session.scalars(statement.with_for_update() if hold else statement).one_or_none()
    if guide is None:
        raise NotFound
    authors = frozenset(
        db.session.scalars(select(GuideRevision.author_id).where(GuideRevision.guide_id == guide_id).distinct())
    )
    record = GuideRecord(
        id=guide.id,
        slug=guide.slug,
        title=guide.title,
        confidence=guide.confidence,
        audience=guide.audience,
        owner_id=guide.owner_id,
        unit_id=guide.unit_id,
        review_months=guide.review_months,
        review_due=guide.review_due,
        published_number=guide.published_number,
        merged_into_id=guide.merged_into_id,
        version=guide.version,
        authors=authors,
    )
    if not policy.may_see_guide(viewer, record):
        raise NotFound
    return record


def revision_row(revision_id: int) -> GuideRevision:
    """The stored revision. Raises NotFound."""
    row = db.session.get(GuideRevision, revision_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def record_of(row: GuideRevision) -> RevisionRecord:
    return RevisionRecord(
        id=row.id,
        guide_id=row.guide_id,
        number=row.number,
        state=State(row.state),
        based_on=row.based_on,
        significance=row.significance,
        author_id=row.author_id,
        authors=frozenset((row.author_id, *row.editors)),
        version=row.version,
    )


def pending_of(guide_id: int) -> GuideRevision | None:
    """The revision of the guide that waits for review; there is at most one."""
    return db.session.scalars(
        select(GuideRevision).where(GuideRevision.guide_id == guide_id, GuideRevision.state == State.PENDING)
    ).one_or_none()


def open_of(guide_id: int, author_id: int) -> GuideRevision | None:
    """The revision of the guide that `author_id` is still writing."""
    return db.session.scalars(
        select(GuideRevision)
        .where(
            GuideRevision.guide_id == guide_id,
            GuideRevision.author_id == author_id,
            GuideRevision.state.in_((State.DRAFT, State.RETURNED)),
        )
        .order_by(GuideRevision.number.desc())
        .limit(1)
    ).one_or_none()
