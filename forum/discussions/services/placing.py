"""Where posts stand, laid out anew when moderators merge or split threads: numbers, places among siblings, depths, counts.

Everything is made again from who answers whom and in what order, for the threads concerned as a whole, and only what differs is
written: so that no act has arithmetic of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import accumulate
from typing import Any

from sqlalchemy import bindparam, func, select, update

from forum.core.db import db, insert
from forum.core.errors import Conflict
from forum.core.i18n import _
from forum.discussions.models import Post, ReadMark, Thread, ThreadTag

# All posts of the threads of one act: more would hold the database for too long.
MOST_POSTS = 5000
_AT_ONCE = 1000


@dataclass(slots=True)
class Node:
    """A post as far as its place goes."""

    id: int
    thread_id: int
    parent_id: int | None
    branch_id: int | None
    number: int
    depth: int
    child_no: int
    child_count: int
    descendant_count: int
    created_at: datetime

    def place(self) -> tuple[int | None, ...]:
        """What is written when it differs."""
        return (
            self.thread_id,
            self.parent_id,
            self.branch_id,
            self.number,
            self.depth,
            self.child_no,
            self.child_count,
            self.descendant_count,
        )


_FIELDS = ("thread_id", "parent_id", "branch_id", "number", "depth", "child_no", "child_count", "descendant_count")
_COLUMNS = (Post.id, *(getattr(Post, name) for name in _FIELDS), Post.created_at)


def nodes_of(thread_id: int) -> list[Node]:
    """All posts of a thread, in their order. Raises Conflict for a thread that is too large to be laid out anew."""
    rows = db.session.execute(
        select(*_COLUMNS).where(Post.thread_id == thread_id).order_by(Post.number).limit(MOST_POSTS + 1)
    ).all()
    check_size(len(rows))
    return [Node(*row) for row in rows]


def check_size(count: int) -> None:
    """Raises Conflict for more posts than one act may move."""
    if count > MOST_POSTS:
        raise Conflict(
            _(
                "Diskusi ini terlalu besar untuk digabung atau dipecah: paling banyak %(most)d kiriman. Kunci saja, lalu tautkan.",
                most=MOST_POSTS,
            )
        )


def subtree(nodes: Sequence[Node], root_id: int) -> set[int]:
    """The ids of a post and of everything below it; `nodes` has parents before their children."""
    found = {root_id}
    for node in nodes:
        if node.parent_id in found:
            found.add(node.id)
    return found


def by_time(first: Sequence[Node], second: Sequence[Node]) -> list[Node]:
    """Two threads in one order of time. Each keeps its own order, and the opening post of `first` stays the first of all."""

    def timed(nodes: Sequence[Node]) -> Iterable[tuple[tuple[datetime, int], Node]]:
        moments = accumulate(((node.created_at, node.id) for node in nodes), max)
        return zip(moments, nodes, strict=True)

    opening, *rest = first
    return [opening, *(node for _moment, node in merge(timed(rest), timed(second), key=lambda pair: pair[0]))]


def behind(order: Sequence[Node], returning: Sequence[Node], runs: Sequence[tuple[int, Sequence[int]]]) -> list[Node]:
    """`order` with `returning` put back: each run of ids behind the post that it stood behind, what is in no run by time."""
    back = {node.id: node for node in returning}
    after = {anchor: [back.pop(key) for key in keys if key in back] for anchor, keys in runs}
    placed = []
    for node in order:
        placed.append(node)
        placed += after.pop(node.id, ())
    left = [node for nodes in after.values() for node in nodes] + list(back.values())
    return by_time(placed, sorted(left, key=lambda node: node.number)) if left else placed


def runs_of(order: Sequence[Node], moved: set[int]) -> list[tuple[int, list[int]]]:
    """Which of the `moved` stood behind which of those that stay, for `behind`."""
    runs: list[tuple[int, list[int]]] = []
    anchor = order[0].id
    for node in order:
        if node.id not in moved:
            anchor = node.id
        elif runs and runs[-1][0] == anchor:
            runs[-1][1].append(node.id)
        else:
            runs.append((anchor, [node.id]))
    return runs


def arrange(order: Sequence[Node], thread_id: int) -> list[Node]:
    """The posts of a whole thread in their places: the first is the opening post. A parent always comes before what answers it."""
    laid: list[Node] = []
    done: dict[int, Node] = {}
    by_id = {node.id: node for node in order}
    for node in order:
        line = []
        up: Node | None = node
        while up is not None and up.id not in done and up not in line:
            line.append(up)
            up = by_id.get(up.parent_id) if up.parent_id is not None else None
        for one in reversed(line):
            _put(one, done, thread_id)
            laid.append(one)
    for node in reversed(laid):
        if node.parent_id is not None:
            done[node.parent_id].descendant_count += 1 + node.descendant_count
    return laid


def _put(node: Node, done: dict[int, Node], thread_id: int) -> None:
    node.thread_id, node.number = thread_id, len(done) + 1
    node.child_count = node.descendant_count = 0
    if not done:
        node.parent_id, node.branch_id, node.depth, node.child_no = None, None, 0, 0
    else:
        parent = done[node.parent_id or 0]
        parent.child_count += 1
        node.depth, node.child_no = parent.depth + 1, parent.child_count
        node.branch_id = node.id if node.depth == 1 else parent.branch_id
    done[node.id] = node


def write(nodes: Sequence[Node]) -> None:
    """Store the places of `nodes`, as far as they differ from what is stored."""
    stored: dict[int, Any] = {}
    ids = [node.id for node in nodes]
    for start in range(0, len(ids), _AT_ONCE):
        rows = db.session.execute(select(*_COLUMNS).where(Post.id.in_(ids[start : start + _AT_ONCE])))
        stored |= {row.id: tuple(row)[1:9] for row in rows}
    changed = [node for node in nodes if stored[node.id] != node.place()]
    keys = [node.id for node in changed]
    # Numbers are unique at every moment, so those that change are first put out of the way.
    for start in range(0, len(keys), _AT_ONCE):
        db.session.execute(
            update(Post)
            .where(Post.id.in_(keys[start : start + _AT_ONCE]))
            .values(number=-Post.number, child_no=-Post.child_no)
            .execution_options(synchronize_session=False)
        )
    if changed:
        table = Post.__table__
        statement = update(table).where(table.c.id == bindparam("key")).values({n: bindparam(n) for n in _FIELDS})  # type: ignore[arg-type]
        places = [{"key": node.id, **dict(zip(_FIELDS, node.place(), strict=True))} for node in changed]
        db.session.connection().execute(statement, places)
    db.session.expire_all()


def count_again(thread_id: int) -> None:
    """What a thread says of its posts, counted from them. One without posts has nothing, and keeps its dates."""
    count, shown, helpful, latest = db.session.execute(
        select(
            func.count(),
            func.count().filter(Post.number > 1, Post.deleted_at.is_(None)),
            func.coalesce(func.sum(Post.helpful_count), 0),
            func.max(Post.created_at),
        ).where(Post.thread_id == thread_id)
    ).one()
    values: dict[str, Any] = {"last_number": count, "reply_count": shown, "helpful_count": int(helpful)}
    if count:
        last_author = select(Post.author_id).where(Post.thread_id == thread_id, Post.number == count).scalar_subquery()
        values |= {"last_activity_at": latest, "last_author_id": last_author}
        db.session.execute(update(ThreadTag).where(ThreadTag.thread_id == thread_id).values(last_activity_at=latest))
    db.session.execute(
        update(Thread).where(Thread.id == thread_id).values(**values).execution_options(synchronize_session=False)
    )


def marks_of(thread_id: int) -> dict[int, int]:
    """How far each reader has read a thread."""
    rows = db.session.execute(select(ReadMark.user_id, ReadMark.number).where(ReadMark.thread_id == thread_id))
    return {row.user_id: row.number for row in rows}


def marks_joined(
    order: Sequence[Node],
    first: Sequence[int],
    first_marks: dict[int, int],
    second: Sequence[int],
    second_marks: dict[int, int],
) -> dict[int, int]:
    """How far readers of `first` have read what it and `second` (ids in their old orders) are together: up to the first unread post."""
    at = {node.id: index for index, node in enumerate(order)}

    def unread(ids: Sequence[int], mark: int) -> int:
        return at[ids[mark]] if mark < len(ids) else len(order)

    return {
        user_id: min(unread(first, mark), unread(second, second_marks.get(user_id, 0)))
        for user_id, mark in first_marks.items()
    }


def marks_within(order: Sequence[int], marks: dict[int, int], part: set[int]) -> dict[int, int]:
    """How far readers of a thread (ids in `order`) have read the posts of `part` among them."""
    read = [0, *accumulate(key in part for key in order)]
    return {user_id: read[min(mark, len(order))] for user_id, mark in marks.items()}


def set_marks(thread_id: int, marks: dict[int, int], at: datetime) -> None:
    """Store how far readers have read; a mark of nothing read is none."""
    before = marks_of(thread_id)
    for user_id, number in marks.items():
        if user_id in before and before[user_id] != number:
            db.session.execute(
                update(ReadMark)
                .where(ReadMark.user_id == user_id, ReadMark.thread_id == thread_id)
                .values(number=number)
                .execution_options(synchronize_session=False)
            )
    new = [
        {"user_id": user_id, "thread_id": thread_id, "number": number, "read_at": at}
        for user_id, number in marks.items()
        if user_id not in before and number
    ]
    if new:
        db.session.execute(insert(db.session(), ReadMark).values(new).on_conflict_do_nothing())
