"""Counts everything about threads again from the rows themselves, and compares with what is stored beside them."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import func, select

from forum.core.db import db
from forum.discussions.models import Board, Post, Tag, Thread, ThreadTag, Vote


def assert_counts_are_right() -> int:
    """Every stored number of every thread equals a recount. Returns the number of posts that were looked at."""
    db.session.rollback()
    db.session.expire_all()
    posts = db.session.scalars(select(Post).order_by(Post.thread_id, Post.number)).all()
    by_thread: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        by_thread[post.thread_id].append(post)
    votes = Counter(db.session.scalars(select(Vote.post_id)))
    threads = db.session.scalars(select(Thread)).all()
    for thread in threads:
        if thread.merged_as_id is not None:
            assert not by_thread[thread.id], thread.id
            assert thread.deleted_at is not None
            continue
        _check_thread(thread, by_thread[thread.id], votes)
    _check_boards(threads)
    _check_tags(threads)
    return len(posts)


def _check_thread(thread: Thread, posts: list[Post], votes: Counter[int]) -> None:
    by_id = {post.id: post for post in posts}
    children: dict[int | None, list[Post]] = defaultdict(list)
    for post in posts:
        children[post.parent_id].append(post)
    assert [post.number for post in posts] == list(range(1, len(posts) + 1))
    below: Counter[int] = Counter()
    for post in reversed(posts):
        if post.parent_id is not None:
            below[post.parent_id] += 1 + below[post.id]
    for post in posts:
        parent = by_id[post.parent_id] if post.parent_id is not None else None
        assert (parent is None) == (post.number == 1), post.id
        assert post.depth == (parent.depth + 1 if parent else 0)
        assert post.branch_id == (None if parent is None else post.id if post.depth == 1 else parent.branch_id)
        assert post.child_count == len(children[post.id])
        assert post.descendant_count == below[post.id]
        assert post.helpful_count == votes[post.id]
        assert [child.child_no for child in children[post.id]] == list(range(1, len(children[post.id]) + 1))
    assert thread.last_number == len(posts)
    assert thread.reply_count == sum(post.deleted_at is None for post in posts[1:])
    assert thread.helpful_count == sum(post.helpful_count for post in posts)
    assert thread.last_activity_at == max(post.created_at for post in posts)
    assert thread.last_author_id == posts[-1].author_id
    assert (thread.deleted_at is None) == (posts[0].deleted_at is None)
    assert thread.withheld == posts[0].withheld
    for post in posts:
        assert not post.withheld or post.deleted_at is not None
        assert (post.moved_to_id is not None) == (post.withheld == "moved")
    if thread.solution_id is not None:
        solution = by_id[thread.solution_id]
        assert solution.deleted_at is None
        assert solution.number > 1


def _check_boards(threads: list[Thread]) -> None:
    shown = Counter(thread.board_id for thread in threads if thread.deleted_at is None)
    for board in db.session.scalars(select(Board)):
        assert board.thread_count == shown[board.id], board.slug


def _check_tags(threads: list[Thread]) -> None:
    by_id = {thread.id: thread for thread in threads}
    tagged: Counter[int] = Counter()
    for row in db.session.scalars(select(ThreadTag)):
        assert row.last_activity_at == by_id[row.thread_id].last_activity_at
        tagged[row.tag_id] += by_id[row.thread_id].deleted_at is None
    for tag in db.session.scalars(select(Tag)):
        assert tag.thread_count == tagged[tag.id], tag.slug


def row_count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0
