"""Closing a thread to replies, opening it again, moving it to another board: as acts that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Board, Thread
from forum.discussions.queries.boards import board_by_slug
from forum.discussions.queries.records import ThreadRecord
from forum.discussions.services.permitted import moderated
from forum.discussions.services.texts import reason_text
from forum.discussions.services.touching import touch
from forum.moderation.acts import Done

OPEN: dict[str, Any] = {"locked_at": None, "lock_reason": ""}


def lock_of(thread_id: int) -> dict[str, Any]:
    """Since when, and why, a thread is locked; as JSON."""
    row = db.session.execute(select(Thread.locked_at, Thread.lock_reason).where(Thread.id == thread_id)).one()
    return {"locked_at": row.locked_at.isoformat() if row.locked_at else None, "lock_reason": row.lock_reason}


def set_lock(thread_id: int, lock: Mapping[str, Any], **more: Any) -> None:
    """Lock a thread as `lock_of` told, or open it; `more`: further columns."""
    at = datetime.fromisoformat(lock["locked_at"]) if lock["locked_at"] else None
    values = {"locked_at": at, "lock_reason": lock["lock_reason"], **more}
    db.session.execute(update(Thread).where(Thread.id == thread_id).values(**values))


def close(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """Close a thread to replies; readers see the reason. Raises NotFound, Denied, Invalid (field 'reason'), Conflict."""
    thread = moderated(actor, thread_id)
    reason = reason_text(str(values.get("reason", "")), required=True)
    if thread.is_locked:
        raise Conflict(_("Diskusi ini sudah dikunci."))
    return _relocked(actor, thread, {"locked_at": clock.now().isoformat(), "lock_reason": reason})


def open_again(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """Open a thread to replies again. Raises NotFound, Denied, Conflict."""
    thread = moderated(actor, thread_id)
    if not thread.is_locked:
        raise Conflict(_("Diskusi ini tidak dikunci."))
    return _relocked(actor, thread, OPEN)


def _relocked(actor: Viewer, thread: ThreadRecord, lock: Mapping[str, Any]) -> Done:
    before = lock_of(thread.id)
    set_lock(thread.id, lock)
    return Done(
        undo={"thread": thread.id, "before": before, "after": lock_of(thread.id)},
        concerned=author_of(actor, thread),
        title=thread.title,
        url=thread.url,
        before=before,
        after=dict(lock),
    )


def relock(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take `close` or `open_again` back. Raises Denied, Conflict (locked or opened by somebody meanwhile)."""
    thread = moderated(actor, int(undo["thread"]))
    if lock_of(thread.id) != undo["after"]:
        raise Conflict(_("Kunci diskusi ini sudah diubah orang lain sesudah itu."))
    set_lock(thread.id, undo["before"])


def move(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """Move a thread to the board with slug `board`, in which the actor could open one. Its address stays.

    Raises NotFound, Denied, Invalid (field 'board').
    """
    thread = moderated(actor, thread_id)
    try:
        card, rules = board_by_slug(actor, str(values.get("board", "")))
    except NotFound:
        raise Invalid(_("Pilih papan tujuan."), "board") from None
    if reason := policy.refuse_posting(actor, rules):
        raise Invalid(reason, "board")
    if card.ref.id == thread.board_id:
        raise Invalid(_("Diskusi ini memang ada di papan itu."), "board")
    put_in(thread, card.ref.id)
    return Done(
        undo={"thread": thread.id, "from": thread.board_id, "to": card.ref.id},
        concerned=author_of(actor, thread),
        title=thread.title,
        url=thread.url,
        before={"board_id": thread.board_id},
        after={"board_id": card.ref.id},
    )


def move_back(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take a move back. Raises Denied, Conflict (moved on meanwhile, or the board is in use no more)."""
    thread = moderated(actor, int(undo["thread"]))
    if thread.board_id != undo["to"]:
        raise Conflict(_("Diskusi ini sudah dipindahkan lagi ke papan lain."))
    in_use = select(Board.id).where(Board.id == int(undo["from"]), ~Board.is_archived, policy.boards_visible_to(actor))
    if db.session.scalar(in_use) is None:
        raise Conflict(_("Papan asalnya sudah diarsipkan, atau tidak terbuka untuk Anda."))
    put_in(thread, int(undo["from"]))


def put_in(thread: ThreadRecord, board_id: int) -> None:
    """A thread is in this board from now on; both count it."""
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(board_id=board_id))
    touch(threads=[thread.id, *([thread.duplicate_of_id] if thread.duplicate_of_id else [])])
    if not thread.is_deleted:
        for number, step in sorted([(thread.board_id, -1), (board_id, +1)]):
            db.session.execute(update(Board).where(Board.id == number).values(thread_count=Board.thread_count + step))


def author_of(actor: Viewer, thread: ThreadRecord) -> tuple[int, ...]:
    """Whom an act on a thread concerns: its author, but for those who act themselves."""
    return () if thread.author_id == actor.id else (thread.author_id,)
