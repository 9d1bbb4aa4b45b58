"""One form makes one post; but a text that was written on after it was sent is not dropped."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.viewer import Role
from forum.discussions.models import Post
from forum.discussions.services import curating
from tests.conftest import csrf_of
from tests.factories.accounts import a_member, a_moderator, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_key, a_thread


def test_another_text_under_a_used_key_is_kept_and_can_be_sent(app: Flask, client: FlaskClient) -> None:
    member = a_member()
    thread = a_thread(member, a_board())
    sign_in(client, member)
    token = csrf_of(client.get(thread.url).get_data(as_text=True))
    fields = {"csrf_token": token, "ke": str(thread.post_id), "key": a_key()}
    url = f"{thread.url}/balas"
    first = client.post(url, data={**fields, "body": "Balasan yang pertama"})
    assert (
        client.post(url, data={**fields, "body": "Balasan yang pertama"}).headers["Location"]
        == first.headers["Location"]
    )
    other = client.post(url, data={**fields, "body": "Balasan yang sudah dilanjutkan"})
    page = other.get_data(as_text=True)
    assert other.status_code == 422
    assert "Balasan yang sudah dilanjutkan" in page
    key = page.split('name="key"')[1].split('value="')[1].split('"')[0]
    assert key != fields["key"]
    sent = client.post(url, data={**fields, "key": key, "body": "Balasan yang sudah dilanjutkan"})
    assert sent.status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Post)) == 3


def test_a_thread_is_moved_only_where_one_could_open_it(app: Flask) -> None:
    here, there = a_board(), a_board(posters=[Role.ADMIN])
    thread = a_thread(a_member(), here)
    limited, admin = viewer_for(a_moderator(boards=[here.id])), viewer_for(an_admin())
    with pytest.raises(Invalid), transaction():
        curating.move(limited, thread.thread_id, there.slug)
    with transaction():
        curating.move(admin, thread.thread_id, there.slug)
