"""Threads and posts as moderators meet them: for `moderation.subjects`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, person_url, thread_url
from forum.discussions.models import Board, Post, PostRevision, Thread
from forum.moderation import subjects
from forum.moderation.subjects import Earlier, Subject, SubjectKind
from forum.search import analysis


def read_post(viewer: Viewer | None, post_id: int) -> Subject:
    """A reply; or the thread, for its opening post. Raises NotFound. Two statements."""
    statement = (
        select(Post, Thread, User, Board.name)
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(User, User.id == Post.author_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id == post_id)
    )
    if viewer is not None:
        statement = statement.where(policy.threads_visible_to(viewer))
    row = db.session.execute(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return _subject(*row)


def read_thread(viewer: Viewer | None, thread_id: int) -> Subject:
    """A thread, as its opening post. Raises NotFound. Three statements."""
    opening_id = db.session.scalar(select(Post.id).where(Post.thread_id == thread_id, Post.number == 1))
    if opening_id is None:
        raise NotFound
    return read_post(viewer, opening_id)


def _subject(post: Post, thread: Thread, author: User, board_name: str) -> Subject:
    is_opening = post.number == 1
    url = thread_url(thread.id, thread.slug)
    parts = {"thread": thread.id, "post": post.id} if is_opening else {"post": post.id, "thread": thread.id}
    return Subject(
        kind="thread" if is_opening else "post",
        id=thread.id if is_opening else post.id,
        title=thread.title,
        url=url if is_opening else permalink(url, post.id),
        author_id=author.id,
        author_name=author.name,
        author_url=person_url(author.username),
        author_since=author.created_at,
        board_id=thread.board_id,
        board_name=board_name,
        created_at=post.created_at,
        body=post.body,
        html=Markup(post.html),  # noqa: S704 - sanitised when it was stored
        parts={**parts, "user": author.id},
        rewrite_url=f"/kiriman/{post.id}/sunting",
        is_gone=post.deleted_at is not None or thread.deleted_at is not None,
        earlier=_earlier(post.id),
    )


def _earlier(post_id: int) -> tuple[Earlier, ...]:
    """The texts before the one that stands, the newest first."""
    rows = db.session.execute(
        select(PostRevision, User.name)
        .join(User, User.id == PostRevision.editor_id)
        .where(PostRevision.post_id == post_id)
        .order_by(PostRevision.number.desc())
    ).all()
    return tuple(
        Earlier(old.number, old.created_at, by, newer.reason, old.title, old.body)
        for (newer, by), (old, _) in pairwise(rows)
    )


def _board_of_post(post_id: Any) -> ScalarSelect[int]:
    post, thread = aliased(Post), aliased(Thread)
    return select(thread.board_id).join(post, post.thread_id == thread.id).where(post.id == post_id).scalar_subquery()


def _board_of_thread(thread_id: Any) -> ScalarSelect[int]:
    thread = aliased(Thread)
    return select(thread.board_id).where(thread.id == thread_id).scalar_subquery()


def _same(subject: Subject, since: datetime) -> int:
    """How often the author of a post wrote this very text since then, what was deleted included."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Post.author_id == subject.author_id, Post.created_at >= since, Post.body == subject.body
            )
        )
        or 0
    )


def _stems(text: str) -> Sequence[str]:
    return [token.stem for token in analysis.tokens(text)]


def _boards(viewer: Viewer) -> list[tuple[int, str]]:
    rows = db.session.execute(select(Board.id, Board.name).order_by(Board.position, Board.id))
    return [(row.id, row.name) for row in rows if viewer.moderates(row.id)]


def register() -> None:
    """Say how threads and posts are read, where they are, and how words are compared."""
    subjects.register(SubjectKind("thread", lazy("Diskusi"), read_thread, _board_of_thread, same=_same))
    subjects.register(SubjectKind("post", lazy("Balasan"), read_post, _board_of_post, same=_same))
    subjects.register_stems(_stems)
    subjects.register_boards(_boards)
