"""What askers and moderators do with a thread: solution, pin, lock, move, summary."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from forum.audit.services import record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Board, Thread
from forum.discussions.queries.boards import board_by_slug
from forum.discussions.queries.records import ThreadRecord, hold_thread_of, post_for
from forum.discussions.services.permitted import moderated
from forum.discussions.services.texts import Text, reason_text
from forum.discussions.services.touching import touch
from forum.privacy.services import personal
from forum.privacy.services.personal import NO_OVERRIDE, Override


def solve(actor: Viewer, post_id: int, *, on: bool) -> ThreadRecord:
    """Mark a reply as what solved the question (in place of an earlier one), or take the mark away.

    Raises NotFound, Denied (neither asker nor moderator), Conflict (not a question, not a reply, deleted).
    """
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id)
    if not policy.may_solve(actor, thread):
        raise Denied(_("Hanya penanya dan moderator yang dapat menandai jawaban."))
    if on and (post.is_opening or thread.kind != "question"):
        raise Conflict(_("Hanya balasan atas sebuah pertanyaan yang dapat ditandai sebagai jawaban."))
    if on and post.is_deleted:
        raise Conflict(_("Balasan ini sudah dihapus, jadi tidak dapat ditandai sebagai jawaban."))
    if (thread.solution_id == post_id) == on:
        return thread
    values = (
        {"solution_id": post_id, "solved_by_id": actor.id, "solved_at": clock.now()}
        if on
        else {"solution_id": None, "solved_by_id": None, "solved_at": None}
    )
    _change(actor, thread, "thread.solve" if on else "thread.unsolve", values, before={"solution": thread.solution_id})
    touch(threads=[thread.id], replies=[post_id, thread.solution_id])
    return thread


def _change(
    actor: Viewer,
    thread: ThreadRecord,
    action: str,
    values: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(**values))
    after = {name: value for name, value in values.items() if isinstance(value, int | str | None)}
    record(actor, action, "thread", thread.id, before=before, after=after, reason=reason)


def pin(actor: Viewer, thread_id: int, *, on: bool) -> ThreadRecord:
    """Keep a thread on top of its board, or let it go. Raises NotFound, Denied."""
    thread = moderated(actor, thread_id)
    if thread.is_pinned != on:
        _change(actor, thread, "thread.pin" if on else "thread.unpin", {"pinned_at": clock.now() if on else None})
    return thread


def lock(actor: Viewer, thread_id: int, *, on: bool, reason: str = "") -> ThreadRecord:
    """Close a thread to replies (readers see the reason), or open it again. Raises NotFound, Denied, Invalid."""
    thread = moderated(actor, thread_id)
    reason = reason_text(reason, required=on)
    if thread.is_locked != on or (on and reason != thread.lock_reason):
        values = {"locked_at": clock.now() if on else None, "lock_reason": reason if on else ""}
        _change(actor, thread, "thread.lock" if on else "thread.unlock", values, reason=reason)
    return thread


def move(actor: Viewer, thread_id: int, board: str) -> ThreadRecord:
    """Move a thread to the board with slug `board`, in which the actor could open one. Its address stays.

    Raises NotFound, Denied, Invalid (field 'board').
    """
    thread = moderated(actor, thread_id)
    try:
        card, rules = board_by_slug(actor, board)
    except NotFound:
        raise Invalid(_("Pilih papan tujuan."), "board") from None
    if reason := policy.refuse_posting(actor, rules):
        raise Invalid(reason, "board")
    if card.ref.id == thread.board_id:
        return thread
    _change(actor, thread, "thread.move", {"board_id": card.ref.id}, before={"board_id": thread.board_id})
    touch(threads=[thread.id])
    if not thread.is_deleted:
        for board_id, step in sorted([(thread.board_id, -1), (card.ref.id, +1)]):
            _count(board_id, step)
    return thread


def _count(board_id: int, step: int) -> None:
    db.session.execute(update(Board).where(Board.id == board_id).values(thread_count=Board.thread_count + step))


def summarise(actor: Viewer, thread_id: int, text: Text | None, override: Override = NO_OVERRIDE) -> ThreadRecord:
    """Put a summary on top of a thread; None takes it away. Raises NotFound, Denied, PersonalData (unless `override` explains it)."""
    thread = moderated(actor, thread_id)
    known = personal.accepted("thread", thread_id)
    personal.state(actor, personal.check({"body": text.body if text else ""}, override, known), "thread", thread_id)
    values = {
        "summary": text.body if text else "",
        "summary_html": text.html if text else "",
        "summary_by_id": actor.id if text else None,
        "summary_at": clock.now() if text else None,
    }
    db.session.execute(update(Thread).where(Thread.id == thread_id).values(**values))
    touch(threads=[thread_id])
    record(
        actor,
        "thread.summarise",
        "thread",
        thread_id,
        before={"summary": thread.summary},
        after={"summary": values["summary"]},
    )
    return thread
