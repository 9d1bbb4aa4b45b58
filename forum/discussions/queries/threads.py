"""Reading a thread: a page of it costs the same number of statements, and the same work, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import Select, Subquery, and_, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.markup import excerpt, plain_text
from forum.core.paging import page_window
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import branch_url, permalink, reply_url, thread_ref
from forum.discussions.models import Board, Post, ReadHorizon, ReadMark, Thread, Vote
from forum.discussions.queries import tree
from forum.discussions.queries.boards import board_ref
from forum.discussions.queries.drafts import draft_at
from forum.discussions.queries.lists import tags_of
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.records import THREAD_COLUMNS, ThreadRecord, thread_record
from forum.discussions.queries.shapes import (
    Ancestor,
    BranchPage,
    PageLink,
    Paging,
    Person,
    PostRights,
    PostView,
    Sort,
    ThreadHead,
    ThreadKind,
    ThreadPage,
    ThreadRights,
    View,
)

BRANCHES = 20
# Of each post's children so many are open; the rest is behind "N balasan lagi".
OPEN_CHILDREN = 3
# Display levels on one page; below that, "Lanjutkan diskusi" leads to a page of the branch.
LEVELS = 8
# Nested posts on one page in all, so that a page stays a page whatever the shape of the tree.
NESTED = 40
MAX_ANCESTORS = 8
ANCESTOR_EXCERPT = 90
# "Jawaban ini berumur lebih dari satu tahun. Periksa aturan terbaru."
OLD_AFTER = timedelta(days=365)

_solver = aliased(User)
_summariser = aliased(User)
_opening = aliased(Post)
_parent = aliased(Post)
_parent_author = aliased(User)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A thread with what a page of it needs to know before its posts are read."""

    record: ThreadRecord
    head: ThreadHead
    opening_id: int
    branch_count: int
    read_to: int
    first_unread_id: int | None


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

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_opening(self) -> bool:
        return self.number == 1


@lru_cache(maxsize=512)
def _head_statement(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Bound: thread. Kept, since putting a statement of this size together takes longer than running it."""
    first_unread = (
        select(Post.id)
        .where(Post.thread_id == Thread.id, Post.number == ReadMark.number + 1)
        .correlate(Thread, ReadMark)
        .scalar_subquery()
    )
    return (
        select(
            *THREAD_COLUMNS,
            *person_columns(),
            Board.slug,
            Board.name,
            Board.icon,
            Board.colour,
            Thread.created_at,
            Thread.last_activity_at,
            Thread.solved_at,
            Thread.summary_html,
            Thread.summary_at,
            Thread.is_sample,
            _solver.name.label("solver"),
            _summariser.name.label("summariser"),
            _opening.id.label("opening_id"),
            _opening.child_count.label("branch_count"),
            ReadMark.number.label("read_to"),
            ReadHorizon.at.label("horizon"),
            first_unread.label("first_unread"),
        )
        .join(Board, Board.id == Thread.board_id)
        .join(User, User.id == Thread.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .join(_opening, and_(_opening.thread_id == Thread.id, _opening.number == 1))
        .outerjoin(_solver, _solver.id == Thread.solved_by_id)
        .outerjoin(_summariser, _summariser.id == Thread.summary_by_id)
        .outerjoin(ReadMark, and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == viewer.id))
        .outerjoin(ReadHorizon, ReadHorizon.user_id == viewer.id)
        .where(Thread.id == bindparam("thread"), policy.threads_visible_to(viewer))
    )


def load(viewer: Viewer, thread_id: int) -> Loaded:
    """The thread for a page. Raises NotFound when there is none or `viewer` may not see it. Two statements."""
    row = db.session.execute(_head_statement(viewer), {"thread": thread_id}).one_or_none()
    if row is None:
        raise NotFound
    record = thread_record(row)
    board = board_ref((record.board_id, *row[23:27]))
    head = ThreadHead(
        id=record.id,
        ref=thread_ref(record.id, record.slug),
        url=record.url,
        title=record.title,
        kind=ThreadKind(record.kind),
        board=board,
        tags=tags_of([record.id]).get(record.id, ()),
        author=person_of(row, 17),
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
        reply_count=record.reply_count,
        is_solved=record.solution_id is not None,
        solved_by=row.solver or "",
        solved_at=row.solved_at,
        is_pinned=record.is_pinned,
        is_locked=record.is_locked,
        lock_reason=record.lock_reason,
        is_deleted=record.is_deleted,
        is_sample=row.is_sample,
        is_old=clock.now() - row.last_activity_at > OLD_AFTER,
        summary_html=Markup(row.summary_html),  # noqa: S704 - sanitised when it was stored
        summary_by=row.summariser or "",
        summary_at=row.summary_at,
        may=_thread_rights(viewer, record),
    )
    return Loaded(record, head, row.opening_id, row.branch_count, _read_to(row, record.last_number), row.first_unread)


def _read_to(row: Any, last_number: int) -> int:
    if row.read_to is not None:
        return int(row.read_to)
    return last_number if row.horizon is not None and row.last_activity_at <= row.horizon else 0


def _thread_rights(viewer: Viewer, thread: ThreadRecord) -> ThreadRights:
    refusal = policy.refuse_reply(viewer, thread.board, thread)
    moderates = policy.may_moderate(viewer, thread.board_id) and not thread.is_deleted
    own_open = thread.author_id == viewer.id and not thread.is_locked and not thread.is_deleted
    return ThreadRights(
        reply=not refusal,
        reply_refusal=refusal,
        edit=moderates or own_open,
        pin=moderates,
        lock=moderates,
        move=moderates,
        summarise=moderates,
    )


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
        select(*_post_columns(), once.c.level)
        .join(once, once.c.id == Post.id)
        .join(User, User.id == Post.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(_parent, _parent.id == Post.parent_id)
        .outerjoin(_parent_author, _parent_author.id == _parent.author_id)
    )


def _rows(statement: Select[*tuple[Any, ...]], **bound: Any) -> list[PostRow]:
    rows = db.session.execute(statement, bound)
    return [PostRow(*values) for values in ((*row[:18], person_of(row, 18), row.level > 0) for row in rows)]


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


def _nested_page(
    loaded: Loaded, root_id: int, count: int, page: int, sort: Sort, unfolded: Sequence[int]
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
    return _rows(_nested_statement(sort is Sort.HELPFUL), **bound)


@lru_cache(maxsize=1)
def _flat_statement() -> Select[*tuple[Any, ...]]:
    replies = select(Post.id.label("id"), literal(1).label("level")).where(
        Post.thread_id == bindparam("thread"), Post.number.between(bindparam("first"), bindparam("last"))
    )
    return _posts_statement(union_all(replies, _listed("beside", 0)).subquery())


def _flat_page(loaded: Loaded, page: int) -> list[PostRow]:
    """Replies by time: `number` is dense within the thread, so a page is a range."""
    first = (page - 1) * BRANCHES + 2
    return _rows(
        _flat_statement(),
        thread=loaded.record.id,
        first=first,
        last=first + BRANCHES - 1,
        beside=_beside(loaded, loaded.opening_id),
    )


def _beside(loaded: Loaded, root_id: int) -> list[int]:
    """What every page shows besides its replies: opening post, root and solution."""
    return sorted({loaded.opening_id, root_id, loaded.record.solution_id or root_id})


def _voted(viewer: Viewer, rows: list[PostRow]) -> frozenset[int]:
    ids = [row.id for row in rows]
    return frozenset(db.session.scalars(select(Vote.post_id).where(Vote.user_id == viewer.id, Vote.post_id.in_(ids))))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the views of a page have in common."""

    viewer: Viewer
    loaded: Loaded
    voted: frozenset[int]
    target_id: int | None


def _rights(facts: Facts, row: PostRow) -> PostRights:
    viewer, thread = facts.viewer, facts.loaded.record
    is_solution = row.id == thread.solution_id
    solvable = thread.kind == "question" and not row.is_opening and policy.may_solve(viewer, thread)
    return PostRights(
        reply=facts.loaded.head.may.reply and not row.is_deleted,
        vote=policy.may_vote(viewer, thread, row),
        edit=policy.may_edit(viewer, thread, row),
        delete=policy.may_delete(viewer, thread, row),
        restore=policy.may_restore(viewer, thread, row),
        solve=solvable and not is_solution and not row.is_deleted,
        unsolve=solvable and is_solution,
        history=row.edited_at is not None and policy.may_see_history(viewer, thread, row),
    )


def _view(facts: Facts, row: PostRow, placed: tree.Placed[PostRow] | None = None) -> PostView:
    thread = facts.loaded.record
    url = thread.url
    rights = _rights(facts, row)
    hidden = row.is_deleted and not rights.restore
    return PostView(
        id=row.id,
        number=row.number,
        url=f"{url}#p-{row.id}" if row.is_opening else permalink(url, row.id),
        permalink=permalink(url, row.id),
        depth=row.depth,
        level=placed.level if placed else 1,
        parent_number=row.parent_number,
        parent_name=row.parent_name if row.depth > 1 else None,
        parent_url=permalink(url, row.parent_id) if row.parent_id and row.depth > 1 else None,
        author=None if hidden else row.author,
        html=Markup("" if row.is_deleted else row.html),  # noqa: S704 - sanitised when it was stored
        created_at=row.created_at,
        edited_at=row.edited_at,
        is_opening=row.is_opening,
        is_solution=row.id == thread.solution_id,
        is_deleted=row.is_deleted,
        deleted_by_moderator=row.is_deleted and row.deleted_by_id != row.author_id,
        delete_reason=row.delete_reason,
        is_unread=row.number > facts.loaded.read_to and row.author_id != facts.viewer.id,
        is_target=row.id == facts.target_id,
        is_asker=row.author_id == thread.author_id,
        helpful_count=row.helpful_count,
        viewer_voted=row.id in facts.voted,
        child_count=row.child_count,
        more_children=placed.more_children if placed else 0,
        more_descendants=placed.more_descendants if placed else 0,
        branch_url=branch_url(url, row.id),
        reply_url=reply_url(thread.id, row.id),
        may=rights,
        opens=placed.opens if placed else False,
        closes=placed.closes if placed else 0,
    )


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


def default_sort(kind: str) -> Sort:
    """Answers to a question stand by use, everything else as it was said."""
    return Sort.HELPFUL if kind == ThreadKind.QUESTION else Sort.OLDEST


def _address(url: str, kind: str, sort: Sort, view: View, page: int = 1) -> str:
    parameters = {}
    if view is View.FLAT:
        parameters["tampilan"] = view.value
    elif sort is not default_sort(kind):
        parameters["urut"] = sort.value
    if page > 1:
        parameters["halaman"] = str(page)
    return f"{url}?{urlencode(parameters)}" if parameters else url


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post stands. `ancestors`: ids from its branch down to its parent."""

    id: int
    number: int
    depth: int
    ancestors: tuple[int, ...]
    branch_no: int
    branch_helpful: int


def _target(thread: ThreadRecord, post_id: int) -> Target:
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


def _page_of(loaded: Loaded, target: Target, sort: Sort) -> int:
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


def thread_page(
    viewer: Viewer,
    thread_id: int,
    *,
    page: int = 1,
    sort: Sort | None = None,
    view: View = View.NESTED,
    target_id: int | None = None,
) -> ThreadPage | BranchPage:
    """A page of a thread. With `target_id` the page on which that post stands, unfolded around it.

    A target too deep for the thread page comes as a BranchPage. Raises NotFound.
    """
    loaded = load(viewer, thread_id)
    sort = sort or default_sort(loaded.record.kind)
    unfolded: tuple[int, ...] = ()
    if target_id is not None and target_id != loaded.opening_id:
        target = _target(loaded.record, target_id)
        if view is View.FLAT:
            page = (target.number - 2) // BRANCHES + 1
        elif target.depth > LEVELS:
            return _branch_page(viewer, loaded, target.ancestors[-3], 1, target)
        else:
            page = _page_of(loaded, target, sort)
            unfolded = (*target.ancestors, target.id)
    flat = view is View.FLAT
    count = loaded.record.last_number - 1 if flat else loaded.branch_count
    url, kind = loaded.record.url, loaded.record.kind
    numbered = paging(page, count, lambda n: _address(url, kind, sort, view, n))
    rows = (
        _flat_page(loaded, page)
        if flat
        else _nested_page(loaded, loaded.opening_id, loaded.branch_count, page, sort, unfolded)
    )
    facts = Facts(viewer, loaded, _voted(viewer, rows), target_id)
    by_id = {row.id: row for row in rows}
    posts = _flat_views(facts, rows) if flat else _nested_views(facts, rows, loaded.opening_id, sort)
    solution = by_id.get(loaded.record.solution_id or 0)
    return ThreadPage(
        thread=loaded.head,
        opening=_view(facts, by_id[loaded.opening_id]),
        solution=_view(facts, solution) if solution else None,
        posts=posts,
        paging=numbered,
        sort=sort,
        view=view,
        sort_urls={item.value: _address(url, kind, item, View.NESTED) for item in Sort},
        view_urls={item.value: _address(url, kind, sort, item) for item in View},
        unread_count=loaded.record.last_number - loaded.read_to if loaded.read_to else 0,
        first_unread_url=permalink(url, loaded.first_unread_id) if loaded.first_unread_id else None,
        last_number=loaded.record.last_number,
        reply_draft=draft_at(viewer, f"reply:{loaded.opening_id}"),
        target_id=target_id,
    )


def _flat_views(facts: Facts, rows: list[PostRow]) -> tuple[PostView, ...]:
    return tuple(_view(facts, row) for row in sorted(rows, key=lambda row: row.number) if row.on_page)


def _nested_views(facts: Facts, rows: list[PostRow], root_id: int, sort: Sort) -> tuple[PostView, ...]:
    shown = [row for row in rows if row.on_page and row.id != root_id]
    branches = [row for row in shown if row.parent_id == root_id]
    if sort is Sort.HELPFUL:
        branches.sort(key=lambda row: (-row.helpful_count, row.child_no))
    else:
        branches.sort(key=lambda row: row.child_no, reverse=sort is Sort.NEWEST)
    nested = [row for row in shown if row.parent_id != root_id]
    return tuple(_view(facts, placed.node, placed) for placed in tree.place(branches, nested))


def branch_page(viewer: Viewer, thread_id: int, post_id: int, page: int = 1) -> BranchPage:
    """A post with what stands below it, for what is too deep or too long for the thread's own page. Raises NotFound."""
    loaded = load(viewer, thread_id)
    return _branch_page(viewer, loaded, post_id, page, None)


def _branch_page(viewer: Viewer, loaded: Loaded, root_id: int, page: int, target: Target | None) -> BranchPage:
    line, left_out, child_count = _ancestors(loaded, root_id)
    unfolded: tuple[int, ...] = ()
    if target is not None:
        below = target.ancestors[target.ancestors.index(root_id) + 1 :]
        unfolded = (*below, target.id)
        page = _child_page(unfolded[0])
    url = loaded.record.url
    numbered = paging(page, child_count, lambda n: f"{branch_url(url, root_id)}{f'?halaman={n}' if n > 1 else ''}")
    rows = _nested_page(loaded, root_id, child_count, page, Sort.OLDEST, unfolded)
    facts = Facts(viewer, loaded, _voted(viewer, rows), target.id if target else None)
    root = next(row for row in rows if row.id == root_id)
    return BranchPage(
        thread=loaded.head,
        ancestors=line,
        ancestors_left_out=left_out,
        root=_view(facts, root),
        posts=_nested_views(facts, rows, root_id, Sort.OLDEST),
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


def post_view(viewer: Viewer, thread_id: int, post_id: int) -> tuple[ThreadHead, PostView]:
    """One post by itself, for the pages that reply to it, edit it or ask before an act. Raises NotFound."""
    loaded = load(viewer, thread_id)
    rows = _rows(_posts_statement(_listed("posts", 1).subquery()), posts=[post_id])
    if not rows or rows[0].thread_id != thread_id:
        raise NotFound
    return loaded.head, _view(Facts(viewer, loaded, _voted(viewer, rows), None), rows[0])
