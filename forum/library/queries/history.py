"""What a guide said, and what changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import guide_url, history_url
from forum.library.models import Guide, GuideRevision
from forum.library.queries.drafts import differences
from forum.library.queries.shapes import HistoryPage, RevisionLine, SectionDiff

MAX_REVISIONS = 200


def history_page(viewer: Viewer, slug: str, older: int | None, newer: int | None) -> HistoryPage:
    """The published texts of a guide; without numbers the last two are compared. Three statements. Raises NotFound."""
    guide = db.session.execute(
        select(Guide.id, Guide.title, Guide.slug, Guide.confidence, Guide.merged_into_id).where(
            Guide.slug == slug, policy.guides_visible_to(viewer)
        )
    ).one_or_none()
    if guide is None:
        raise NotFound
    rows = _rows(guide.id)
    numbers = [row.number for row in rows]
    if not numbers:
        raise NotFound
    newer = numbers[0] if newer is None else newer
    if older is None:
        older = next((number for number in numbers if number < newer), newer)
    if newer not in numbers or older not in numbers or older > newer:
        raise NotFound
    return HistoryPage(
        id=guide.id,
        may_propose=guide.confidence != "archived" and guide.merged_into_id is None,
        title=guide.title,
        url=guide_url(guide.slug),
        revisions=tuple(_line(row, guide.slug, numbers) for row in rows),
        older=older,
        newer=newer,
        diffs=_diffs(guide.id, older, newer) if older != newer else (),
    )


def _rows(guide_id: int) -> list[Any]:
    author, reviewer = aliased(User), aliased(User)
    return list(
        db.session.execute(
            select(
                GuideRevision.number,
                GuideRevision.decided_at,
                GuideRevision.created_at,
                GuideRevision.change_summary,
                GuideRevision.significance,
                author.name.label("author"),
                author.username,
                reviewer.name.label("reviewer"),
            )
            .join(author, author.id == GuideRevision.author_id)
            .outerjoin(reviewer, reviewer.id == GuideRevision.reviewer_id)
            .where(GuideRevision.guide_id == guide_id, GuideRevision.state.in_(("published", "former")))
            .order_by(GuideRevision.number.desc())
            .limit(MAX_REVISIONS)
        )
    )


def _line(row: Any, slug: str, numbers: list[int]) -> RevisionLine:
    return RevisionLine(
        number=row.number,
        author=row.author,
        author_url=f"/profil/{row.username}",
        at=row.decided_at or row.created_at,
        change=row.change_summary,
        significance=row.significance,
        reviewer=row.reviewer or "",
        url=f"{history_url(slug)}?versi={row.number}",
        is_current=row.number == numbers[0],
    )


def _diffs(guide_id: int, older: int, newer: int) -> tuple[SectionDiff, ...]:
    rows = db.session.execute(
        select(GuideRevision.number, GuideRevision.title, GuideRevision.summary, GuideRevision.sections).where(
            GuideRevision.guide_id == guide_id, GuideRevision.number.in_((older, newer))
        )
    )
    texts = {row.number: (row.title, row.summary, row.sections) for row in rows}
    return differences(texts[older], texts[newer])
