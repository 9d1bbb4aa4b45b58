"""Making a branch of a thread a thread of its own, and taking that back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from forum.accounts.models import User
from forum.core import clock, content
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import slugify
from forum.discussions.models import Post, Thread
from forum.discussions.queries.boards import board_by_slug
from forum.discussions.queries.records import PostRecord, ThreadRecord, thread_for
from forum.discussions.queries.shapes import ThreadKind
from forum.discussions.services import placing
from forum.discussions.services.changing import count_thread
from forum.discussions.services.permitted import (
    NO_SOLUTION,
    hold_threads,
    moderated_post,
    require_moderator,
    solution_as_json,
    solution_from_json,
    solution_of,
    stands,
)
from forum.discussions.services.texts import title_text
from forum.discussions.services.touching import touch, touch_whole_thread
from forum.moderation.acts import Done

# Far from every number that a thread has: where the mark stands until all places are written.
_ASIDE = 10**9


def split(actor: Viewer, post_id: int, values: Mapping[str, Any]) -> Done:
    """Make a reply, with everything below it, a thread called `title` in the board with slug `board`.

    Where it stood, a mark leads to the new thread. Raises NotFound, Denied, Invalid (fields 'title', 'board', 'kind'), Conflict.
    """
    thread, post = moderated_post(actor, post_id)
    _check(thread, post)
    title = title_text(str(values.get("title", "")))
    board_id, board_name = _board(actor, str(values.get("board", "")))
    kind = _kind(str(values.get("kind", "")))
    before = placing.nodes_of(thread.id)
    marks, ids = placing.marks_of(thread.id), [node.id for node in before]
    moved = placing.subtree(before, post_id)
    new_id = _new_thread(post, title, kind, board_id)
    mark = _mark(post, new_id)
    staying = [_stand_in(node, mark) if node.id == post_id else node for node in before]
    runs = placing.runs_of(staying, moved)
    going = placing.arrange([node for node in before if node.id in moved], new_id)
    left = placing.arrange([node for node in staying if node.id not in moved], thread.id)
    placing.write([*going, *left])
    placing.set_marks(thread.id, placing.marks_within(ids, marks, (set(ids) - moved) | {post_id}), clock.now())
    placing.set_marks(new_id, placing.marks_within(ids, marks, moved), clock.now())
    solution = _pass_solution(thread, new_id, post_id, kind, moved)
    placing.count_again(thread.id)
    placing.count_again(new_id)
    new = thread_for(actor, new_id)
    count_thread(new, +1)
    content.posts_moved(content.PostsMoved(thread.id, new_id, tuple(node.id for node in going), is_opening=post_id))
    touch(threads=[thread.id], replies=[post_id])
    touch_whole_thread(new_id)
    return Done(
        undo={"thread": new_id, "post": post_id, "mark": mark, "runs": runs, "solution": solution},
        concerned=tuple(sorted({post.author_id, thread.author_id} - {actor.id})),
        title=title,
        url=new.url,
        before={"thread": thread.id, "title": thread.title},
        after={"thread": new_id, "title": title, "board": board_name, "posts": len(going)},
    )


def _check(thread: ThreadRecord, post: PostRecord) -> None:
    if post.is_opening:
        raise Invalid(
            _("Kiriman pembuka tidak dapat dipisahkan: ia adalah diskusinya. Pindahkan diskusinya ke papan lain.")
        )
    if thread.is_deleted:
        raise Conflict(_("Diskusi ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    if post.withheld == "moved":
        raise Conflict(_("Balasan ini sudah dipindahkan ke diskusi lain."))
    if post.is_deleted:
        raise Conflict(_("Balasan ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))


def _board(actor: Viewer, slug: str) -> tuple[int, str]:
    try:
        card, rules = board_by_slug(actor, slug)
    except NotFound:
        raise Invalid(_("Pilih papan tujuan."), "board") from None
    if not policy.may_moderate(actor, card.ref.id):
        raise Invalid(_("Anda bukan moderator papan itu. Pilih papan lain."), "board")
    if reason := policy.refuse_posting(actor, rules):
        raise Invalid(reason, "board")
    return card.ref.id, card.ref.name


def _kind(name: str) -> str:
    if name in ("", ThreadKind.QUESTION):
        return ThreadKind.QUESTION.value
    if name != ThreadKind.PRACTICE:
        raise Invalid(_("Pilih jenis diskusi."), "kind")
    return ThreadKind.PRACTICE.value


def _new_thread(post: PostRecord, title: str, kind: str, board_id: int) -> int:
    author = db.session.execute(select(User.unit_id).where(User.id == post.author_id)).one()
    thread = Thread(
        board_id=board_id,
        author_id=post.author_id,
        unit_id=author.unit_id,
        title=title,
        slug=slugify(title),
        kind=kind,
        created_at=post.created_at,
        last_activity_at=post.created_at,
        last_author_id=post.author_id,
    )
    db.session.add(thread)
    db.session.flush()
    return thread.id


def _mark(post: PostRecord, thread_id: int) -> int:
    """A mark in the place of a post; for everybody who counts and searches it is a deleted reply."""
    mark = Post(
        thread_id=post.thread_id,
        parent_id=post.parent_id,
        author_id=post.author_id,
        number=_ASIDE + post.id,
        child_no=_ASIDE + post.id,
        depth=post.depth,
        body="",
        html="",
        renderer_version=post.renderer_version,
        created_at=post.created_at,
        deleted_at=clock.now(),
        withheld="moved",
        moved_to_id=thread_id,
        idempotency_key=secrets.token_urlsafe(24),
    )
    db.session.add(mark)
    db.session.flush()
    return mark.id


def _stand_in(node: placing.Node, mark: int) -> placing.Node:
    return placing.Node(
        mark, node.thread_id, node.parent_id, None, 0, node.depth, 0, 0, 0, node.created_at
    )  # fmt: skip


def _pass_solution(
    thread: ThreadRecord, new_id: int, post_id: int, kind: str, moved: set[int]
) -> dict[str, Any] | None:
    """An answer that moves goes with its branch; what cannot (it opens the new thread) is kept for undoing."""
    if thread.solution_id not in moved:
        return None
    solution = solution_of(thread.id)
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(**NO_SOLUTION))
    if kind == ThreadKind.QUESTION and thread.solution_id != post_id:
        db.session.execute(update(Thread).where(Thread.id == new_id).values(**solution))
        return None
    return solution_as_json(solution)


def unsplit(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Put a branch back where its mark stands, with what was replied in its thread since; that thread's address leads there.

    Raises Denied, and Conflict when the mark, or the thread that was made, is no longer as it was.
    """
    new_id, post_id, mark = int(undo["thread"]), int(undo["post"]), int(undo["mark"])
    thread_id = db.session.scalar(select(Post.thread_id).where(Post.id == mark, Post.withheld == "moved"))
    if thread_id is None:
        raise Conflict(_("Pemisahan ini sudah dibatalkan."))
    hold_threads((thread_id, new_id))
    thread, new = _both(actor, thread_id, new_id, post_id)
    before, returning = placing.nodes_of(thread_id), placing.nodes_of(new_id)
    placing.check_size(len(before) + len(returning))
    ids, new_ids = [node.id for node in before], [node.id for node in returning]
    marks, new_marks = placing.marks_of(thread_id), placing.marks_of(new_id)
    root = returning[0]
    place = next(node for node in before if node.id == mark)
    root.parent_id = place.parent_id
    order = placing.behind(before, returning[1:], undo["runs"])
    order = [root if node.id == mark else node for node in order]
    db.session.execute(delete(Post).where(Post.id == mark))
    order = placing.arrange(order, thread_id)
    placing.write(order)
    joined = placing.marks_joined(order, [post_id if key == mark else key for key in ids], marks, new_ids, new_marks)
    placing.set_marks(thread_id, joined, clock.now())
    count_thread(new, -1)
    _give_solution_back(thread, new_id, undo["solution"])
    db.session.execute(update(Thread).where(Thread.id == new_id).values(deleted_at=clock.now(), merged_as_id=post_id))
    placing.count_again(thread_id)
    content.posts_moved(content.PostsMoved(new_id, thread_id, tuple(new_ids), was_opening=post_id))
    touch(threads=[new_id])
    touch_whole_thread(thread_id)


def _both(actor: Viewer, thread_id: int, new_id: int, post_id: int) -> tuple[ThreadRecord, ThreadRecord]:
    """The thread with the mark and the one that was made, if the one can go back into the other."""
    opens = db.session.scalar(select(Post.id).where(Post.thread_id == new_id, Post.number == 1))
    if opens != post_id:
        raise Conflict(_("Diskusi yang dibuat dari balasan ini sudah digabungkan ke tempat lain. Batalkan itu dahulu."))
    try:
        new, thread = thread_for(actor, new_id), thread_for(actor, thread_id)
    except NotFound:
        raise Conflict(_("Diskusi ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu.")) from None
    require_moderator(actor, new.board_id)
    require_moderator(actor, thread.board_id)
    if thread.is_deleted or new.is_deleted:
        raise Conflict(_("Diskusi ini sedang disembunyikan atau sudah dihapus. Pulihkan dahulu."))
    repeats = select(Thread.id).where(Thread.duplicate_of_id == new_id).limit(1)
    if new.duplicate_of_id is not None or db.session.scalar(repeats) is not None:
        raise Conflict(_("Diskusi yang dibuat dari balasan ini terkait tanda duplikat. Lepas dahulu tandanya."))
    return thread, new


def _give_solution_back(thread: ThreadRecord, new_id: int, kept: dict[str, Any] | None) -> None:
    """The answer of the branch is that of the thread again, unless the thread has another by now."""
    solution = solution_of(new_id)
    db.session.execute(update(Thread).where(Thread.id == new_id).values(**NO_SOLUTION))
    if thread.solution_id is not None or thread.kind != "question":
        return
    if solution["solution_id"] is None and kept is not None and stands(kept["solution_id"], thread.id):
        solution = solution_from_json(kept)
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(**solution))
