"""The rows of a page of posts: one statement, put together once, whatever the size of the thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Subquery, and_, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.core.viewer import Viewer
from forum.discussions.models import Post, Vote
from forum.discussions.queries.heads import Loaded
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.shapes import Person, Sort

BRANCHES = 20
# Of each post's children so many are open; the rest is behind "N balasan lagi".
OPEN_CHILDREN = 3
# Display levels on one page; below that, "Lanjutkan diskusi" leads to a page of the branch.
LEVELS = 8
# Nested posts on one page in all, so that a page stays a page whatever the shape of the tree.
NESTED = 40

_parent = aliased(Post)
_parent_author = aliased(User)


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post out of the database: what `tree.place` and the policy need, and the rest for the view."""

    id: int
    thread_id: int
    parent_id: int | None
    number: int
    depth: int
    child_no: int
    child_count: int
    descendant_count: int
    author_id: int
    html: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    deleted_by_id: int | None
    delete_reason: str
    helpful_count: int
    parent_number: int | None
    parent_name: str | None
    author: Person
    on_page: bool
    viewer_voted: bool

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_opening(self) -> bool:
        return self.number == 1


def _post_columns() -> tuple[Any, ...]:
    return (
        Post.id,
        Post.thread_id,
        Post.parent_id,
        Post.number,
        Post.depth,
        Post.child_no,
        Post.child_count,
        Post.descendant_count,
        Post.author_id,
        Post.html,
        Post.created_at,
        Post.edited_at,
        Post.deleted_at,
        Post.deleted_by_id,
        Post.delete_reason,
        Post.helpful_count,
        _parent.number,
        case((_parent.deleted_at.is_(None), _parent_author.name)),
        *person_columns(),
    )


def _posts_statement(ids: Subquery) -> Select[*tuple[Any, ...]]:
    """The posts of `ids` (columns id, level); an id that is there twice counts with its higher level."""
    once = select(ids.c.id, func.max(ids.c.level).label("level")).group_by(ids.c.id).subquery()
    return (
        select(*_post_columns(), once.c.level, Vote.user_id.label("voter"))
        .join(once, once.c.id == Post.id)
        .join(User, User.id == Post.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(_parent, _parent.id == Post.parent_id)
        .outerjoin(_parent_author, _parent_author.id == _parent.author_id)
        .outerjoin(Vote, and_(Vote.post_id == Post.id, Vote.user_id == bindparam("reader")))
    )


def _rows(viewer: Viewer, statement: Select[*tuple[Any, ...]], **bound: Any) -> list[PostRow]:
    rows = db.session.execute(statement, {**bound, "reader": viewer.id})
    every = ((*row[:18], person_of(row, 18), row.level > 0, row.voter is not None) for row in rows)
    return [PostRow(*values) for values in every]


def _listed(name: str, level: int) -> Select[*tuple[Any, ...]]:
    """The posts whose ids are bound under `name`, each with `level`; 0: shown beside the replies, not among them."""
    return select(Post.id.label("id"), literal(level).label("level")).where(
        Post.id.in_(bindparam(name, expanding=True))
    )


@lru_cache(maxsize=8)
def _branch_slice(by_use: bool) -> Select[*tuple[Any, ...]]:
    """The children of `root` on a page. `child_no` is dense, so by time a page is a range (`first` to `last`)."""
    children = select(Post.id.label("id")).where(Post.parent_id == bindparam("root"))
    if by_use:
        ordered = children.order_by(Post.helpful_count.desc(), Post.child_no)
        ranked = ordered.limit(BRANCHES).offset(bindparam("first")).subquery()
        return select(ranked.c.id, literal(1).label("level"))
    return children.add_columns(literal(1).label("level")).where(
        Post.child_no.between(bindparam("first"), bindparam("last"))
    )


@lru_cache(maxsize=8)
def _nested_statement(by_use: bool) -> Select[*tuple[Any, ...]]:
    """A page in one statement: its branches, their open children, what is `unfolded`, and what stands `beside`.

    The recursion goes level by level (breadth first), so its limit leaves out the deepest first.
    """
    shown = _branch_slice(by_use).cte("shown", recursive=True)
    child = aliased(Post)
    shown = shown.union_all(
        select(child.id, shown.c.level + 1)
        .join(shown, child.parent_id == shown.c.id)
        # Compared with a column of `shown`, not a constant: given the latter, SQLite reads the whole table for a filter first.
        .where(child.child_no <= shown.c.level * 0 + OPEN_CHILDREN, shown.c.level < LEVELS)
    )
    on_page = select(select(shown).limit(BRANCHES + NESTED).subquery())
    return _posts_statement(union_all(on_page, _listed("unfolded", 1), _listed("beside", 0)).subquery())


def nested_page(
    viewer: Viewer, loaded: Loaded, root_id: int, count: int, page: int, sort: Sort, unfolded: Sequence[int]
) -> list[PostRow]:
    """The posts of a page of the children of `root_id`, of which there are `count`."""
    start = (page - 1) * BRANCHES
    first = {Sort.HELPFUL: start, Sort.OLDEST: start + 1, Sort.NEWEST: count - start - BRANCHES + 1}[sort]
    bound: dict[str, Any] = {
        "root": root_id,
        "first": first,
        "unfolded": list(unfolded),
        "beside": _beside(loaded, root_id),
    }
    if sort is not Sort.HELPFUL:
        bound["last"] = first + BRANCHES - 1
    return _rows(viewer, _nested_statement(sort is Sort.HELPFUL), **bound)


@lru_cache(maxsize=1)
def _flat_statement() -> Select[*tuple[Any, ...]]:
    replies = select(Post.id.label("id"), literal(1).label("level")).where(
        Post.thread_id == bindparam("thread"), Post.number.between(bindparam("first"), bindparam("last"))
    )
    return _posts_statement(union_all(replies, _listed("beside", 0)).subquery())


def flat_page(viewer: Viewer, loaded: Loaded, page: int) -> list[PostRow]:
    """Replies by time: `number` is dense within the thread, so a page is a range."""
    first = (page - 1) * BRANCHES + 2
    return _rows(
        viewer,
        _flat_statement(),
        thread=loaded.record.id,
        first=first,
        last=first + BRANCHES - 1,
        beside=_beside(loaded, loaded.opening_id),
    )


def _beside(loaded: Loaded, root_id: int) -> list[int]:
    """What every page shows besides its replies: opening post, root and solution."""
    return sorted({loaded.opening_id, root_id, loaded.record.solution_id or root_id})


def post_row(viewer: Viewer, post_id: int) -> PostRow | None:
    """One post by itself."""
    rows = _rows(viewer, _posts_statement(_listed("posts", 1).subquery()), posts=[post_id])
    return rows[0] if rows else None
