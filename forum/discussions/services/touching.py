"""Tells search which documents a change touches. Called by every service that changes something that is indexed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from forum.core import outbox
from forum.core.content import CITATIONS, may_cite
from forum.core.db import db
from forum.discussions.models import Thread
from forum.search.documents import Kind
from forum.search.indexer import topics


def thread_key(thread_id: int) -> str:
    """The key of a thread's document: title, opening post, summary, board, tags, state."""
    return f"{Kind.THREAD}:{thread_id}"


def post_key(post_id: int) -> str:
    """The key of a reply's document."""
    return f"{Kind.REPLY}:{post_id}"


def touch(*, threads: Collection[int] = (), replies: Collection[int | None] = ()) -> None:
    """The documents of these threads (themselves, without their replies) and replies changed. One statement."""
    keys = [thread_key(number) for number in threads]
    keys += [post_key(number) for number in replies if number is not None]
    if keys:
        topics.changed(*keys)


def touch_post(thread_id: int, post_id: int, *, is_opening: bool) -> None:
    """The document of a post changed: that of the thread, for an opening post."""
    if is_opening:
        touch(threads=[thread_id])
    else:
        touch(replies=[post_id])


def touch_whole_thread(thread_id: int) -> None:
    """A thread came or went, and all its replies with it. The thread itself is seen to first."""
    touch(threads=[thread_id])
    topics.changed_all([f"all:{thread_key(thread_id)}"])


def touch_duplicates(thread_id: int) -> None:
    """A thread came or went: what repeats it is found in its stead, or is not found any more."""
    ids = db.session.scalars(select(Thread.id).where(Thread.duplicate_of_id == thread_id)).all()
    if ids:
        topics.changed_all([f"all:{thread_key(number)}" for number in ids])


def touch_tagged(tag_id: int) -> None:
    """A tag changed its name, its synonyms, or the threads that have it."""
    topics.changed_all([f"all:tag:{tag_id}"])


def touch_citations(post_id: int, *htmls: str) -> None:
    """A post was written, or its text changed: what it cites is looked at again, if it did or does cite something."""
    if any(may_cite(html) for html in htmls):
        outbox.put(CITATIONS, post_id)
