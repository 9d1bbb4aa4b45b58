"""Whatever moderators do in whatever order, every stored number equals a recount; and taking it all back leaves what was."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import Base, db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.viewer import Viewer
from forum.discussions.models import Board, Post, ReadMark, Thread
from forum.discussions.services import curating, reading
from forum.discussions.services.writing import Written
from forum.library.models import GuideSource
from forum.moderation import acts
from forum.moderation.acts import Done
from tests.conftest import NOW, _empty_tables
from tests.factories.accounts import a_member, a_moderator, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread
from tests.factories.guides import a_guide
from tests.factories.recount import assert_counts_are_right

REFUSALS = (Conflict, Invalid, Denied, NotFound)
# What acts are about. Versions move with every change, so that nobody overwrites another's; what is left of a thread that was
# taken back is its address.
LEFT_OUT = {"version", "edited_at"}


@dataclass
class World:
    """Three threads of two boards, with replies, votes, readers, solutions and a guide made from them."""

    moderator: Viewer
    people: list[User]
    boards: list[Board]
    threads: list[Written]
    now: Any = NOW
    done: list[tuple[str, Done, Any]] = field(default_factory=list)

    def tick(self) -> None:
        self.now += timedelta(minutes=1)


def a_world(shape: list[tuple[int, int, int]]) -> World:
    """`shape`: for each reply the thread, which of its posts it answers, and whether the clock moves before it."""
    boards = [a_board(), a_board()]
    people = [a_member() for _ in range(3)]
    world = World(viewer_for(a_moderator()), people, boards, [])
    with clock.fixed(world.now):
        world.threads = [a_thread(people[n], boards[n % 2], tags="jalan, lampu") for n in range(3)]
    posts = {thread.thread_id: [thread.post_id] for thread in world.threads}
    for index, (where, to, waits) in enumerate(shape):
        if waits:
            world.tick()
        thread = world.threads[where % 3]
        made = posts[thread.thread_id]
        with clock.fixed(world.now):
            made.append(a_reply(people[index % 3], thread, made[to % len(made)]).post_id)
    _readers(world, posts)
    return world


def _readers(world: World, posts: dict[int, list[int]]) -> None:
    guide = a_guide()
    voters = [viewer_for(person) for person in world.people]
    askers = {thread.thread_id: viewer_for(world.people[n]) for n, thread in enumerate(world.threads)}
    with transaction() as session:
        for n, thread in enumerate(world.threads):
            made = posts[thread.thread_id]
            for m, voter in enumerate(voters):
                reading.mark_read(voter, thread.thread_id, 1 + (n + m) % len(made))
                if m != n:
                    reading.vote(voter, made[0], on=True)
            if len(made) > 2 and n < 2:
                curating.solve(askers[thread.thread_id], made[-1], on=True)
            session.add(GuideSource(guide_id=guide.id, thread_id=thread.thread_id, post_id=None))
            if len(made) > 1:
                session.add(GuideSource(guide_id=guide.id, thread_id=thread.thread_id, post_id=made[-1]))


def state() -> dict[str, set[tuple[Any, ...]]]:
    """Every row that acts touch, but for what must differ after an act and its undo."""
    db.session.rollback()
    db.session.expire_all()
    gone = set(db.session.scalars(select(Thread.id).where(Thread.merged_as_id.is_not(None))))
    found: dict[str, set[tuple[Any, ...]]] = {}
    for table in (Post.__table__, Thread.__table__, ReadMark.__table__, GuideSource.__table__, *_more()):
        columns = [column for column in table.columns if column.name not in LEFT_OUT]
        rows = {tuple(row) for row in db.session.execute(select(*columns))}
        if table is Thread.__table__:
            rows = {row for row in rows if row[0] not in gone}
        if table is ReadMark.__table__:
            names = [column.name for column in columns]
            # Of an address that is left over nobody reads anything.
            rows = {row for row in rows if dict(zip(names, row, strict=True))["thread_id"] not in gone}
        found[table.name] = rows
    return found


def _more() -> list[Any]:
    return [Base.metadata.tables[name] for name in ("boards", "tags", "votes", "thread_tags")]


def act(world: World, name: str, key: int, values: dict[str, Any]) -> bool:
    before = state()
    world.tick()
    try:
        with clock.fixed(world.now), transaction():
            done = acts.act_of(name).perform(world.moderator, key, {"reason": "Alasan yang cukup.", **values})
    except REFUSALS as refusal:
        note(f"{name} {key} {values}: {refusal!r}")
        assert state() == before, "a refusal changed something"
        return False
    note(f"{name} {key} {values}: done")
    world.done.append((name, done, before))
    return True


def take_back(world: World, index: int) -> bool:
    name, done, before = world.done[index]
    is_last = index == len(world.done) - 1
    world.tick()
    try:
        with clock.fixed(world.now), transaction():
            acts.act_of(name).undo(world.moderator, json.loads(json.dumps(done.undo)))
    except REFUSALS as refusal:
        note(f"undo {name}: {refusal!r}")
        if is_last:
            raise AssertionError("the last act could not be taken back") from refusal
        return False
    note(f"undo {name}")
    del world.done[index]
    if is_last:
        after = state()
        for table in before:
            assert after[table] == before[table], (name, table)
    else:
        # What came later was about another state.
        world.done = [(n, d, None) for n, d, _b in world.done]
    return True


def reply(world: World, key: int) -> None:
    row = db.session.execute(
        select(Post.thread_id, Post.id, Thread.slug).join(Thread, Thread.id == Post.thread_id).where(Post.id == key)
    ).one_or_none()
    thread = Written(key, row.thread_id, "")
    world.tick()
    try:
        with clock.fixed(world.now):
            a_reply(world.people[0], thread, key)
    except REFUSALS:
        return
    world.done = [(n, d, None) for n, d, _b in world.done]


ACTS = (
    "thread.merge", "post.split", "thread.merge", "post.split", "post.hide", "post.restore", "post.rephrase", "thread.hide",
    "thread.restore", "thread.duplicate", "thread.unduplicate", "thread.move", "thread.lock", "thread.unlock",
)  # fmt: skip
STEPS = (*ACTS, "undo", "undo", "undo last", "undo last", "reply", "reply")


def a_shape(rng: random.Random, size: int) -> list[tuple[int, int, int]]:
    """From chains to stars, all at one moment or spread over time."""
    reach, still = rng.choice((1, 3, 100)), rng.random()
    return [(rng.randrange(3), -1 - rng.randrange(reach), int(rng.random() > still)) for _ in range(size)]


def one_step(world: World, rng: random.Random) -> None:
    name = rng.choice(STEPS)
    posts = db.session.scalars(select(Post.id).order_by(Post.id)).all()
    threads = db.session.scalars(
        select(Thread.id).where(Thread.merged_as_id.is_(None) | (rng.random() < 0.1)).order_by(Thread.id)
    ).all()
    board = rng.choice(world.boards).slug
    if name == "undo":
        if len(world.done) > 1:
            take_back(world, rng.randrange(len(world.done) - 1))
    elif name == "undo last":
        if world.done and world.done[-1][2] is not None:
            take_back(world, len(world.done) - 1)
    elif name == "reply":
        reply(world, rng.choice(posts))
    else:
        values = {
            "thread.merge": {"into": str(rng.choice(threads))},
            "thread.duplicate": {"of": str(rng.choice(threads))},
            "thread.move": {"board": board},
            "post.split": {
                "title": f"Judul diskusi baru {rng.randrange(99)}",
                "board": board,
                "kind": rng.choice(("question", "practice")),
            },
        }.get(name, {})
        act(world, name, rng.choice(posts if name.startswith("post") else threads), values)


@pytest.mark.usefixtures("app")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32), size=st.integers(3, 25), steps=st.integers(4, 16))
def test_after_every_act_and_undo_all_numbers_equal_a_recount(seed: int, size: int, steps: int) -> None:
    db.session.remove()
    _empty_tables()
    rng = random.Random(seed)
    world = a_world(a_shape(rng, size))
    assert_counts_are_right()
    for _ in range(steps):
        one_step(world, rng)
        assert_counts_are_right()
    while world.done and world.done[-1][2] is not None:
        take_back(world, len(world.done) - 1)
        assert_counts_are_right()
