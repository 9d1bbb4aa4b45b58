"""Merging a thread into another, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from forum.core import clock, content
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink
from forum.discussions.models import Board, Post, Thread
from forum.discussions.queries.records import ThreadRecord, opening_post_id, thread_for
from forum.discussions.services import placing
from forum.discussions.services.changing import count_thread
from forum.discussions.services.permitted import (
    NO_SOLUTION,
    hold_threads,
    moderated,
    other_thread,
    require_moderator,
    require_same_readers,
    solution_as_json,
    solution_from_json,
    solution_of,
    stands,
    thread_number,
)
from forum.discussions.services.touching import touch, touch_whole_thread
from forum.moderation.acts import Done


def merge(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """Put the posts of a thread beneath the opening post of another (`into`: its number or address), in order of time.

    The address of the first leads to where its opening post is from then on. Raises NotFound, Denied, Invalid (field 'into'),
    Conflict.
    """
    into_id = thread_number(str(values.get("into", "")), "into")
    hold_threads((thread_id, into_id))
    thread = moderated(actor, thread_id)
    into = _target(actor, thread, into_id)
    opening = opening_post_id(thread.id)
    own, others = placing.nodes_of(thread.id), placing.nodes_of(into.id)
    placing.check_size(len(own) + len(others))
    marks, own_marks = placing.marks_of(into.id), placing.marks_of(thread.id)
    own_ids, other_ids = [node.id for node in own], [node.id for node in others]
    own[0].parent_id = others[0].id
    order = placing.arrange(placing.by_time(others, own), into.id)
    placing.write(order)
    joined = placing.marks_joined(order, other_ids, marks, own_ids, own_marks)
    placing.set_marks(into.id, joined, clock.now())
    lost = placing.marks_within([node.id for node in order], joined, set(other_ids))
    undo = {
        "thread": thread.id,
        "post": opening,
        "into": into.id,
        "marks": [[user, mark] for user, mark in marks.items() if lost[user] != mark],
        **_pass_solution(thread, into),
        "duplicates": _pass_duplicates(thread.id, into.id),
    }
    db.session.execute(
        update(Thread).where(Thread.id == thread.id).values(deleted_at=clock.now(), merged_as_id=opening)
    )
    placing.count_again(into.id)
    count_thread(thread, -1)
    content.posts_moved(content.PostsMoved(thread.id, into.id, tuple(own_ids), was_opening=opening))
    touch(threads=[thread.id, *([thread.duplicate_of_id] if thread.duplicate_of_id else [])])
    touch_whole_thread(into.id)
    return Done(
        undo=undo,
        concerned=tuple(sorted({thread.author_id, into.author_id} - {actor.id})),
        title=thread.title,
        url=permalink(into.url, opening),
        before={"thread": thread.id, "title": thread.title, "posts": len(own)},
        after={"into": into.id, "title": into.title, "posts": len(order)},
    )


def _target(actor: Viewer, thread: ThreadRecord, into_id: int) -> ThreadRecord:
    if thread.is_deleted:
        raise Conflict(_("Diskusi ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    if into_id == thread.id:
        raise Invalid(_("Diskusi tidak dapat digabungkan dengan dirinya sendiri."), "into")
    into = other_thread(actor, into_id, "into")
    if not policy.may_moderate(actor, into.board_id):
        raise Invalid(_("Anda bukan moderator papan diskusi itu."), "into")
    require_same_readers(thread, into, "into")
    if into.board.is_archived:
        raise Invalid(_("Papan diskusi itu sudah diarsipkan."), "into")
    if into.duplicate_of_id is not None:
        raise Invalid(
            _("Diskusi itu ditandai duplikat. Gabungkan dengan diskusi aslinya, atau lepas dahulu tandanya."), "into"
        )
    return into


def _pass_solution(thread: ThreadRecord, into: ThreadRecord) -> dict[str, Any]:
    """A question without an answer takes that of the thread that joins it; what undoing needs."""
    solution = solution_of(thread.id)
    carried = solution["solution_id"] is not None and into.solution_id is None and into.kind == "question"
    if carried:
        db.session.execute(update(Thread).where(Thread.id == into.id).values(**solution))
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(**NO_SOLUTION))
    return {"solution": solution_as_json(solution), "carried": carried}


def _pass_duplicates(from_id: int, to_id: int) -> list[int]:
    """What repeats the one thread repeats the other now; their ids."""
    ids = list(db.session.scalars(select(Thread.id).where(Thread.duplicate_of_id == from_id).order_by(Thread.id)))
    db.session.execute(update(Thread).where(Thread.id.in_(ids)).values(duplicate_of_id=to_id))
    return ids


def unmerge(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take a merge back: the thread is one again, with what was replied beneath its posts since.

    Raises Denied, and Conflict when its opening post is hidden, or is in no other thread any more.
    """
    thread_id, opening = int(undo["thread"]), int(undo["post"])
    into_id = _now_in(opening)
    hold_threads((thread_id, into_id))
    board_id, kind = _merged(thread_id, opening)
    require_moderator(actor, board_id)
    into = thread_for(actor, into_id)
    require_moderator(actor, into.board_id)
    if into.is_deleted:
        raise Conflict(_("Diskusi tempatnya bergabung sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    if not stands(opening, into_id):
        raise Conflict(_("Kiriman pembukanya sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    order = placing.nodes_of(into.id)
    if order[0].id == opening:
        raise Conflict(_("Kiriman pembukanya sudah menjadi diskusi lain, jadi penggabungan tidak dapat dibatalkan."))
    own_ids = placing.subtree(order, opening)
    ids = [node.id for node in order]
    marks = placing.marks_of(into.id)
    own = placing.arrange([node for node in order if node.id in own_ids], thread_id)
    others = placing.arrange([node for node in order if node.id not in own_ids], into.id)
    placing.write([*own, *others])
    _give_marks_back(thread_id, into.id, undo, ids, marks, own_ids)
    db.session.execute(update(Thread).where(Thread.id == thread_id).values(deleted_at=None, merged_as_id=None))
    _give_solution_back(thread_id, kind, into.id, undo, own_ids)
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(undo["duplicates"]), Thread.duplicate_of_id == into.id)
        .values(duplicate_of_id=thread_id)
    )
    placing.count_again(thread_id)
    placing.count_again(into.id)
    thread = thread_for(actor, thread_id)
    count_thread(thread, +1)
    content.posts_moved(content.PostsMoved(into.id, thread_id, tuple(node.id for node in own), is_opening=opening))
    touch(threads=[into.id, *([thread.duplicate_of_id] if thread.duplicate_of_id else [])], replies=[opening])
    touch_whole_thread(thread_id)


def _now_in(post_id: int) -> int:
    found = db.session.scalar(select(Post.thread_id).where(Post.id == post_id))
    if found is None:
        raise Conflict(_("Diskusi itu sudah tidak ada."))
    return found


def _merged(thread_id: int, opening: int) -> tuple[int, str]:
    row = db.session.execute(
        select(Thread.board_id, Thread.kind, Thread.merged_as_id, Board.is_archived)
        .join(Board, Board.id == Thread.board_id)
        .where(Thread.id == thread_id)
    ).one_or_none()
    if row is None or row.merged_as_id != opening:
        raise Conflict(_("Penggabungan ini sudah dibatalkan."))
    return row.board_id, row.kind


def _give_marks_back(
    thread_id: int, into_id: int, undo: Mapping[str, Any], ids: list[int], marks: dict[int, int], own_ids: set[int]
) -> None:
    """Readers have read of either thread what they had read before, or what they have read of it since, whichever is more."""
    others = placing.marks_within(ids, marks, set(ids) - own_ids)
    for user_id, mark in undo["marks"]:
        if user_id in others:
            others[user_id] = max(others[user_id], mark)
    placing.set_marks(into_id, others, clock.now())
    own = placing.marks_within(ids, marks, own_ids)
    for user_id, mark in placing.marks_of(thread_id).items():
        own[user_id] = max(own.get(user_id, 0), mark)
    placing.set_marks(thread_id, own, clock.now())


def _give_solution_back(thread_id: int, kind: str, into_id: int, undo: Mapping[str, Any], own_ids: set[int]) -> None:
    now, kept = solution_of(into_id), undo["solution"]
    if now["solution_id"] in own_ids:
        db.session.execute(update(Thread).where(Thread.id == into_id).values(**NO_SOLUTION))
        given = now if now["solution_id"] != undo["post"] and kind == "question" else None
    else:
        unmarked = undo["carried"] and now["solution_id"] is None
        there = kept is not None and stands(kept["solution_id"], thread_id)
        given = solution_from_json(kept) if there and not unmarked else None
    if given:
        db.session.execute(update(Thread).where(Thread.id == thread_id).values(**given))
