"""A guide as a Markdown file."""

from __future__ import annotations

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import _, exact_time
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide, GuideRevision
from forum.library.queries.guides import guide_page
from forum.library.sections import Section


def as_markdown(viewer: Viewer, slug: str) -> str:
    """The published text with what says how far to trust it: revision, date, owner. Raises NotFound."""
    page = guide_page(viewer, slug)
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
