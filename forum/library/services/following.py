"""Sources of guides go where their posts go when moderators merge or split threads."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.core.content import PostsMoved
from forum.core.db import db
from forum.library.models import GuideSource

_AT_ONCE = 1000


def follow(moved: PostsMoved) -> None:
    """What a guide was made from is where its posts are now. A thread as a whole is a source by its opening post."""
    if moved.was_opening is not None:
        _point(moved, None, moved.was_opening)
    for start in range(0, len(moved.posts), _AT_ONCE):
        db.session.execute(
            update(GuideSource)
            .where(
                GuideSource.thread_id == moved.from_thread,
                GuideSource.post_id.in_(moved.posts[start : start + _AT_ONCE]),
                GuideSource.post_id.is_distinct_from(moved.is_opening),
            )
            .values(thread_id=moved.to_thread)
            .execution_options(synchronize_session=False)
        )
    if moved.is_opening is not None:
        _point(moved, moved.is_opening, None)


def _point(moved: PostsMoved, before: int | None, after: int | None) -> None:
    """Sources that named `before` of the thread that is left name `after` of the other; None: the thread as a whole."""
    there = select(GuideSource.guide_id).where(
        GuideSource.thread_id == moved.to_thread, GuideSource.post_id.is_not_distinct_from(after)
    )
    db.session.execute(
        update(GuideSource)
        .where(
            GuideSource.thread_id == moved.from_thread,
            GuideSource.post_id.is_not_distinct_from(before),
            GuideSource.guide_id.not_in(there),
        )
        .values(thread_id=moved.to_thread, post_id=after)
        .execution_options(synchronize_session=False)
    )
