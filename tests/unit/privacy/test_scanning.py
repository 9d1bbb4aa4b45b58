"""What is stored is looked through once by each version of the detector; what is found waits for moderators."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core import clock
from forum.core.db import db, transaction
from forum.discussions.models import Tag, Thread
from forum.library.models import GuideRevision
from forum.privacy.models import PrivacyFinding, PrivacyScan
from forum.privacy.services import scanning
from forum.worker import jobs
from tests.factories.accounts import a_member
from tests.factories.discussions import a_board, a_reply, a_thread
from tests.factories.everywhere import places_of
from tests.factories.guides import a_guide
from tests.factories.privacy import NIK, edit, put_into

SAYS = f"Warga dengan NIK {NIK} belum terdaftar."


def look(limit: int = 200) -> int:
    """Look through everything that is due; how many things that were."""
    scanned = 0
    while batch := scanning.next_batch(limit):
        with transaction():
            scanning.keep(batch)
        scanned += batch.scanned
    return scanned


def found() -> set[tuple[str, int, str, str]]:
    rows = db.session.scalars(select(PrivacyFinding))
    return {(row.object_kind, row.object_id, row.kind, row.state) for row in rows}


def test_posts_titles_summaries_tags_and_guides_are_looked_through(app: Flask) -> None:
    author = a_member()
    thread = a_thread(author, a_board(), tags="umum")
    reply = a_reply(author, thread)
    put_into(reply.post_id, SAYS)
    guide = a_guide()
    with transaction() as session:
        session.execute(update(Thread).values(title=f"Nasib NIK {NIK}", summary=SAYS))
        session.execute(update(Tag).values(name=f"nik {NIK}"))
        session.execute(update(GuideRevision).values(sections={"situasi": SAYS, "langkah": "Begitu."}))
    look()
    tag_id = db.session.scalar(select(Tag.id))
    assert found() == {
        ("post", thread.post_id, "nik", "open"),
        ("post", reply.post_id, "nik", "open"),
        ("thread", thread.thread_id, "nik", "open"),
        ("tag", tag_id, "nik", "open"),
        ("guide", guide.id, "nik", "open"),
    }
    assert NIK not in json.dumps([row.excerpt for row in db.session.scalars(select(PrivacyFinding))])
    assert "privacy_findings" not in places_of(NIK)


def test_a_number_that_was_edited_away_is_found_in_the_history(app: Flask) -> None:
    author = a_member()
    reply = a_reply(author, a_thread(author, a_board()))
    put_into(reply.post_id, SAYS)
    edit(author, reply.post_id, "Sudah saya hapus datanya.")
    look()
    assert found() == {("post", reply.post_id, "nik", "open")}
    assert db.session.scalar(select(PrivacyFinding.field)) == "history"


def test_it_is_done_in_batches_and_goes_on_where_it_stopped(app: Flask) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    ids = [a_reply(author, thread).post_id for _ in range(5)]
    for post_id in ids:
        put_into(post_id, SAYS)
    first = scanning.next_batch(2)
    assert first is not None
    with transaction():
        scanning.keep(first)
    assert first.scanned == 2
    assert len(found()) == 1
    assert look(2) == 5
    assert len(found()) == 5
    assert look() == 0
    later = a_reply(author, thread)
    put_into(later.post_id, SAYS)
    assert look() == 1
    assert len(found()) == 6


def test_a_new_detector_looks_again_and_keeps_what_was_decided(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    gone, kept = a_reply(author, thread), a_reply(author, thread)
    for post in (gone, kept):
        put_into(post.post_id, SAYS)
    look()
    with transaction() as session:
        session.execute(
            update(PrivacyFinding).where(PrivacyFinding.object_id == kept.post_id).values(state="dismissed")
        )
    put_into(gone.post_id, "Tidak ada apa pun lagi di sini.")
    monkeypatch.setattr(scanning, "DETECTOR", scanning.DETECTOR + 1)
    assert look() == 4
    assert found() == {("post", kept.post_id, "nik", "dismissed")}
    assert set(db.session.scalars(select(PrivacyScan.detector))) == {scanning.DETECTOR}


def test_the_command_tells_how_much_it_found(app: Flask) -> None:
    author = a_member()
    put_into(a_thread(author, a_board()).post_id, SAYS)
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["privacy", "content"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {"detector": 2, "scanned": 2, "new": 1, "open": 1}
    assert json.loads(runner.invoke(args=["privacy", "content"]).stdout)["scanned"] == 0
    assert json.loads(runner.invoke(args=["privacy", "content", "--again"]).stdout) == {
        "detector": 2, "scanned": 2, "new": 0, "open": 1,
    }  # fmt: skip


def test_the_worker_does_it_too(app: Flask) -> None:
    put_into(a_thread(a_member(), a_board()).post_id, SAYS)
    with clock.fixed(clock.now()):
        jobs.HANDLERS["privacy.scan"]("")
    assert len(found()) == 1
    assert "privacy.scan" in jobs.PERIODIC
