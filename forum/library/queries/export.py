"""Guides and learning paths to take along: as Markdown, and as what a PDF is made of."""

from __future__ import annotations

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _, exact_time
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide, GuideRevision
from forum.library.queries.guides import guide_page
from forum.library.queries.lists import path_page
from forum.library.queries.shapes import GuidePage, PathPage
from forum.library.sections import Section


def path_guides(viewer: Viewer, slug: str) -> tuple[PathPage, tuple[GuidePage, ...]]:
    """A learning path with its guides, in their order. Some statements for each guide. Raises NotFound."""
    path = path_page(viewer, slug)
    return path, tuple(guide_page(viewer, step.card.slug) for step in path.steps)


def as_markdown(viewer: Viewer, slug: str) -> str:
    """The published text with what says how far to trust it: revision, date, owner. Raises NotFound."""
    return _markdown(viewer, guide_page(viewer, slug))


def path_as_markdown(viewer: Viewer, slug: str) -> str:
    """The guides of a learning path, one after the other. Raises NotFound."""
    path, pages = path_guides(viewer, slug)
    head = f"# {path.name}\n\n{path.description}\n" if path.description else f"# {path.name}\n"
    return "\n---\n\n".join((head, *(_markdown(viewer, page) for page in pages)))


def _markdown(viewer: Viewer, page: GuidePage) -> str:
    sections = db.session.scalar(
        select(GuideRevision.sections)
        .join(Guide, Guide.id == GuideRevision.guide_id)
        .where(Guide.id == page.id, GuideRevision.number == page.revision, policy.guides_visible_to(viewer))
    )
    if sections is None:
        raise NotFound
    owner = page.owner.name if page.owner else page.unit
    dated = exact_time(page.published_at) if page.published_at else ""
    trust = f"{_('Versi %(number)d', number=page.revision)}, {dated}. {_('Pemilik: %(name)s', name=owner)}"
    lines = [f"# {page.title}", "", page.summary, "", f"> {trust}"]
    for section in Section:
        if body := sections.get(section):
            lines += ["", f"## {section.label}", "", body]
    return "\n".join(lines) + "\n"
