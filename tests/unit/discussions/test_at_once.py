"""Many people at once: nothing is counted twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import RembukError
from forum.core.viewer import Viewer
from forum.discussions.models import Draft, Post, ReadMark, Thread
from forum.discussions.services import changing, curating, merging, reading, splitting, writing
from forum.discussions.services.writing import Written
from forum.moderation.acts import Done
from tests.factories.accounts import a_member, a_moderator, viewer_for
from tests.factories.discussions import a_board, a_key, a_reply, a_text, a_thread
from tests.factories.recount import assert_counts_are_right, row_count

AT_ONCE = 8


@pytest.fixture
def together(app: Flask) -> Callable[..., list[Any]]:
    """Runs verbs at the same moment, each in a thread, a session and a transaction of its own; returns what each gave."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        start = Barrier(len(acts))

        def one(act: Callable[[], Any]) -> Any:
            with app.app_context():
                start.wait(10)
                try:
                    with transaction():
                        return act()
                except Exception as error:
                    return error
                finally:
                    db.session.remove()

        db.session.rollback()
        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return run


@pytest.fixture
def thread(app: Flask) -> Written:
    return a_thread(a_member(), a_board("jalan"), tags="lampu")


def people(number: int) -> list[Viewer]:
    return [viewer_for(a_member()) for _ in range(number)]


def test_one_key_sent_by_eight_tabs_makes_one_reply(together: Callable[..., list[Any]], thread: Written) -> None:
    actor = people(1)[0]
    act = lambda: writing.post_reply(actor, thread.thread_id, thread.post_id, a_text(), "kunci-yang-sama")  # noqa: E731
    answers = together(*[act] * AT_ONCE)
    assert len(set(answers)) == 1
    assert row_count(Post) == 2
    assert_counts_are_right()


def test_one_key_sent_by_eight_tabs_makes_one_thread(together: Callable[..., list[Any]], thread: Written) -> None:
    actor = people(1)[0]

    def act() -> Written:
        return writing.open_thread(
            actor,
            board="jalan",
            kind="question",
            title="Satu pertanyaan saja",
            tags="a b",
            text=a_text(),
            key="kunci-yang-sama",
        )

    answers = together(*[act] * AT_ONCE)
    assert len(set(answers)) == 1
    assert row_count(Thread) == 2
    assert_counts_are_right()


def test_threads_at_once_share_the_tags_that_are_new_to_all(
    together: Callable[..., list[Any]], thread: Written
) -> None:
    def act(actor: Viewer, tags: str) -> Written:
        return writing.open_thread(
            actor, board="jalan", kind="question", title="Pertanyaan dari kami", tags=tags, text=a_text(), key=a_key()
        )

    orders = ("baru satu, baru dua", "baru dua, baru satu")
    acts = [lambda who=who, n=n: act(who, orders[n % 2]) for n, who in enumerate(people(AT_ONCE))]
    answers = together(*acts)
    assert all(isinstance(answer, Written) for answer in answers), answers
    assert_counts_are_right()


def test_replies_at_once_are_all_there_with_dense_numbers(together: Callable[..., list[Any]], thread: Written) -> None:
    first = a_reply(a_member(), thread)
    parents = [thread.post_id, first.post_id]
    acts = [
        (lambda who=who, n=n: writing.post_reply(who, thread.thread_id, parents[n % 2], a_text(), a_key()))
        for n, who in enumerate(people(AT_ONCE))
    ]
    answers = together(*acts, *acts[:2])
    assert all(isinstance(answer, Written) for answer in answers)
    assert assert_counts_are_right() == 2 + len(answers)


def test_votes_at_once_count_one_a_person(together: Callable[..., list[Any]], thread: Written) -> None:
    voters = people(4)
    acts = [lambda who=who: reading.vote(who, thread.post_id, on=True) for who in voters * 3]
    together(*acts)
    assert_counts_are_right()
    assert db.session.scalar(select(Post.helpful_count).where(Post.id == thread.post_id)) == 4


def test_a_mix_of_everything_at_once_leaves_right_counts(together: Callable[..., list[Any]], thread: Written) -> None:
    slug = a_board("taman").slug
    moderators = [viewer_for(a_moderator()) for _ in range(2)]
    replies = [a_reply(a_member(), thread).post_id for _ in range(3)]
    who = people(3)
    acts: list[Callable[[], Any]] = []
    for moderator in moderators:
        acts += [
            lambda by=moderator: changing.delete_post(by, replies[0], "Tidak sesuai."),
            lambda by=moderator: changing.restore_post(by, replies[0]),
            lambda by=moderator: curating.move(by, thread.thread_id, slug),
            lambda by=moderator: curating.solve(by, replies[1], on=True),
        ]
    for person in who:
        acts += [
            lambda by=person: reading.vote(by, replies[2], on=True),
            lambda by=person: writing.post_reply(by, thread.thread_id, replies[1], a_text(), a_key()),
        ]
    answers = together(*acts)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert_counts_are_right()


def test_a_draft_saved_by_two_tabs_is_one_draft(together: Callable[..., list[Any]], thread: Written) -> None:
    actor = people(1)[0]
    together(*[lambda n=n: reading.save_draft(actor, "new", {"body": f"Teks {n}"}).version for n in range(AT_ONCE)])
    assert row_count(Draft) == 1
    assert db.session.scalar(select(Draft.version)) == AT_ONCE


def test_marks_set_at_once_keep_the_highest(together: Callable[..., list[Any]], thread: Written) -> None:
    for _ in range(5):
        a_reply(a_member(), thread)
    actor = people(1)[0]
    together(*[lambda n=n: reading.mark_read(actor, thread.thread_id, n).id for n in (3, 6, 1, 5, 2, 4)])
    assert db.session.scalar(select(ReadMark.number).where(ReadMark.user_id == actor.id)) == 6


def test_two_edits_of_one_version_are_one_edit_and_one_conflict(
    together: Callable[..., list[Any]], thread: Written
) -> None:
    from forum.core.errors import Conflict

    actor = viewer_for(a_moderator())
    acts = [
        lambda n=n: changing.edit_post(actor, thread.post_id, version=1, text=a_text(f"Suntingan nomor {n} di sini."))
        for n in range(4)
    ]
    answers = together(*acts)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 3
    assert sum(isinstance(answer, str) for answer in answers) == 1


def test_moderators_who_merge_and_split_while_people_reply_lose_nothing(together: Callable[..., list[Any]]) -> None:
    board, author = a_board("pasar"), a_member()
    one, other = a_thread(author, board), a_thread(author, board)
    replies = [a_reply(author, thread) for thread in (one, other)]
    first, second = (viewer_for(a_moderator()) for _ in range(2))

    def merge(actor: Viewer, thread: Written, into: Written) -> Callable[[], Any]:
        values = {"into": str(into.thread_id), "reason": "Hal yang sama."}
        return lambda: merging.merge(actor, thread.thread_id, values)

    def split(actor: Viewer) -> Any:
        values = {"title": "Hal yang lain sama sekali", "board": "pasar", "reason": "Hal lain."}
        return splitting.split(actor, replies[0].post_id, values)

    def reply(actor: Viewer, thread: Written, to: Written) -> Callable[[], Any]:
        return lambda: writing.post_reply(actor, thread.thread_id, to.post_id, a_text(), a_key())

    people_now = people(4)
    answers = together(
        merge(first, one, other),
        merge(second, other, one),
        lambda: split(first),
        lambda: split(second),
        reply(people_now[0], one, one),
        reply(people_now[1], other, other),
        reply(people_now[2], one, replies[0]),
        reply(people_now[3], other, replies[1]),
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(error, RembukError) for error in refused), refused
    assert sum(isinstance(answer, Done) for answer in answers) == 2, "one merge and one split"
    assert_counts_are_right()
