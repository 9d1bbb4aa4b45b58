"""Masking personal data in what was stored: an edit with a mark, in every text that a post had."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from forum.core.db import db
from forum.core.errors import Conflict, Denied, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Draft, Post, PostRevision, Thread
from forum.discussions.queries.records import hold_thread_of, post_for
from forum.discussions.services import curating, texts
from forum.discussions.services.changing import store_edit
from forum.discussions.services.texts import Text
from forum.discussions.services.touching import touch_citations, touch_post
from forum.privacy.masking import masked


@dataclass(frozen=True, slots=True)
class MaskedPost:
    """A post with everything masked, as it will be stored over version `version`."""

    version: int
    text: Text
    title: str


def prepare_post(post_id: int) -> MaskedPost:
    """Render the masked text, before a transaction opens. Raises NotFound, Invalid."""
    row = db.session.execute(
        select(Post.version, Post.body, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return MaskedPost(row.version, texts.render(masked(row.body)), masked(row.title))


def mask_post(actor: Viewer, post_id: int, prepared: MaskedPost, reason: str) -> None:
    """Store a masked text as an edit, and mask the earlier ones. Raises NotFound, Denied, Conflict."""
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id, even_deleted=True)
    if not policy.may_moderate(actor, thread.board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))
    if post.version != prepared.version:
        raise Conflict(_("Kiriman ini baru saja disunting. Muat ulang halamannya, lalu putuskan lagi."))
    title = prepared.title if post.is_opening else thread.title
    if (prepared.text.body, title) != (post.body, thread.title):
        store_edit(actor, thread, post, prepared.text, title, reason)
    for row in db.session.scalars(select(PostRevision).where(PostRevision.post_id == post_id)):
        row.title, row.body, row.reason = masked(row.title), masked(row.body), masked(row.reason)
    db.session.execute(delete(Draft).where(Draft.place == f"edit:{post_id}"))
    db.session.flush()
    touch_post(thread.id, post_id, is_opening=post.is_opening)
    touch_citations(post_id, post.html, prepared.text.html)


def prepare_summary(thread_id: int) -> Text | None:
    """The masked summary of a thread. Raises NotFound, Invalid."""
    row = db.session.execute(select(Thread.summary).where(Thread.id == thread_id)).one_or_none()
    if row is None:
        raise NotFound
    return texts.render(masked(row.summary)) if row.summary else None


def mask_summary(actor: Viewer, thread_id: int, prepared: Text | None, reason: str) -> None:
    """Store a masked summary and lock reason. Raises NotFound, Denied."""
    curating.summarise(actor, thread_id, prepared)
    lock_reason = db.session.scalar(select(Thread.lock_reason).where(Thread.id == thread_id)) or ""
    db.session.execute(update(Thread).where(Thread.id == thread_id).values(lock_reason=masked(lock_reason)))
