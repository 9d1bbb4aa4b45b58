"""The sample content and the content for measuring: complete, and with every count right."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.demo import content
from forum.demo.load import load_sample
from forum.demo.scale import scale
from forum.discussions.models import Post, Tag, Thread
from tests.factories.discussions import a_board
from tests.factories.recount import assert_counts_are_right, row_count

pytestmark = pytest.mark.usefixtures("app")


def test_the_sample_is_loaded_once_and_whole() -> None:
    assert load_sample() == 24
    written = content.threads()
    titles = db.session.scalars(select(Thread.title)).all()
    assert sorted(titles) == sorted(thread.title for thread in written)
    assert all(db.session.scalars(select(Thread.is_sample)))
    assert row_count(User) >= 20
    assert assert_counts_are_right() == sum(1 + len(thread.posts) for thread in written) == row_count(Post)
    assert max(db.session.scalars(select(Post.depth))) >= 3
    solved = db.session.scalars(select(Thread.title).where(Thread.solution_id.is_not(None))).all()
    assert sorted(solved) == sorted(thread.title for thread in written if thread.solution)
    before = row_count(Post), row_count(User), row_count(Tag)
    with pytest.raises(Conflict):
        load_sample()
    assert (row_count(Post), row_count(User), row_count(Tag)) == before


def test_content_for_measuring_has_right_counts() -> None:
    a_board()
    made = scale(3, 50)
    assert (made.threads, made.posts) == (3, 153)
    assert assert_counts_are_right() == 153
    scale(2, 0, seed=2)
    assert assert_counts_are_right() == 155


def test_measuring_needs_a_board_and_has_a_bound() -> None:
    with pytest.raises(Invalid):
        scale(1, 1)
    a_board()
    with pytest.raises(Invalid):
        scale(10_000_000, 20)
