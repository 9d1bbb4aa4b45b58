"""What acts of moderators have in common: who may, on which thread, and which thread was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.paging import parse_id
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Post, Thread
from forum.discussions.queries.records import (
    PostRecord,
    ThreadRecord,
    hold_thread,
    hold_thread_of,
    post_for,
    thread_for,
)

# `12`, `12-judul`, `/diskusi/12-judul?balasan=3`, and the same with the name of the site.
_ADDRESS = re.compile(r"(?:.*/diskusi/)?([0-9]+)(?:[-?#/].*)?")


def moderated(actor: Viewer, thread_id: int) -> ThreadRecord:
    """The thread, held, if `actor` moderates its board. Raises NotFound, Denied, Conflict (merged into another)."""
    hold_thread(thread_id)
    try:
        thread = thread_for(actor, thread_id)
    except NotFound:
        _tell_of_merge(actor, thread_id)
        raise
    require_moderator(actor, thread.board_id)
    return thread


def moderated_post(actor: Viewer, post_id: int) -> tuple[ThreadRecord, PostRecord]:
    """A post and its thread, held, if `actor` moderates its board. Raises NotFound, Denied."""
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id)
    require_moderator(actor, thread.board_id)
    return thread, post


def require_moderator(actor: Viewer, board_id: int) -> None:
    """Raises Denied unless `actor` moderates the board."""
    if not policy.may_moderate(actor, board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))


def _tell_of_merge(actor: Viewer, thread_id: int) -> None:
    row = db.session.execute(select(Thread.board_id, Thread.merged_as_id).where(Thread.id == thread_id)).one_or_none()
    if row is not None and row.merged_as_id is not None and policy.may_moderate(actor, row.board_id):
        raise Conflict(_("Diskusi ini sudah digabungkan ke diskusi lain."))


def hold_threads(ids: Iterable[int]) -> None:
    """Hold several threads, always in the same order, so that two acts never wait for one another in a circle."""
    for thread_id in sorted(set(ids)):
        hold_thread(thread_id)


def thread_number(text: str, field: str) -> int:
    """The thread that `text` names: its number, or an address that holds it. Raises Invalid (field `field`)."""
    found = _ADDRESS.fullmatch(one_line(text))
    if found:
        try:
            return parse_id(found.group(1))
        except NotFound:
            pass
    raise Invalid(_("Tulis nomor diskusi itu, atau tempelkan alamatnya."), field)


def other_thread(actor: Viewer, thread_id: int, field: str) -> ThreadRecord:
    """A thread that somebody named in a field, standing. Raises Invalid (field `field`)."""
    try:
        other = thread_for(actor, thread_id)
    except NotFound:
        raise Invalid(_("Diskusi itu tidak ada, atau tidak terbuka untuk Anda."), field) from None
    if other.is_deleted:
        raise Invalid(_("Diskusi itu sedang disembunyikan atau sudah dihapus. Pilih diskusi lain."), field)
    return other


def require_same_readers(here: ThreadRecord, there: ThreadRecord, field: str) -> None:
    """Nothing passes from readers to others by the way: that is what moving to a board is for. Raises Invalid."""
    restricted = here.board.restricts_reading or there.board.restricts_reading
    if here.board_id != there.board_id and restricted:
        raise Invalid(
            _(
                "Papan kedua diskusi ini tidak dibaca orang yang sama. Pindahkan dahulu salah satunya ke papan yang lain."
            ),
            field,
        )


def stands(post_id: int, thread_id: int) -> bool:
    """Whether a post is in this thread and not deleted."""
    found = select(Post.id).where(Post.id == post_id, Post.thread_id == thread_id, Post.deleted_at.is_(None))
    return db.session.scalar(found) is not None


def solution_of(thread_id: int) -> dict[str, Any]:
    """The columns of a thread that say what solved it."""
    row = db.session.execute(
        select(Thread.solution_id, Thread.solved_by_id, Thread.solved_at).where(Thread.id == thread_id)
    ).one()
    return row._asdict()


NO_SOLUTION: dict[str, Any] = {"solution_id": None, "solved_by_id": None, "solved_at": None}


def solution_as_json(solution: dict[str, Any]) -> dict[str, Any] | None:
    """What `solution_of` gave, for keeping; None for none."""
    if solution["solution_id"] is None:
        return None
    at = solution["solved_at"]
    return {**solution, "solved_at": at.isoformat() if at else None}


def solution_from_json(kept: dict[str, Any]) -> dict[str, Any]:
    """What `solution_as_json` made, as columns."""
    return {**kept, "solved_at": datetime.fromisoformat(kept["solved_at"]) if kept["solved_at"] else None}
