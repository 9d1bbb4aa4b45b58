"""A post with what stands below it, for what is too deep or too long for the thread's own page."""

from __future__ import annotations

from math import ceil
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.markup import excerpt, plain_text
from forum.core.paging import page_window
from forum.core.viewer import Viewer
from forum.discussions.addresses import branch_url
from forum.discussions.models import Post
from forum.discussions.queries.heads import Loaded, load
from forum.discussions.queries.post_rows import BRANCHES, nested_page
from forum.discussions.queries.presenting import Facts, files_of, nested_views, present
from forum.discussions.queries.shapes import Ancestor, BranchPage, PageLink, Paging, Sort
from forum.discussions.queries.targets import Target

MAX_ANCESTORS = 8
ANCESTOR_EXCERPT = 90


def paging(page: int, count: int, address: Any, size: int = BRANCHES) -> Paging:
    """Numbered pages over `count` things; `address(page)` makes the links. Raises NotFound beyond the last page."""
    pages = max(1, ceil(count / size))
    if page > pages:
        raise NotFound
    return Paging(
        page=page,
        pages=pages,
        previous=address(page - 1) if page > 1 else None,
        next=address(page + 1) if page < pages else None,
        links=tuple(None if n is None else PageLink(n, address(n), n == page) for n in page_window(page, pages)),
    )


def branch_page(viewer: Viewer, thread_id: int, post_id: int, page: int = 1) -> BranchPage:
    """A post with what stands below it, for what is too deep or too long for the thread's own page. Raises NotFound."""
    loaded = load(viewer, thread_id)
    return branch_of(viewer, loaded, post_id, page, None)


def branch_of(viewer: Viewer, loaded: Loaded, root_id: int, page: int, target: Target | None) -> BranchPage:
    """The page of a branch; with `target` the one on which that post stands, unfolded down to it."""
    line, left_out, child_count = _ancestors(loaded, root_id)
    unfolded: tuple[int, ...] = ()
    if target is not None:
        below = target.ancestors[target.ancestors.index(root_id) + 1 :]
        unfolded = (*below, target.id)
        page = _child_page(unfolded[0])
    url = loaded.record.url
    numbered = paging(page, child_count, lambda n: f"{branch_url(url, root_id)}{f'?halaman={n}' if n > 1 else ''}")
    rows = nested_page(viewer, loaded, root_id, child_count, page, Sort.OLDEST, unfolded)
    facts = Facts(viewer, loaded, files_of(viewer, rows).of, target.id if target else None)
    root = next(row for row in rows if row.id == root_id)
    return BranchPage(
        thread=loaded.head,
        ancestors=line,
        ancestors_left_out=left_out,
        root=present(facts, root),
        posts=nested_views(facts, rows, root_id, Sort.OLDEST),
        paging=numbered,
        target_id=facts.target_id,
    )


def _child_page(post_id: int) -> int:
    child_no = db.session.scalar(select(Post.child_no).where(Post.id == post_id)) or 1
    return (child_no - 1) // BRANCHES + 1


def _ancestors(loaded: Loaded, post_id: int) -> tuple[tuple[Ancestor, ...], int, int]:
    """One line for each of the nearest ancestors of the post, how many are left out, and its own child count."""
    columns = (Post.id, Post.parent_id, Post.depth)
    chain = (
        select(*columns, literal(0).label("steps"))
        .where(Post.id == post_id, Post.thread_id == loaded.record.id)
        .cte("line", recursive=True)
    )
    up = aliased(Post)
    chain = chain.union_all(
        select(up.id, up.parent_id, up.depth, chain.c.steps + 1)
        .join(chain, chain.c.parent_id == up.id)
        .where(chain.c.steps < MAX_ANCESTORS)
    )
    rows = db.session.execute(
        select(Post.id, Post.number, Post.depth, Post.child_count, Post.deleted_at, Post.html, User.name)
        .join(chain, chain.c.id == Post.id)
        .join(User, User.id == Post.author_id)
        .order_by(Post.depth)
    ).all()
    if not rows:
        raise NotFound
    *above, own = rows
    return tuple(_ancestor(loaded, row) for row in above), max(0, own.depth - MAX_ANCESTORS), own.child_count


def _ancestor(loaded: Loaded, row: Any) -> Ancestor:
    url = loaded.record.url
    gone = row.deleted_at is not None
    return Ancestor(
        number=row.number,
        name="" if gone else row.name,
        excerpt="" if gone else excerpt(plain_text(row.html), ANCESTOR_EXCERPT),
        url=url if row.number == 1 else branch_url(url, row.id),
    )
