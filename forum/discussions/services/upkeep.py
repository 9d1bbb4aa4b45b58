"""Keeping stored HTML in step with the renderer."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.markup import RENDERER_VERSION
from forum.discussions.models import Post
from forum.discussions.services import texts
from forum.discussions.services.touching import touch_post

BATCH = 200


def render_again(limit: int = BATCH) -> int:
    """Render up to `limit` posts that an older renderer made; returns how many were looked at.

    Opens a transaction of its own for each post, since rendering must not hold the database. What the renderer of today
    refuses keeps its HTML, and counts as up to date. An edit meanwhile wins.
    """
    outdated = db.session.execute(
        select(Post.id, Post.body, Post.html, Post.version, Post.thread_id, Post.number)
        .where(Post.renderer_version < RENDERER_VERSION)
        .order_by(Post.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    for post_id, body, old_html, version, thread_id, number in outdated:
        html = old_html
        with suppress(Invalid):
            html = texts.render(body).html
        with transaction():
            db.session.execute(
                update(Post)
                .where(Post.id == post_id, Post.version == version)
                .values(html=html, renderer_version=RENDERER_VERSION)
            )
            if html != old_html:
                touch_post(thread_id, post_id, is_opening=number == 1)
    return len(outdated)
