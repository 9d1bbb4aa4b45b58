"""Revisions of guides as something that files are attached to: see `core.content.FileOwner`."""

from __future__ import annotations

from sqlalchemy import Select, String, cast, select, union_all

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide, GuideRevision, GuideSketch
from forum.library.queries.records import guide_for, record_of

FILES = "revision"


def may_see(viewer: Viewer, revision_id: int) -> bool:
    """May the viewer see what is attached to the revision?"""
    row = db.session.get(GuideRevision, revision_id)
    if row is None:
        return False
    try:
        guide = guide_for(viewer, row.guide_id)
    except NotFound:
        return False
    return policy.may_see_revision(viewer, guide, record_of(row))


def visible(viewer: Viewer) -> Select[int]:
    """SQL twin of `may_see`: the ids of the revisions."""
    return (
        select(GuideRevision.id)
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .where(policy.revisions_visible_to(viewer))
    )


def in_draft(user_id: int, token: str) -> bool:
    """Does something that this person typed and did not save yet speak of the file?"""
    typed = cast(GuideRevision.autosaved, String).contains(token, autoescape=True)
    begun = cast(GuideSketch.fields, String).contains(token, autoescape=True)
    mine = union_all(
        select(GuideRevision.id).where(GuideRevision.author_id == user_id, typed),
        select(GuideSketch.user_id).where(GuideSketch.user_id == user_id, begun),
    )
    return db.session.execute(mine.limit(1)).first() is not None


def revisions_of(guide_id: int) -> list[int]:
    """The ids of all revisions of the guide."""
    return list(db.session.scalars(select(GuideRevision.id).where(GuideRevision.guide_id == guide_id)))
