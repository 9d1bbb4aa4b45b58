"""A thread as a source for guides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.content import CitedShare, SolvedThread, SourcePost, SourceThread
from forum.core.db import db
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, thread_url
from forum.discussions.models import Post, Tag, Thread, ThreadTag
from forum.discussions.queries.records import thread_for

_again = aliased(Thread)
# A question that was asked again, or an answer that several thanked for, is worth a guide before others.
_REPEATS = (
    select(func.count())
    .where(_again.duplicate_of_id == Thread.id, _again.deleted_at.is_(None))
    .correlate(Thread)
    .scalar_subquery()
)
_WORTH = _REPEATS * 5 + Post.helpful_count * 2 + Thread.helpful_count + Thread.reply_count
# Besides question and solution: the replies that helped most.
MOST_POSTS = 30


def source_thread(viewer: Viewer, thread_id: int) -> SourceThread:
    """The question, the solution, and the replies that helped most, in the order of the thread. Raises NotFound."""
    thread_for(viewer, thread_id)
    row = db.session.execute(
        select(Thread.id, Thread.title, Thread.slug, Thread.unit_id, Thread.solution_id).where(Thread.id == thread_id)
    ).one()
    url = thread_url(row.id, row.slug)
    posts = db.session.execute(
        select(Post.id, Post.number, Post.body, Post.version, User.name)
        .join(User, User.id == Post.author_id)
        .where(Post.thread_id == thread_id, Post.deleted_at.is_(None))
        .order_by(
            (Post.number == 1).desc(), (Post.id == row.solution_id).desc(), Post.helpful_count.desc(), Post.number
        )
        .limit(MOST_POSTS)
    )
    found = [
        SourcePost(
            id=post.id,
            number=post.number,
            url=url if post.number == 1 else permalink(url, post.id),
            author=post.name,
            body=post.body,
            version=post.version,
            is_opening=post.number == 1,
            is_solution=post.id == row.solution_id,
        )
        for post in posts
    ]
    tags = db.session.scalars(
        select(Tag.name).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == thread_id)
    )
    return SourceThread(
        row.id, row.title, url, row.unit_id, tuple(tags), tuple(sorted(found, key=lambda post: post.number))
    )


def post_html(post_id: int) -> str | None:
    """The HTML of a post that stands."""
    return db.session.scalar(
        select(Post.html)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, Post.deleted_at.is_(None), Thread.deleted_at.is_(None))
    )


def solved_threads(viewer: Viewer, without: frozenset[int], limit: int) -> tuple[SolvedThread, ...]:
    """Solved threads, those first whose solution and discussion helped most. One statement."""
    rows = db.session.execute(
        select(Thread.id, Thread.title, Thread.slug, Post.helpful_count, Thread.reply_count)
        .join(Post, Post.id == Thread.solution_id)
        .where(Thread.deleted_at.is_(None), Thread.id.not_in(sorted(without)), policy.threads_visible_to(viewer))
        .order_by(_WORTH.desc(), Thread.id)
        .limit(limit)
    )
    return tuple(
        SolvedThread(row.id, row.title, thread_url(row.id, row.slug), row.helpful_count, row.reply_count)
        for row in rows
    )


def cited_share(viewer: Viewer, posts: Any) -> CitedShare:
    """Solved threads, and those of them with a post that is among `posts`. One statement."""
    cites = select(Post.id).where(Post.thread_id == Thread.id, Post.deleted_at.is_(None), Post.id.in_(posts)).exists()
    solved, citing = db.session.execute(
        select(func.count(), func.count().filter(cites)).where(
            Thread.solution_id.is_not(None), Thread.deleted_at.is_(None), policy.threads_visible_to(viewer)
        )
    ).one()
    return CitedShare(solved, citing)
