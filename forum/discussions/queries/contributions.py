"""What a person has written, for their profile: as far as the viewer may see it, latest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from forum.core.content import Contribution
from forum.core.db import db
from forum.core.i18n import _
from forum.core.markup import excerpt, plain_text
from forum.core.paging import Cursor, decode_cursor
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, thread_url
from forum.discussions.models import Post, Thread

PAGE = 20
EXCERPT = 180

Filters = Callable[[Viewer, int], tuple[ColumnElement[bool], ...]]
Lines = tuple[tuple[Contribution, ...], str | None]


def _standing(viewer: Viewer, person: int) -> tuple[ColumnElement[bool], ...]:
    """Posts of `person` that are there for everybody who may read the board: nobody's profile lists what was deleted."""
    return (
        Post.author_id == person,
        Post.deleted_at.is_(None),
        Thread.deleted_at.is_(None),
        policy.threads_visible_to(viewer),
    )


def _threads(viewer: Viewer, person: int) -> tuple[ColumnElement[bool], ...]:
    # The author of a thread is that of its opening post; said twice, the index of a person's threads can be used.
    return (*_standing(viewer, person), Thread.author_id == person, Post.number == 1)


def _replies(viewer: Viewer, person: int) -> tuple[ColumnElement[bool], ...]:
    return (*_standing(viewer, person), Post.number > 1)


def _solutions(viewer: Viewer, person: int) -> tuple[ColumnElement[bool], ...]:
    return (*_standing(viewer, person), Thread.solution_id == Post.id)


def _count(filters: Filters, viewer: Viewer, person: int) -> int:
    statement = select(func.count()).select_from(Post).join(Thread, Thread.id == Post.thread_id)
    return db.session.scalar(statement.where(*filters(viewer, person))) or 0


def _page(filters: Filters, viewer: Viewer, person: int, cursor: str | None) -> Lines:
    """A page of lines from behind `cursor`, and the cursor of the next page. One statement. Raises NotFound (cursor)."""
    after = decode_cursor(cursor)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Post.id,
            Post.number,
            Post.html,
            Post.created_at,
            Thread.id.label("thread_id"),
            Thread.slug,
            Thread.title,
            Thread.kind,
            Thread.reply_count,
            Thread.solution_id,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(*filters(viewer, person))
        .order_by(Post.created_at.desc(), Post.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(Post.created_at, Post.id) < tuple_(after.moment, after.id))
    found = db.session.execute(statement).all()
    rows = found[:PAGE]
    older = Cursor(rows[-1].created_at, rows[-1].id).encode() if len(found) > PAGE else None
    return tuple(_line(row) for row in rows), older


def _line(row: Any) -> Contribution:
    url = thread_url(row.thread_id, row.slug)
    return Contribution(
        title=row.title,
        url=url if row.number == 1 else permalink(url, row.id),
        excerpt=excerpt(plain_text(row.html), EXCERPT),
        at=row.created_at,
        badge=_badge(row),
    )


def _badge(row: Any) -> str:
    if row.number > 1:
        return _("Jawaban diterima") if row.solution_id == row.id else ""
    if row.kind != "question":
        return ""
    if row.solution_id is not None:
        return _("Terjawab")
    return _("Belum selesai") if row.reply_count else _("Belum terjawab")


def thread_count(viewer: Viewer, person: int) -> int:
    return _count(_threads, viewer, person)


def threads(viewer: Viewer, person: int, cursor: str | None) -> Lines:
    """Threads that `person` opened."""
    return _page(_threads, viewer, person, cursor)


def reply_count(viewer: Viewer, person: int) -> int:
    return _count(_replies, viewer, person)


def replies(viewer: Viewer, person: int, cursor: str | None) -> Lines:
    """Replies by `person`."""
    return _page(_replies, viewer, person, cursor)


def solution_count(viewer: Viewer, person: int) -> int:
    return _count(_solutions, viewer, person)


def solutions(viewer: Viewer, person: int, cursor: str | None) -> Lines:
    """Replies by `person` that solved a question."""
    return _page(_solutions, viewer, person, cursor)
