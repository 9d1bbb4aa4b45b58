"""Threads and posts as the rules see them: one frozen row each, fetched with the viewer's right to see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import thread_url
from forum.discussions.models import Board, Post, Thread
from forum.discussions.policy import BoardRules


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """A thread as the policy judges it. `board` names nobody: whether the viewer may read was decided by the statement."""

    id: int
    slug: str
    title: str
    kind: str
    board_id: int
    author_id: int
    reply_count: int
    last_number: int
    solution_id: int | None
    is_deleted: bool
    is_locked: bool
    is_pinned: bool
    lock_reason: str
    summary: str
    withheld: str
    duplicate_of_id: int | None
    board: BoardRules

    @property
    def url(self) -> str:
        return thread_url(self.id, self.slug)


@dataclass(frozen=True, slots=True)
class PostRecord:
    id: int
    thread_id: int
    parent_id: int | None
    author_id: int
    number: int
    depth: int
    body: str
    html: str
    renderer_version: int
    version: int
    created_at: datetime
    deleted_by_id: int | None
    withheld: str
    delete_reason: str
    is_deleted: bool

    @property
    def is_opening(self) -> bool:
        return self.number == 1


THREAD_COLUMNS = (
    Thread.id,
    Thread.slug,
    Thread.title,
    Thread.kind,
    Thread.board_id,
    Thread.author_id,
    Thread.reply_count,
    Thread.last_number,
    Thread.solution_id,
    Thread.deleted_at,
    Thread.locked_at,
    Thread.pinned_at,
    Thread.lock_reason,
    Thread.summary,
    Thread.withheld,
    Thread.duplicate_of_id,
    Board.is_archived,
    Board.restricts_reading,
    Board.restricts_posting,
)

POST_COLUMNS = (
    Post.id,
    Post.thread_id,
    Post.parent_id,
    Post.author_id,
    Post.number,
    Post.depth,
    Post.body,
    Post.html,
    Post.renderer_version,
    Post.version,
    Post.created_at,
    Post.deleted_by_id,
    Post.withheld,
    Post.delete_reason,
    Post.deleted_at,
)


def thread_record(row: Any) -> ThreadRecord:
    """From THREAD_COLUMNS at the head of `row`."""
    deleted_at, locked_at, pinned_at, lock_reason, summary, withheld, original, archived, reading, posting = row[9:19]
    nobody: frozenset[str | int] = frozenset()
    values = (
        *row[:9],
        deleted_at is not None,
        locked_at is not None,
        pinned_at is not None,
        lock_reason,
        summary,
        withheld,
        original,
        BoardRules(row[4], archived, reading, posting, nobody, nobody),
    )
    return ThreadRecord(*values)


def post_record(row: Any, start: int = 0) -> PostRecord:
    """From POST_COLUMNS beginning at `start` of `row`."""
    values = (*row[start : start + 14], row[start + 14] is not None)
    return PostRecord(*values)


def _seen_by(viewer: Viewer, even_deleted: bool) -> ColumnElement[bool]:
    seen = policy.boards_visible_to(viewer) if even_deleted else policy.threads_visible_to(viewer)
    # Of a thread that was merged into another there is nothing left but its address (`queries.moves`).
    return and_(seen, Thread.merged_as_id.is_(None))


def thread_for(viewer: Viewer, thread_id: int, *, even_deleted: bool = False) -> ThreadRecord:
    """The thread, if `viewer` may see it. Raises NotFound.

    `even_deleted`: also a deleted thread of a board that the viewer may read, so that whoever was writing in it can be told.
    """
    row = db.session.execute(
        select(*THREAD_COLUMNS)
        .join(Board, Board.id == Thread.board_id)
        .where(Thread.id == thread_id, _seen_by(viewer, even_deleted))
    ).one_or_none()
    if row is None:
        raise NotFound
    return thread_record(row)


def post_for(viewer: Viewer, post_id: int, *, even_deleted: bool = False) -> tuple[ThreadRecord, PostRecord]:
    """A post and its thread, if `viewer` may see the thread. A deleted post is found: what may be done with it is policy.

    `even_deleted` as in `thread_for`, about the thread. Raises NotFound.
    """
    row = db.session.execute(
        select(*THREAD_COLUMNS, *POST_COLUMNS)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id == post_id, _seen_by(viewer, even_deleted))
    ).one_or_none()
    if row is None:
        raise NotFound
    return thread_record(row), post_record(row, len(THREAD_COLUMNS))


def hold_thread(thread_id: int) -> None:
    """Keep other writers of this thread waiting until the transaction ends: what is read from here on stays true.

    Whoever changes posts or counts of a thread holds it first, so that nobody waits for one another in a circle.
    SQLite has one writer at a time anyway.
    """
    _hold(select(Thread.id).where(Thread.id == thread_id))


def hold_thread_of(post_id: int) -> None:
    """`hold_thread` for the thread of a post: the one in which it still is when our turn comes."""
    if db.session.get_bind().dialect.name == "sqlite":
        return
    held = None
    while (thread_id := db.session.scalar(select(Post.thread_id).where(Post.id == post_id))) not in (None, held):
        held = thread_id
        _hold(select(Thread.id).where(Thread.id == held))


def _hold(statement: Select[int]) -> None:
    if db.session.get_bind().dialect.name != "sqlite":
        db.session.execute(statement.with_for_update(of=Thread, key_share=True))


def opening_post_id(thread_id: int) -> int:
    return db.session.execute(select(Post.id).where(Post.thread_id == thread_id, Post.number == 1)).scalar_one()


@dataclass(frozen=True, slots=True)
class SentBefore:
    """What an author sent under an idempotency key. `body` is None once the post was edited."""

    post_id: int
    thread_id: int
    slug: str
    is_opening: bool
    body: str | None


def post_by_key(author_id: int | None, key: str) -> SentBefore | None:
    """What this author sent before under the same key."""
    row = db.session.execute(
        select(Post.id, Thread.id, Thread.slug, Post.number, Post.body, Post.edited_at)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.author_id == author_id, Post.idempotency_key == key)
    ).one_or_none()
    if row is None:
        return None
    return SentBefore(row[0], row[1], row[2], row.number == 1, row.body if row.edited_at is None else None)
