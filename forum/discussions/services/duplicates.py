"""Threads that repeat another: marked, locked, and found through the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions.models import Thread
from forum.discussions.services.closing import OPEN, author_of, lock_of, set_lock
from forum.discussions.services.permitted import (
    hold_threads,
    moderated,
    other_thread,
    require_same_readers,
    thread_number,
)
from forum.discussions.services.texts import reason_text
from forum.discussions.services.touching import touch, touch_whole_thread
from forum.moderation.acts import Done


def mark_duplicate(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """Say that a thread repeats another (`of`: its number or address), and lock it.

    Readers of the one are led to the other. Raises NotFound, Denied, Invalid (fields 'of', 'reason'), Conflict.
    """
    original_id = thread_number(str(values.get("of", "")), "of")
    hold_threads((thread_id, original_id))
    thread = moderated(actor, thread_id)
    reason = reason_text(str(values.get("reason", "")), required=True)
    if thread.is_deleted:
        raise Conflict(_("Diskusi ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    if thread.duplicate_of_id is not None:
        raise Conflict(_("Diskusi ini sudah ditandai duplikat."))
    if original_id == thread_id:
        raise Invalid(_("Diskusi tidak dapat menjadi duplikat dari dirinya sendiri."), "of")
    original = other_thread(actor, original_id, "of")
    if original.duplicate_of_id is not None:
        raise Invalid(_("Diskusi itu sendiri ditandai duplikat. Pilih diskusi aslinya."), "of")
    require_same_readers(thread, original, "of")
    before = lock_of(thread_id)
    locked = before if thread.is_locked else {"locked_at": clock.now().isoformat(), "lock_reason": reason}
    set_lock(thread_id, locked, duplicate_of_id=original_id)
    _touch(thread_id, original_id)
    return Done(
        undo={"thread": thread_id, "lock": before, "locked": lock_of(thread_id)},
        concerned=author_of(actor, thread),
        title=thread.title,
        url=thread.url,
        before={"duplicate_of": None, "locked": thread.is_locked},
        after={"duplicate_of": original_id, "title": original.title, "locked": True},
    )


def unmark_duplicate(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take the mark away, and the lock that came with it. Raises Denied, Conflict (marked otherwise, or taken away, meanwhile)."""
    thread = moderated(actor, int(undo["thread"]))
    if thread.duplicate_of_id is None:
        raise Conflict(_("Tanda duplikatnya sudah dilepas."))
    lock = lock_of(thread.id)
    set_lock(thread.id, undo["lock"] if lock == undo["locked"] else lock, duplicate_of_id=None)
    _touch(thread.id, thread.duplicate_of_id)


def release(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """The thread does not repeat another after all; it is open to replies again. Raises NotFound, Denied, Conflict."""
    thread = moderated(actor, thread_id)
    if thread.duplicate_of_id is None:
        raise Conflict(_("Diskusi ini tidak ditandai duplikat."))
    before = lock_of(thread_id)
    set_lock(thread_id, OPEN, duplicate_of_id=None)
    _touch(thread_id, thread.duplicate_of_id)
    return Done(
        undo={"thread": thread_id, "of": thread.duplicate_of_id, "lock": before},
        concerned=author_of(actor, thread),
        title=thread.title,
        url=thread.url,
        before={"duplicate_of": thread.duplicate_of_id},
        after={"duplicate_of": None},
    )


def unrelease(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Put a mark back that was taken away. Raises Denied, Conflict (the other thread is gone, or repeats another itself)."""
    thread = moderated(actor, int(undo["thread"]))
    if thread.duplicate_of_id is not None:
        raise Conflict(_("Diskusi ini sudah ditandai duplikat."))
    original = db.session.execute(
        select(Thread.id).where(
            Thread.id == int(undo["of"]), Thread.deleted_at.is_(None), Thread.duplicate_of_id.is_(None)
        )
    ).one_or_none()
    if original is None:
        raise Conflict(_("Diskusi aslinya sudah tidak ada, atau menjadi duplikat dari diskusi lain."))
    set_lock(thread.id, undo["lock"], duplicate_of_id=original.id)
    _touch(thread.id, original.id)


def _touch(thread_id: int, original_id: int) -> None:
    """What repeats another is not found by itself; the other is found by its title too."""
    touch_whole_thread(thread_id)
    touch(threads=[original_id])
