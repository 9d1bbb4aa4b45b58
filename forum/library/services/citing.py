"""Guides cited in posts count as used. A post says so by a link to the guide's address."""

from __future__ import annotations

import re

from sqlalchemy import delete, select

from forum.core import clock, content
from forum.core.db import db
from forum.library.models import Guide, GuideAlias, GuideUse

_LINK = re.compile(r'href="/panduan/([a-z0-9-]{1,80})[#"]')


def count_uses(post_id: int) -> int:
    """Bring the uses of guides in a post up to what it says now; how many guides it cites."""
    html = content.post_html(post_id)
    slugs = set(_LINK.findall(html)) if html else set()
    cited = _guides(slugs)
    known = set(db.session.scalars(select(GuideUse.guide_id).where(GuideUse.post_id == post_id)))
    db.session.execute(delete(GuideUse).where(GuideUse.post_id == post_id, GuideUse.guide_id.not_in(cited)))
    db.session.add_all(GuideUse(guide_id=guide_id, post_id=post_id, at=clock.now()) for guide_id in cited - known)
    db.session.flush()
    return len(cited)


def _guides(slugs: set[str]) -> set[int]:
    """The guides that these addresses lead to now, by way of old addresses and merges."""
    if not slugs:
        return set()
    rows = db.session.execute(select(Guide.id, Guide.merged_into_id).where(Guide.slug.in_(slugs)))
    old = db.session.execute(
        select(Guide.id, Guide.merged_into_id)
        .join(GuideAlias, GuideAlias.guide_id == Guide.id)
        .where(GuideAlias.slug.in_(slugs))
    )
    return {row.merged_into_id or row.id for row in (*rows, *old)}
