"""Threads and replies in any number, for measuring. Straight into the tables, with every count and index right."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from forum.accounts.models import Unit, User
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.markup import RENDERER_VERSION
from forum.demo.words import Writer
from forum.discussions.addresses import slugify, thread_url
from forum.discussions.models import Board, Post, Tag, Thread, ThreadTag, Vote

MAX_POSTS = 20_000_000
POSTS_IN_TRANSACTION = 20_000
ROWS_IN_STATEMENT = 5_000
PEOPLE = 200
TAGS = 60
DAYS = 900
# One reply in four answers one of the last eight posts rather than the question, so threads nest as real ones do.
NESTED_SHARE = 0.25
NESTED_REACH = 8
SOLVED_SHARE = 0.6
VOTED_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Made:
    threads: int
    posts: int
    first_url: str
    last_url: str


@dataclass(slots=True)
class Batch:
    """Rows on their way to the database."""

    threads: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    votes: list[dict[str, Any]] = field(default_factory=list)


def scale(threads: int, replies: int, progress: Callable[[int], None] = lambda posts: None, seed: int = 1) -> Made:
    """Make `threads` threads with `replies` replies each. `progress` gets the number of posts made since the last call.

    Needs at least one board. Raises Invalid when more than MAX_POSTS posts would be made, or there is no board.
    """
    if threads * (replies + 1) > MAX_POSTS:
        raise Invalid(
            f"That would be {threads * (replies + 1):,} posts: --replies is the number of replies in each thread."
        )
    writer = Writer(seed)
    with transaction() as session:
        maker = Maker.prepare(session, writer)
    first = maker.next_thread
    batch = Batch()
    for _ in range(threads):
        maker.add_thread(batch, replies)
        if len(batch.posts) >= POSTS_IN_TRANSACTION:
            progress(_store(batch))
            batch = Batch()
    if batch.threads:
        progress(_store(batch))
    with transaction() as session:
        _settle(session)
    return _made(threads, replies, first)


def _made(threads: int, replies: int, first: int) -> Made:
    slugs = db.session.execute(
        select(Thread.id, Thread.slug).where(Thread.id.in_([first, first + threads - 1])).order_by(Thread.id)
    ).all()
    urls = [thread_url(row.id, row.slug) for row in slugs] or [""]
    return Made(threads, threads * (replies + 1), urls[0], urls[-1])


@dataclass(slots=True)
class Maker:
    """Makes threads row by row; ids go on from the highest there is."""

    writer: Writer
    random: random.Random
    people: list[tuple[int, int | None]]
    boards: list[int]
    tags: list[int]
    next_thread: int
    next_post: int

    @classmethod
    def prepare(cls, session: Session, writer: Writer) -> Maker:
        boards = list(session.scalars(select(Board.id).where(~Board.is_archived, ~Board.restricts_reading)))
        if not boards:
            raise Invalid("There is no board yet: run `flask demo load` first.")
        return cls(
            writer=writer,
            random=writer.random,
            people=_people(session),
            boards=boards,
            tags=_tags(session),
            next_thread=(session.scalar(select(func.max(Thread.id))) or 0) + 1,
            next_post=(session.scalar(select(func.max(Post.id))) or 0) + 1,
        )

    def add_thread(self, batch: Batch, replies: int) -> None:
        """A thread with its posts, tags and votes."""
        thread_id, first_post = self.next_thread, self.next_post
        opened = clock.now() - timedelta(days=self.random.uniform(1, DAYS))
        step = timedelta(hours=self.random.uniform(0.05, 20)) / max(1, replies // 20)
        posts = self._posts(thread_id, first_post, replies, opened, step)
        author, unit = self.random.choice(self.people)
        posts[0]["author_id"] = author
        votes = list(self._votes(posts))
        title = self.writer.title()
        solved = replies > 0 and self.random.random() < SOLVED_SHARE
        batch.threads.append(
            {
                "id": thread_id,
                "board_id": self.random.choice(self.boards),
                "author_id": author,
                "unit_id": unit,
                "title": title,
                "slug": slugify(title),
                "kind": "question",
                "created_at": opened,
                "last_activity_at": posts[-1]["created_at"],
                "last_author_id": posts[-1]["author_id"],
                "last_number": replies + 1,
                "reply_count": replies,
                "helpful_count": len(votes),
                "solved_by_id": author if solved else None,
                "solved_at": posts[-1]["created_at"] if solved else None,
                "is_sample": True,
                "solution_id": self.random.choice(posts[1:])["id"] if solved else None,
            }
        )
        batch.posts += posts
        batch.votes += votes
        for tag_id in self.random.sample(self.tags, k=min(3, len(self.tags))):
            batch.tags.append({"thread_id": thread_id, "tag_id": tag_id, "last_activity_at": posts[-1]["created_at"]})
        self.next_thread += 1
        self.next_post += replies + 1

    def _posts(
        self, thread_id: int, first: int, replies: int, opened: datetime, step: timedelta
    ) -> list[dict[str, Any]]:
        """The posts of a thread, with the counts of the finished tree."""
        posts = [self._post(thread_id, first, None, 1, opened)]
        for index in range(1, replies + 1):
            parent = posts[0]
            if index > 1 and self.random.random() < NESTED_SHARE:
                parent = posts[self.random.randrange(max(1, index - NESTED_REACH), index)]
            at = min(opened + step * index, clock.now())
            posts.append(self._post(thread_id, first + index, parent, index + 1, at))
            _count_in_ancestors(posts, parent, first)
        return posts

    def _post(
        self, thread_id: int, post_id: int, parent: dict[str, Any] | None, number: int, at: datetime
    ) -> dict[str, Any]:
        paragraph = self.writer.post()
        branch = None
        if parent is not None:
            parent["child_count"] += 1
            branch = post_id if parent["depth"] == 0 else parent["branch_id"]
        return {
            "id": post_id,
            "thread_id": thread_id,
            "parent_id": parent["id"] if parent else None,
            "branch_id": branch,
            "author_id": self.random.choice(self.people)[0],
            "number": number,
            "depth": parent["depth"] + 1 if parent else 0,
            "child_no": parent["child_count"] if parent else 0,
            "child_count": 0,
            "descendant_count": 0,
            "body": paragraph.body,
            "html": paragraph.html,
            "renderer_version": RENDERER_VERSION,
            "created_at": at,
            "version": 1,
            "helpful_count": 0,
            "idempotency_key": f"skala-{post_id}",
        }

    def _votes(self, posts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for post in posts:
            if self.random.random() >= VOTED_SHARE:
                continue
            voters = self.random.sample(self.people, k=self.random.randint(1, 6))
            chosen = [user_id for user_id, _unit in voters if user_id != post["author_id"]]
            post["helpful_count"] = len(chosen)
            for user_id in chosen:
                yield {"post_id": post["id"], "user_id": user_id, "created_at": post["created_at"]}


def _count_in_ancestors(posts: list[dict[str, Any]], parent: dict[str, Any], first: int) -> None:
    parent["descendant_count"] += 1
    while parent["parent_id"]:
        parent = posts[parent["parent_id"] - first]
        parent["descendant_count"] += 1


def _people(session: Session) -> list[tuple[int, int | None]]:
    """(id, unit) of PEOPLE invented accounts that nobody can sign in to; made where missing."""
    usernames = [f"skala.{number:03}" for number in range(1, PEOPLE + 1)]
    units: list[int | None] = list(session.scalars(select(Unit.id).order_by(Unit.id))) or [None]
    known = set(session.scalars(select(User.username).where(User.username.in_(usernames))))
    for index, username in enumerate(usernames):
        if username not in known:
            session.add(
                User(
                    username=username,
                    email=f"{username}@contoh.invalid",
                    name=f"Pegawai Skala {index + 1}",
                    position="Akun untuk pengukuran",
                    unit_id=units[index % len(units)],
                    is_sample=True,
                    created_at=clock.now(),
                )
            )
    session.flush()
    rows = session.execute(select(User.id, User.unit_id).where(User.username.in_(usernames)).order_by(User.id))
    return [(row.id, row.unit_id) for row in rows]


def _tags(session: Session) -> list[int]:
    known = set(session.scalars(select(Tag.slug)))
    for number in range(1, TAGS + 1):
        if f"skala-{number}" not in known:
            session.add(Tag(slug=f"skala-{number}", name=f"skala {number}"))
    session.flush()
    return list(session.scalars(select(Tag.id).order_by(Tag.id)))


def _store(batch: Batch) -> int:
    """Write a batch in one transaction; returns the number of its posts."""
    solutions = [
        {"thread": thread["id"], "post": solution}
        for thread in batch.threads
        if (solution := thread.pop("solution_id")) is not None
    ]
    with transaction() as session:
        for model, rows in ((Thread, batch.threads), (Post, batch.posts), (ThreadTag, batch.tags), (Vote, batch.votes)):
            for start in range(0, len(rows), ROWS_IN_STATEMENT):
                session.execute(insert(cast(Table, model.__table__)), rows[start : start + ROWS_IN_STATEMENT])
        if solutions:
            table = cast(Table, Thread.__table__)
            session.connection().execute(
                update(table).where(table.c.id == bindparam("thread")).values(solution_id=bindparam("post")), solutions
            )
    return len(batch.posts)


def _settle(session: Session) -> None:
    """Make counts and sequences agree with what was put past the services, and let the planner know of it."""
    threads_in = select(func.count()).where(Thread.board_id == Board.id, Thread.deleted_at.is_(None)).scalar_subquery()
    latest = select(func.max(Thread.last_activity_at)).where(Thread.board_id == Board.id).scalar_subquery()
    session.execute(update(Board).values(thread_count=threads_in, last_activity_at=latest))
    tagged = select(func.count()).where(ThreadTag.tag_id == Tag.id).scalar_subquery()
    session.execute(update(Tag).values(thread_count=tagged))
    if session.get_bind().dialect.name == "postgresql":
        for table in ("threads", "posts"):
            highest = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608 - our own names
            session.execute(text(highest))
    session.execute(text("ANALYZE"))
