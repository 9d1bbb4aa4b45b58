"""What leaves the store, and what is missing in it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from forum.attachments import storage
from forum.attachments.models import Attachment
from forum.attachments.services import keeping
from forum.core import clock
from forum.core.db import db, transaction
from forum.discussions.services import reading
from forum.worker import jobs
from tests.factories.accounts import a_member, viewer_for
from tests.factories.discussions import a_board, a_thread
from tests.factories.files import an_attachment, an_image, in_store


@pytest.fixture(autouse=True)
def empty_store(app: Flask) -> None:
    for one in list(storage.current().iterate()):
        storage.current().delete(one.digest, clock.now() + timedelta(days=1))


def path_of(digest: str) -> Path:
    return current_app.config["SETTINGS"].instance_path / storage.FOLDER / digest[:2] / digest


def aged(digest: str, hours: int) -> str:
    then = (clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(path_of(digest), (then, then))
    return digest


def tokens() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Attachment.token)))


def test_what_nobody_posted_goes_after_two_days(app: Flask) -> None:
    author, now = a_member(), clock.now()
    post = a_thread(author, a_board()).post_id
    kept = [
        an_attachment(author, created_at=now - timedelta(hours=47)).token,
        an_attachment(author, owner=("post", post), created_at=now - timedelta(days=900)).token,
        an_attachment(author, created_at=now - timedelta(hours=2), removed_at=now - timedelta(hours=1)).token,
    ]
    drafted = an_attachment(author, created_at=now - timedelta(days=30)).token
    an_attachment(author, created_at=now - timedelta(hours=49))
    an_attachment(author, created_at=now - timedelta(hours=50), removed_at=now - timedelta(hours=25))
    with transaction():
        reading.save_draft(viewer_for(author), "new", {"body": f"![foto](/lampiran/{drafted})"})
    with transaction():
        assert keeping.forget_rows() == 2
    assert tokens() == {*kept, drafted}


def test_a_content_goes_once_nothing_has_named_it_for_a_day(app: Flask) -> None:
    author = a_member()
    named = aged(an_image(author).sha256, 100)
    thumb = aged(in_store(b"kecil"), 100)
    an_attachment(author, thumb_sha256=thumb)
    old, fresh = aged(in_store(b"lama"), 25), aged(in_store(b"baru"), 23)
    jobs.collect_files("")
    assert [storage.current().exists(digest) for digest in (named, thumb, old, fresh)] == [True, True, False, True]


def test_what_is_put_again_meanwhile_stays(app: Flask) -> None:
    digest = aged(in_store(b"lama"), 25)
    before = clock.now() - keeping.GRACE
    in_store(b"lama")  # somebody uploads it at this moment
    assert not storage.current().delete(digest, before)
    assert storage.current().exists(digest)


def test_the_commands_collect_and_tell_what_is_missing(app: Flask) -> None:
    author = a_member()
    good, missing = an_image(author), an_image(author, sha256=in_store(b"akan hilang"))
    changed = an_image(author, sha256=in_store(b"akan berubah"))
    aged(in_store(b"yatim"), 30)
    run = app.test_cli_runner().invoke
    assert run(args=["attachments", "check"]).exit_code == 0
    path_of(missing.sha256).unlink()
    path_of(changed.sha256).write_bytes(b"lain")
    done = run(args=["attachments", "check", "--json"])
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert (said["contents"], said["unnamed"]) == (3, 1)
    assert {(one["attachment"], one["fault"]) for one in said["faults"]} == {
        (missing.id, "missing"),
        (changed.id, "changed"),
    }
    said = json.loads(run(args=["attachments", "collect", "--json"]).stdout)
    assert said == {"rows": 0, "contents": 1, "unfinished": 0}
    assert storage.current().exists(good.sha256)
