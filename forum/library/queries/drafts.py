"""A revision for its authors and reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core import diff
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.addresses import guide_url
from forum.library.models import Guide, GuideArea, GuideComment, GuideRevision
from forum.library.queries.shapes import SectionDiff
from forum.library.sections import Section
from forum.library.workflow import Action, State, Who, allowed


@dataclass(frozen=True, slots=True)
class CommentLine:
    section: str
    name: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A revision in the making, or under review. `changes`: what it changes in what holds now; `newer`: the guide was
    published again since the draft was begun. `actions`: what the viewer may do."""

    id: int
    guide_id: int
    guide_title: str
    guide_url: str
    number: int
    state: State
    version: int
    based_on: int | None
    published_number: int | None
    author: str
    is_author: bool
    title: str
    summary: str
    bodies: dict[str, str]
    html: dict[str, Markup]
    change_summary: str
    significance: str
    decision_reason: str
    reviewer: str
    submitted_at: datetime | None
    autosaved: dict[str, str] | None
    autosaved_at: datetime | None
    changes: tuple[SectionDiff, ...]
    comments: tuple[CommentLine, ...]
    actions: tuple[Action, ...]

    @property
    def newer(self) -> bool:
        return self.published_number is not None and self.published_number != self.based_on


def draft_page(viewer: Viewer, revision_id: int) -> DraftPage:
    """The revision for one of its authors, or a curator. Three statements. Raises NotFound for everybody else."""
    author, reviewer, published = aliased(User), aliased(User), aliased(GuideRevision)
    row = db.session.execute(
        select(
            GuideRevision,
            Guide.title.label("guide_title"),
            Guide.slug,
            Guide.published_number,
            author.name.label("author"),
            reviewer.name.label("reviewer"),
            published.title.label("old_title"),
            published.summary.label("old_summary"),
            published.sections.label("old_sections"),
        )
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .join(author, author.id == GuideRevision.author_id)
        .outerjoin(reviewer, reviewer.id == GuideRevision.reviewer_id)
        .outerjoin(published, (published.guide_id == Guide.id) & (published.number == Guide.published_number))
        .where(GuideRevision.id == revision_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    revision: GuideRevision = row.GuideRevision
    who = policy.who_is(viewer, frozenset((revision.author_id, *revision.editors)))
    if who is Who.READER or not viewer.is_authenticated:
        raise NotFound
    return DraftPage(
        id=revision.id,
        guide_id=revision.guide_id,
        guide_title=row.guide_title,
        guide_url=guide_url(row.slug) if row.published_number else "",
        number=revision.number,
        state=State(revision.state),
        version=revision.version,
        based_on=revision.based_on,
        published_number=row.published_number,
        author=row.author,
        is_author=who is Who.AUTHOR,
        title=revision.title,
        summary=revision.summary,
        bodies=dict(revision.sections),
        html={name: Markup(text) for name, text in revision.html.items()},  # noqa: S704 - sanitised when it was written
        change_summary=revision.change_summary,
        significance=revision.significance,
        decision_reason=revision.decision_reason,
        reviewer=row.reviewer or "",
        submitted_at=revision.submitted_at,
        autosaved=revision.autosaved if who is Who.AUTHOR else None,
        autosaved_at=revision.autosaved_at,
        changes=differences(
            (row.old_title or "", row.old_summary or "", row.old_sections or {}),
            (revision.title, revision.summary, revision.sections),
        ),
        comments=_comments(revision.id),
        actions=allowed(State(revision.state), who),
    )


Text = tuple[str, str, dict[str, str]]


def differences(before: Text, after: Text) -> tuple[SectionDiff, ...]:
    """What changed from one text (title, summary, sections) to another, part by part; equal parts are left out."""
    parts = [(_("Judul"), before[0], after[0]), (_("Ringkasan"), before[1], after[1])]
    parts += [(str(section.label), before[2].get(section, ""), after[2].get(section, "")) for section in Section]
    return tuple(SectionDiff(label, diff.words(old, new)) for label, old, new in parts if old != new)


def _comments(revision_id: int) -> tuple[CommentLine, ...]:
    rows = db.session.execute(
        select(GuideComment.section, User.name, GuideComment.body, GuideComment.at)
        .join(User, User.id == GuideComment.user_id)
        .where(GuideComment.revision_id == revision_id)
        .order_by(GuideComment.id)
    )
    return tuple(CommentLine(*row) for row in rows)


def text_of_revision(viewer: Viewer, guide_id: int, number: int | None = None) -> Any:
    """Title, summary, sections and number of a published or former revision; None: the one that holds now. Raises NotFound."""
    wanted = GuideRevision.number == (Guide.published_number if number is None else number)
    row = db.session.execute(
        select(GuideRevision.title, GuideRevision.summary, GuideRevision.sections, GuideRevision.number)
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .where(
            Guide.id == guide_id,
            wanted,
            GuideRevision.state.in_((State.PUBLISHED, State.FORMER)),
            policy.guides_visible_to(viewer),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def area_choices() -> tuple[tuple[str, str], ...]:
    """(id, name) of the service areas."""
    rows = db.session.execute(select(GuideArea.id, GuideArea.name).order_by(GuideArea.position, GuideArea.id))
    return tuple((str(row.id), row.name) for row in rows)


def owner_id_of(username: str) -> int | None:
    """The id of the active account with this username."""
    return db.session.scalar(select(User.id).where(User.username == username.strip().lower(), User.is_active))


def unit_names() -> tuple[tuple[str, str], ...]:
    """(id, name) of the units in use."""
    rows = db.session.execute(select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name))
    return tuple((str(row.id), row.name) for row in rows)
