"""Where a thread, or a post, is now, for addresses that it had before moderators merged or split threads."""

from __future__ import annotations

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, thread_url
from forum.discussions.models import Post, Thread


def thread_of(viewer: Viewer, thread_id: int, post_id: int | None) -> int:
    """The thread in which a reply to a post belongs that was written in `thread_id`, from which posts have moved away.

    `post_id`: the post that is answered, None for the opening one. That thread itself, where nothing has moved.
    """
    opened = _opened(thread_id)
    left = select(Post.id).where(Post.thread_id == thread_id, Post.withheld == "moved").limit(1)
    if opened is None and db.session.scalar(left) is None:
        return thread_id
    found = _place(viewer, thread_id, post_id or opened)
    return found[0] if found else thread_id


def new_address(viewer: Viewer, thread_id: int, post_id: int | None) -> str:
    """Where an address leads that names a thread, or a post in it, which is no longer there.

    Raises NotFound when it is nowhere else, or the viewer may not see where it is.
    """
    post_id = post_id or _opened(thread_id)
    found = _place(viewer, thread_id, post_id)
    if found is None or post_id is None:
        raise NotFound
    return permalink(thread_url(*found), post_id)


def _opened(thread_id: int) -> int | None:
    """The post that opened a thread which was merged into another."""
    return db.session.scalar(select(Thread.merged_as_id).where(Thread.id == thread_id))


def _place(viewer: Viewer, thread_id: int, post_id: int | None) -> tuple[int, str] | None:
    row = db.session.execute(
        select(Thread.id, Thread.slug)
        .join(Post, Post.thread_id == Thread.id)
        .where(Post.id == post_id, Thread.id != thread_id, policy.threads_visible_to(viewer))
    ).one_or_none()
    return (row.id, row.slug) if row else None
