"""Posts as something that files are attached to: see `core.content.FileOwner`."""

from __future__ import annotations

from sqlalchemy import Select, select

from forum.core.db import db
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Board, BoardAccess, Draft, Post, Thread
from forum.discussions.queries.boards import board_rules
from forum.discussions.queries.records import POST_COLUMNS, THREAD_COLUMNS, post_record, thread_record


def may_see(viewer: Viewer, post_id: int) -> bool:
    """May the viewer see what is attached to the post?"""
    row = db.session.execute(
        select(*THREAD_COLUMNS, *POST_COLUMNS)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id == post_id)
    ).one_or_none()
    if row is None:
        return False
    thread, post = thread_record(row), post_record(row, len(THREAD_COLUMNS))
    board = db.session.get_one(Board, thread.board_id)
    access = db.session.execute(
        select(BoardAccess.verb, BoardAccess.role, BoardAccess.unit_id).where(BoardAccess.board_id == board.id)
    )
    return policy.may_see_post(
        viewer, board_rules(board, [(one.verb, one.role, one.unit_id) for one in access]), thread, post
    )


def visible(viewer: Viewer) -> Select[int]:
    """SQL twin of `may_see`: the ids of the posts."""
    return select(Post.id).join(Thread, Thread.id == Post.thread_id).where(policy.posts_visible_to(viewer))


def in_draft(user_id: int, token: str) -> bool:
    """Does an unsent text of that person speak of the file?"""
    found = select(Draft.id).where(Draft.user_id == user_id, Draft.body.contains(token, autoescape=True)).limit(1)
    return db.session.scalar(found) is not None
