"""Where a post stands, for links that open it in its context."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.errors import NotFound
from forum.discussions.models import Post
from forum.discussions.queries.heads import Loaded
from forum.discussions.queries.post_rows import BRANCHES
from forum.discussions.queries.records import ThreadRecord
from forum.discussions.queries.shapes import Sort


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post stands. `ancestors`: ids from its branch down to its parent."""

    id: int
    number: int
    depth: int
    ancestors: tuple[int, ...]
    branch_no: int
    branch_helpful: int


def find_target(thread: ThreadRecord, post_id: int) -> Target:
    """Find a post of the thread. Raises NotFound when it is not one of its posts."""
    up = select(Post.id, Post.parent_id, Post.number, Post.depth, Post.child_no, Post.helpful_count).where(
        Post.id == post_id, Post.thread_id == thread.id
    )
    chain = up.cte("chain", recursive=True)
    parent = aliased(Post)
    chain = chain.union_all(
        select(parent.id, parent.parent_id, parent.number, parent.depth, parent.child_no, parent.helpful_count).join(
            chain, chain.c.parent_id == parent.id
        )
    )
    rows = db.session.execute(select(chain).order_by(chain.c.depth)).all()
    if not rows:
        raise NotFound
    last = rows[-1]
    branch = rows[1] if len(rows) > 1 else last
    return Target(
        last.id, last.number, last.depth, tuple(row.id for row in rows[1:-1]), branch.child_no, branch.helpful_count
    )


def page_of(loaded: Loaded, target: Target, sort: Sort) -> int:
    """The page on which the branch of `target` stands."""
    if sort is Sort.OLDEST:
        before = target.branch_no - 1
    elif sort is Sort.NEWEST:
        before = loaded.branch_count - target.branch_no
    else:
        ahead = or_(
            Post.helpful_count > target.branch_helpful,
            and_(Post.helpful_count == target.branch_helpful, Post.child_no < target.branch_no),
        )
        before = (
            db.session.scalar(select(func.count()).select_from(Post).where(Post.parent_id == loaded.opening_id, ahead))
            or 0
        )
    return max(0, before) // BRANCHES + 1
