"""What waits for curators and owners: each queue read with one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core import content
from forum.core.content import CitedShare, SolvedThread
from forum.core.db import db
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import guide_url
from forum.library.models import Guide, GuideFlag, GuideRevision, GuideSource, GuideUse, GuideVote
from forum.library.queries.guides import today
from forum.library.queries.shapes import Link
from forum.library.queries.sketches import sketches
from forum.library.queries.standing import since_major
from forum.search.queries import gaps
from forum.search.queries.gaps import QueryLine, Table

MOST = 50
# Unhelpful: at least so many said no, and no fewer than said yes.
LEAST_NO = 2
PROMOTABLE = 10
GAPS = 8
GAP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of a queue. `note`: what there is to know before opening it. `id`: of a flag, where it can be resolved here."""

    link: Link
    note: str
    at: datetime | None
    id: int = 0


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`/moderasi/panduan`. Owners see their own guides; curators everything."""

    reviews: tuple[Waiting, ...]
    due: tuple[Waiting, ...]
    flags: tuple[Waiting, ...]
    unhelpful: tuple[Waiting, ...]
    unvalidated: tuple[Waiting, ...]
    orphans: tuple[Waiting, ...]
    drafts: tuple[Waiting, ...]
    promotable: tuple[SolvedThread, ...]
    gaps: tuple[QueryLine, ...]
    share: CitedShare
    is_curator: bool

    @property
    def is_empty(self) -> bool:
        waiting = (self.reviews, self.due, self.flags, self.unhelpful, self.unvalidated, self.orphans, self.drafts)
        return not any((*waiting, self.promotable, self.gaps))


def desk_page(viewer: Viewer) -> DeskPage:
    """Twelve statements, whatever waits."""
    mine = Guide.owner_id == viewer.id
    scope: tuple[ColumnElement[bool], ...] = (
        policy.guides_visible_to(viewer),
        Guide.published_number.is_not(None),
        Guide.confidence != "archived",
    )
    if not policy.may_curate(viewer):
        scope = (*scope, mine)
    return DeskPage(
        reviews=_reviews() if policy.may_curate(viewer) else (),
        due=_guides(scope, Guide.review_due < today(), Guide.review_due),
        flags=_flags(scope),
        unhelpful=_unhelpful(scope),
        unvalidated=_guides(scope, Guide.confidence == "unvalidated", Guide.published_at),
        orphans=_orphans(scope) if policy.may_curate(viewer) else (),
        drafts=_drafts(viewer),
        promotable=_promotable(viewer) if policy.may_curate(viewer) else (),
        gaps=gaps.table(Table.VAIN, GAP_DAYS, per_page=GAPS).lines if policy.may_curate(viewer) else (),
        share=content.cited_share(viewer, select(GuideUse.post_id)) if policy.may_curate(viewer) else CitedShare(0, 0),
        is_curator=policy.may_curate(viewer),
    )


def waiting(viewer: Viewer) -> int:
    """How many revisions and reports wait for curators. One statement."""
    reviews = select(func.count()).where(GuideRevision.state == "pending").scalar_subquery()
    flags = select(func.count()).where(GuideFlag.resolved_at.is_(None)).scalar_subquery()
    return db.session.execute(select(reviews + flags)).scalar_one() if policy.may_curate(viewer) else 0


def _promotable(viewer: Viewer) -> tuple[SolvedThread, ...]:
    """Solved threads that no guide comes from yet."""
    taken = frozenset(db.session.scalars(select(GuideSource.thread_id).distinct()))
    return content.solved_threads(viewer, taken, PROMOTABLE)


def _reviews() -> tuple[Waiting, ...]:
    rows = db.session.execute(
        select(
            GuideRevision.id, GuideRevision.title, GuideRevision.change_summary, GuideRevision.submitted_at, User.name
        )
        .join(User, User.id == GuideRevision.author_id)
        .where(GuideRevision.state == "pending")
        .order_by(GuideRevision.submitted_at)
        .limit(MOST)
    )
    return tuple(
        Waiting(Link(row.title, f"/tinjau/{row.id}"), f"{row.name}: {row.change_summary}", row.submitted_at)
        for row in rows
    )


def _drafts(viewer: Viewer) -> tuple[Waiting, ...]:
    rows = db.session.execute(
        select(GuideRevision.id, GuideRevision.title, GuideRevision.decision_reason, GuideRevision.updated_at)
        .where(GuideRevision.author_id == viewer.id, GuideRevision.state.in_(("draft", "returned")))
        .order_by(GuideRevision.updated_at.desc())
        .limit(MOST)
    )
    typed = [
        Waiting(Link(one.title or _("Panduan baru"), one.url), _("Belum disimpan"), one.at) for one in sketches(viewer)
    ]
    kept = [Waiting(Link(row.title, f"/naskah/{row.id}"), row.decision_reason, row.updated_at) for row in rows]
    return (*typed, *kept)


def _guides(scope: tuple[ColumnElement[bool], ...], which: ColumnElement[bool], order: Any) -> tuple[Waiting, ...]:
    statement = select(Guide.title, Guide.slug, Guide.published_at).where(*scope, which).order_by(order, Guide.id)
    return _lines(statement)


def _lines(statement: Select[str, str, datetime | None]) -> tuple[Waiting, ...]:
    rows = db.session.execute(statement.limit(MOST))
    return tuple(Waiting(Link(row.title, guide_url(row.slug)), "", row.published_at) for row in rows)


def _flags(scope: tuple[ColumnElement[bool], ...]) -> tuple[Waiting, ...]:
    rows = db.session.execute(
        select(Guide.title, Guide.slug, GuideFlag.id, GuideFlag.note, GuideFlag.at)
        .join(Guide, Guide.id == GuideFlag.guide_id)
        .where(*scope, GuideFlag.resolved_at.is_(None))
        .order_by(GuideFlag.at)
        .limit(MOST)
    )
    return tuple(Waiting(Link(row.title, guide_url(row.slug)), row.note, row.at, row.id) for row in rows)


def _unhelpful(scope: tuple[ColumnElement[bool], ...]) -> tuple[Waiting, ...]:
    no = func.count().filter(GuideVote.helped.is_(False))
    yes = func.count().filter(GuideVote.helped.is_(True))
    rows = db.session.execute(
        select(Guide.title, Guide.slug, Guide.published_at, no.label("no"), yes.label("yes"))
        .select_from(Guide)
        .join(GuideRevision, (GuideRevision.guide_id == Guide.id) & since_major(GuideRevision.number))
        .join(GuideVote, GuideVote.revision_id == GuideRevision.id)
        .where(*scope)
        .group_by(Guide.id, Guide.title, Guide.slug, Guide.published_at)
        .having(no >= LEAST_NO, no >= yes)
        .order_by((no - yes).desc(), Guide.id)
        .limit(MOST)
    )
    return tuple(
        Waiting(Link(row.title, guide_url(row.slug)), f"{row.yes} : {row.no}", row.published_at) for row in rows
    )


def _orphans(scope: tuple[ColumnElement[bool], ...]) -> tuple[Waiting, ...]:
    """Guides that nobody answers for in person: no owner, or one whose account is disabled."""
    owner = aliased(User)
    return _lines(
        select(Guide.title, Guide.slug, Guide.published_at)
        .outerjoin(owner, owner.id == Guide.owner_id)
        .where(*scope, or_(owner.id.is_(None), owner.is_active.is_(False)))
        .order_by(Guide.title, Guide.id)
    )


def guide_choices(viewer: Viewer, without: int) -> tuple[tuple[str, str], ...]:
    """(id, title) of guides in force, but for `without`: what can succeed it."""
    rows = db.session.execute(
        select(Guide.id, Guide.title)
        .where(
            Guide.id != without,
            Guide.published_number.is_not(None),
            Guide.confidence != "archived",
            policy.guides_visible_to(viewer),
        )
        .order_by(func.lower(Guide.title))
    )
    return tuple((str(row.id), row.title) for row in rows)
