"""Who may do what in the library. The predicate about seeing has its SQL twin beside it; tests hold the two together."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library.models import Guide, GuideRevision
from forum.library.workflow import State, Who


class GuideState(Protocol):
    """What decides about a guide. `authors`: whoever wrote one of its revisions."""

    @property
    def is_published(self) -> bool: ...
    @property
    def audience(self) -> str: ...
    @property
    def authors(self) -> frozenset[int]: ...


def may_curate(viewer: Viewer) -> bool:
    """Moderators keep the library, also those who are limited to some boards: a guide belongs to no board."""
    return viewer.is_moderator


def may_see_guide(viewer: Viewer, guide: GuideState) -> bool:
    """What is published is there for its audience; what is not, for curators and those who write it."""
    if not viewer.is_authenticated:
        return False
    if may_curate(viewer):
        return True
    if viewer.id in guide.authors:
        return True
    return guide.is_published and guide.audience == "everyone"


def guides_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_see_guide`, for a statement over `Guide`."""
    if not viewer.is_authenticated:
        return false()
    if may_curate(viewer):
        return true()
    own = (
        select(GuideRevision.id)
        .where(GuideRevision.guide_id == Guide.id, GuideRevision.author_id == viewer.id)
        .correlate(Guide)
        .exists()
    )
    return or_(own, and_(Guide.published_number.is_not(None), Guide.audience == "everyone"))


class RevisionState(Protocol):
    """What decides about a revision."""

    @property
    def state(self) -> str: ...
    @property
    def author_id(self) -> int: ...


# What stands, or stood, in the guide for its readers.
READ = (State.PUBLISHED, State.FORMER)


def may_see_revision(viewer: Viewer, guide: GuideState, revision: RevisionState) -> bool:
    """What was published, those who see the guide; the rest, its author and curators."""
    if not viewer.is_authenticated:
        return False
    if may_curate(viewer) or revision.author_id == viewer.id:
        return True
    return revision.state in READ and may_see_guide(viewer, guide)


def revisions_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_see_revision`, for a statement over `GuideRevision` and `Guide`."""
    if not viewer.is_authenticated:
        return false()
    if may_curate(viewer):
        return true()
    published = and_(GuideRevision.state.in_(READ), Guide.published_number.is_not(None), Guide.audience == "everyone")
    wrote = aliased(GuideRevision)
    co_author = (
        select(wrote.id).where(wrote.guide_id == Guide.id, wrote.author_id == viewer.id).correlate(Guide).exists()
    )
    return or_(GuideRevision.author_id == viewer.id, published, and_(GuideRevision.state.in_(READ), co_author))


def who_is(viewer: Viewer, authors: frozenset[int]) -> Who:
    """What `viewer` is to a revision that `authors` wrote."""
    if viewer.id in authors:
        return Who.AUTHOR
    return Who.CURATOR if may_curate(viewer) else Who.READER


def refuse_keeping(viewer: Viewer, owner_id: int | None) -> str:
    """Why the viewer may not say "still right" or resolve flags; '' if they may: its owner, and curators."""
    if may_curate(viewer) or (viewer.id is not None and viewer.id == owner_id):
        return ""
    return _("Hanya pemilik panduan dan kurator yang dapat melakukannya.")


def refuse_curating(viewer: Viewer) -> str:
    """Why the viewer may not archive, merge, rename; '' if they may."""
    return "" if may_curate(viewer) else _("Hanya kurator yang dapat melakukannya.")
