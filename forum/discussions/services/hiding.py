"""What moderators take out of sight: a post keeps its place, and its author and moderators still read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from forum.core.db import db
from forum.core.errors import Conflict
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions.addresses import permalink
from forum.discussions.models import Post, Thread
from forum.discussions.queries.records import PostRecord, ThreadRecord, opening_post_id
from forum.discussions.services.changing import bring_back, take_away
from forum.discussions.services.permitted import (
    moderated,
    moderated_post,
    solution_as_json,
    solution_from_json,
    solution_of,
)
from forum.discussions.services.texts import reason_text
from forum.discussions.services.touching import touch
from forum.moderation.acts import Done

HIDDEN, REPHRASE = "hidden", "rephrase"


def hide(actor: Viewer, post_id: int, values: Mapping[str, Any]) -> Done:
    """Hide a post; an opening post with its whole thread. Raises NotFound, Denied, Invalid (field 'reason'), Conflict."""
    return _withhold(actor, post_id, values, HIDDEN)


def hide_thread(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """`hide` for the opening post of a thread."""
    moderated(actor, thread_id)
    return hide(actor, opening_post_id(thread_id), values)


def ask_to_rephrase(actor: Viewer, post_id: int, values: Mapping[str, Any]) -> Done:
    """Send a post back to its author, with the reason as a note: it is hidden until they have edited it.

    Raises NotFound, Denied, Invalid (field 'reason'), Conflict.
    """
    return _withhold(actor, post_id, values, REPHRASE)


def _withhold(actor: Viewer, post_id: int, values: Mapping[str, Any], how: str) -> Done:
    thread, post = moderated_post(actor, post_id)
    reason = reason_text(str(values.get("reason", "")), required=True)
    if post.is_deleted:
        raise Conflict(_refusal(post))
    solution = solution_of(thread.id) if thread.solution_id == post_id else None
    if not take_away(actor, thread, post, reason, how):
        raise Conflict(_refusal(post))
    return Done(
        undo={
            "post": post_id,
            "thread": thread.id,
            "how": how,
            "solution": solution_as_json(solution) if solution else None,
        },
        concerned=_author(actor, post),
        title=thread.title,
        url=_address(thread, post),
        before={"withheld": ""},
        after={"withheld": how, "thread": thread.id, "number": post.number},
    )


def _refusal(post: PostRecord) -> str:
    if post.withheld == REPHRASE:
        return _("Kiriman ini sedang menunggu ditulis ulang oleh penulisnya.")
    if post.withheld == HIDDEN:
        return _("Kiriman ini sudah disembunyikan.")
    if post.withheld == "moved":
        return _("Balasan ini sudah dipindahkan ke diskusi lain.")
    return _("Kiriman ini sudah dihapus.")


def unhide(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take hiding, or asking to rephrase, back; a solution is one again unless there is another. Raises Denied, Conflict."""
    thread, post = moderated_post(actor, int(undo["post"]))
    if post.withheld != undo["how"]:
        raise Conflict(_("Kiriman ini sudah dipulihkan, ditulis ulang, atau dihapus sesudah itu."))
    bring_back(thread, post)
    if undo["solution"] and thread.solution_id is None and thread.id == undo["thread"] and not post.is_opening:
        solution = solution_from_json(undo["solution"])
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(**solution))
        touch(threads=[thread.id], replies=[post.id])


def restore(actor: Viewer, post_id: int, values: Mapping[str, Any]) -> Done:
    """Show a post (with its thread, if it opens that) again that moderators or its author took away.

    Raises NotFound, Denied, Conflict (it is there).
    """
    thread, post = moderated_post(actor, post_id)
    if not post.is_deleted or post.withheld == "moved":
        raise Conflict(_("Kiriman ini tidak sedang disembunyikan."))
    reason = post.delete_reason
    at = db.session.execute(select(Post.deleted_at).where(Post.id == post_id)).scalar_one()
    bring_back(thread, post)
    return Done(
        undo={
            "post": post_id,
            "how": post.withheld,
            "reason": reason,
            "by": post.deleted_by_id,
            "at": at.isoformat() if at else None,
        },
        concerned=_author(actor, post),
        title=thread.title,
        url=_address(thread, post),
        before={"withheld": post.withheld, "reason": reason},
        after={"withheld": "", "thread": thread.id, "number": post.number},
    )


def restore_thread(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    """`restore` for the opening post of a thread."""
    moderated(actor, thread_id)
    return restore(actor, opening_post_id(thread_id), values)


def unrestore(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Take a restoration back. Raises Denied, Conflict (taken away again meanwhile)."""
    thread, post = moderated_post(actor, int(undo["post"]))
    if post.is_deleted:
        raise Conflict(_refusal(post))
    take_away(actor, thread, post, str(undo["reason"]), str(undo["how"]))
    at = datetime.fromisoformat(undo["at"])
    db.session.execute(update(Post).where(Post.id == post.id).values(deleted_at=at, deleted_by_id=undo["by"]))
    if post.is_opening:
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(deleted_at=at))


def _author(actor: Viewer, post: PostRecord) -> tuple[int, ...]:
    return () if post.author_id == actor.id else (post.author_id,)


def _address(thread: ThreadRecord, post: PostRecord) -> str:
    return thread.url if post.is_opening else permalink(thread.url, post.id)
