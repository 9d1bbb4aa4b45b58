"""Stored HTML follows the renderer."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.markup import RENDERER_VERSION
from forum.demo.load import load_sample
from forum.discussions.models import Post
from forum.discussions.services import upkeep


@pytest.fixture
def posts(app: Flask) -> list[int]:
    load_sample()
    ids = list(db.session.scalars(db.select(Post.id).order_by(Post.id).limit(5)))
    with transaction():
        db.session.execute(
            update(Post).where(Post.id.in_(ids)).values(renderer_version=RENDERER_VERSION - 1, html="<p>lama</p>")
        )
    return ids


def test_posts_of_an_older_renderer_are_rendered_again_and_then_left_alone(posts: list[int]) -> None:
    assert upkeep.render_again() == len(posts)
    assert upkeep.render_again() == 0
    for post in db.session.scalars(db.select(Post).where(Post.id.in_(posts))):
        assert (post.renderer_version, "lama</p>" in post.html) == (RENDERER_VERSION, False)


def test_what_the_renderer_refuses_today_keeps_its_html(posts: list[int]) -> None:
    with transaction():
        db.session.execute(update(Post).where(Post.id == posts[0]).values(body="x" * 30_000))
    upkeep.render_again()
    post = db.session.get_one(Post, posts[0])
    assert (post.html, post.renderer_version) == ("<p>lama</p>", RENDERER_VERSION)
