"""What stands above a thread's posts, and what the viewer may do with the thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import thread_ref, thread_url
from forum.discussions.models import Board, Post, ReadHorizon, ReadMark, Thread
from forum.discussions.queries.boards import board_ref
from forum.discussions.queries.lists import tags_of
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.records import THREAD_COLUMNS, ThreadRecord, thread_record
from forum.discussions.queries.shapes import ThreadHead, ThreadKind, ThreadRights

# "Jawaban ini berumur lebih dari satu tahun. Periksa aturan terbaru."
OLD_AFTER = timedelta(days=365)

_solver = aliased(User)
_summariser = aliased(User)
_opening = aliased(Post)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A thread with what a page of it needs to know before its posts are read."""

    record: ThreadRecord
    head: ThreadHead
    opening_id: int
    branch_count: int
    read_to: int
    first_unread_id: int | None


@lru_cache(maxsize=512)
def _head_statement(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Bound: thread. Kept, since putting a statement of this size together takes longer than running it."""
    first_unread = (
        select(Post.id)
        .where(Post.thread_id == Thread.id, Post.number == ReadMark.number + 1)
        .correlate(Thread, ReadMark)
        .scalar_subquery()
    )
    return (
        select(
            *THREAD_COLUMNS,
            *person_columns(),
            Board.slug,
            Board.name,
            Board.icon,
            Board.colour,
            Thread.created_at,
            Thread.last_activity_at,
            Thread.solved_at,
            Thread.summary_html,
            Thread.summary_at,
            Thread.is_sample,
            _solver.name.label("solver"),
            _summariser.name.label("summariser"),
            _opening.id.label("opening_id"),
            _opening.child_count.label("branch_count"),
            ReadMark.number.label("read_to"),
            ReadHorizon.at.label("horizon"),
            first_unread.label("first_unread"),
        )
        .join(Board, Board.id == Thread.board_id)
        .join(User, User.id == Thread.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .join(_opening, and_(_opening.thread_id == Thread.id, _opening.number == 1))
        .outerjoin(_solver, _solver.id == Thread.solved_by_id)
        .outerjoin(_summariser, _summariser.id == Thread.summary_by_id)
        .outerjoin(ReadMark, and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == viewer.id))
        .outerjoin(ReadHorizon, ReadHorizon.user_id == viewer.id)
        .where(Thread.id == bindparam("thread"), policy.threads_visible_to(viewer))
    )


def load(viewer: Viewer, thread_id: int) -> Loaded:
    """The thread for a page. Raises NotFound when there is none or `viewer` may not see it. Two statements."""
    row = db.session.execute(_head_statement(viewer), {"thread": thread_id}).one_or_none()
    if row is None:
        raise NotFound
    record = thread_record(row)
    board = board_ref((record.board_id, *row[25:29]))
    head = ThreadHead(
        id=record.id,
        ref=thread_ref(record.id, record.slug),
        url=record.url,
        title=record.title,
        kind=ThreadKind(record.kind),
        board=board,
        tags=tags_of([record.id]).get(record.id, ()),
        author=person_of(row, 19),
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
        reply_count=record.reply_count,
        is_solved=record.solution_id is not None,
        solved_by=row.solver or "",
        solved_at=row.solved_at,
        is_pinned=record.is_pinned,
        is_locked=record.is_locked,
        lock_reason=record.lock_reason,
        is_deleted=record.is_deleted,
        withheld=record.withheld,
        is_sample=row.is_sample,
        is_old=clock.now() - row.last_activity_at > OLD_AFTER,
        summary_html=Markup(row.summary_html),  # noqa: S704 - sanitised when it was stored
        summary_by=row.summariser or "",
        summary_at=row.summary_at,
        may=_thread_rights(viewer, record),
        is_duplicate=record.duplicate_of_id is not None,
        original=_original(viewer, record.duplicate_of_id),
    )
    return Loaded(record, head, row.opening_id, row.branch_count, _read_to(row, record.last_number), row.first_unread)


def _original(viewer: Viewer, thread_id: int | None) -> tuple[str, str] | None:
    """Title and address of the thread that another repeats, if the viewer may see it."""
    if thread_id is None:
        return None
    row = db.session.execute(
        select(Thread.id, Thread.slug, Thread.title).where(
            Thread.id == thread_id, Thread.deleted_at.is_(None), policy.threads_visible_to(viewer)
        )
    ).one_or_none()
    return (row.title, thread_url(row.id, row.slug)) if row else None


def _read_to(row: Any, last_number: int) -> int:
    if row.read_to is not None:
        return int(row.read_to)
    return last_number if row.horizon is not None and row.last_activity_at <= row.horizon else 0


def _thread_rights(viewer: Viewer, thread: ThreadRecord) -> ThreadRights:
    refusal = policy.refuse_reply(viewer, thread.board, thread)
    moderates = policy.may_moderate(viewer, thread.board_id) and not thread.is_deleted
    own_open = thread.author_id == viewer.id and not thread.is_locked and not thread.is_deleted
    return ThreadRights(
        reply=not refusal,
        reply_refusal=refusal,
        edit=moderates or own_open,
        pin=moderates,
        lock=moderates,
        move=moderates,
        summarise=moderates,
        merge=moderates,
    )
