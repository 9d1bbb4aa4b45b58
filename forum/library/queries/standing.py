"""What still counts: acknowledgements and answers bind to a revision, and hold until a major one is published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.viewer import Viewer
from forum.library.models import Acknowledgement, Guide, GuideRevision


def since_major(number: Any) -> ColumnElement[bool]:
    """SQL, within a statement over `Guide`: a revision `number` of it says in essence what holds now."""
    major = aliased(GuideRevision)
    last = (
        select(func.max(major.number))
        .where(
            major.guide_id == Guide.id,
            major.significance == "major",
            major.state.in_(("published", "former")),
        )
        .correlate(Guide)
        .scalar_subquery()
    )
    return or_(last.is_(None), number >= last)


def read_at(viewer: Viewer) -> Any:
    """SQL, within a statement over `Guide`: when the viewer said that they have read what holds now; NULL if they did not."""
    revision = aliased(GuideRevision)
    return (
        select(func.max(Acknowledgement.at))
        .join(revision, revision.id == Acknowledgement.revision_id)
        .where(Acknowledgement.user_id == viewer.id, revision.guide_id == Guide.id, since_major(revision.number))
        .correlate(Guide)
        .scalar_subquery()
    )
