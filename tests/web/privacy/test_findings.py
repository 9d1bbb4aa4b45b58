"""Moderators mask what was found, or say why it is nothing; they see it masked, and only where they moderate."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.discussions.models import Post, PostRevision, Thread
from forum.discussions.services.writing import Written
from forum.library.models import Guide, GuideRevision
from forum.privacy.models import PrivacyFinding
from tests.factories.accounts import a_member, a_moderator, an_admin, sign_in
from tests.factories.discussions import a_board, a_reply, a_thread
from tests.factories.everywhere import places_of
from tests.factories.forms import send
from tests.factories.guides import a_guide
from tests.factories.privacy import NIK, a_finding, edit, put_into
from tests.unit.privacy.test_scanning import SAYS, look

LIST = "/moderasi/data-pribadi"


@pytest.fixture
def thread(app: Flask) -> Written:
    return a_thread(a_member(), a_board("adminduk"))


@pytest.fixture
def moderator(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, a_moderator())
    return client


def page_of(client: FlaskClient, url: str = LIST) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def the_finding() -> PrivacyFinding:
    return db.session.scalars(select(PrivacyFinding)).one()


def decide(client: FlaskClient, what: str, **fields: Any) -> Any:
    return send(client, f"{LIST}/{the_finding().id}/{what}", **fields)


def test_a_finding_is_masked_in_place_in_every_text_that_the_post_had(thread: Written, moderator: FlaskClient) -> None:
    author = a_member()
    reply = a_reply(author, thread)
    put_into(reply.post_id, SAYS)
    edit(author, reply.post_id, "Sudah saya hapus datanya.")
    put_into(reply.post_id, f"{SAYS} Sudah tiga minggu.")
    look()
    page = page_of(moderator)
    assert "NIK ••••••••••••0003 belum" in page
    assert NIK not in page
    assert decide(moderator, "samarkan").status_code == 303
    post = db.session.get(Post, reply.post_id)
    assert post is not None
    assert post.body == "Warga dengan NIK ••••••••••••0003 belum terdaftar. Sudah tiga minggu."
    assert "••••••••••••0003" in post.html
    assert post.edited_at is not None
    last = db.session.scalars(select(PostRevision).order_by(PostRevision.number.desc())).first()
    assert last is not None
    assert (last.number, last.reason) == (3, "Data pribadi disamarkan.")
    assert places_of(NIK) == set()
    assert the_finding().state == "masked"
    assert "privacy.mask" in set(db.session.scalars(select(AuditEntry.action)))
    assert "disamarkan oleh" in page_of(moderator, f"{LIST}?daftar=selesai")


def test_a_number_in_a_title_is_masked_with_its_address(thread: Written, moderator: FlaskClient) -> None:
    with transaction() as session:
        session.execute(update(Thread).values(title=f"Nasib NIK {NIK} ini", slug=f"nasib-nik-{NIK}-ini", summary=SAYS))
    look()
    page = page_of(moderator)
    assert NIK not in page
    for finding in db.session.scalars(select(PrivacyFinding)).all():
        assert send(moderator, f"{LIST}/{finding.id}/samarkan").status_code == 303
    row = db.session.scalars(select(Thread)).one()
    assert row.title == "Nasib NIK ••••••••••••0003 ini"
    assert NIK not in row.slug
    assert places_of(NIK) == set()


def test_a_guide_is_masked_in_all_its_revisions(moderator: FlaskClient) -> None:
    guide = a_guide()
    with transaction() as session:
        session.execute(update(GuideRevision).values(sections={"situasi": SAYS, "langkah": "Begitu."}, summary=SAYS))
        session.execute(update(Guide).values(summary=SAYS))
    look()
    assert decide(moderator, "samarkan").status_code == 303
    assert places_of(NIK) == set()
    assert db.session.get(Guide, guide.id).summary.startswith("Warga dengan NIK ••••")  # type: ignore[union-attr]


def test_a_dismissed_finding_is_not_asked_about_again(app: Flask, thread: Written, moderator: FlaskClient) -> None:
    author = a_member()
    reply = a_reply(author, thread)
    put_into(reply.post_id, SAYS)
    look()
    refused = decide(moderator, "abaikan", alasan="contoh")
    assert refused.status_code == 422
    assert "Tulis alasannya sedikitnya 10 huruf." in refused.get_data(as_text=True)
    assert 'value="contoh"' in refused.get_data(as_text=True)
    assert decide(moderator, "abaikan", alasan=f"Contoh dari pedoman, {NIK}.").status_code == 303
    assert the_finding().reason == "Contoh dari pedoman, ••••••••••••0003."
    assert places_of(NIK) == {"posts"}
    edit(author, reply.post_id, f"{SAYS} Sudah.")
    assert db.session.get(Post, reply.post_id).body == f"{SAYS} Sudah."  # type: ignore[union-attr]


def test_who_decides_second_is_told(thread: Written, moderator: FlaskClient) -> None:
    put_into(thread.post_id, SAYS)
    look()
    assert decide(moderator, "abaikan", alasan="Contoh dari pedoman.").status_code == 303
    assert decide(moderator, "samarkan").status_code == 409
    assert db.session.get(Post, thread.post_id).body == SAYS  # type: ignore[union-attr]


def test_moderators_see_findings_where_they_moderate(app: Flask, thread: Written) -> None:
    a_finding("post", thread.post_id)
    here, elsewhere = a_board("lain"), app.test_client()
    sign_in(elsewhere, a_moderator(boards=[here.id]))
    assert "Tidak ada temuan di sini." in page_of(elsewhere)
    admin = app.test_client()
    sign_in(admin, an_admin())
    assert "••••0003" in page_of(admin)


def test_the_list_takes_a_fixed_number_of_statements(thread: Written, moderator: FlaskClient) -> None:
    def statements() -> int:
        timing = moderator.get(LIST).headers["Server-Timing"]
        return int(re.search(r'desc="(\d+)"', timing)[1])  # type: ignore[index]

    few = statements()
    for number in range(8):
        a_finding("post", a_reply(a_member(), thread).post_id, f"NIK 12720155088500{number + 10}")
    assert statements() == few
