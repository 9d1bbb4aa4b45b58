"""What people are told: theirs alone, in their language, counted in the header without a statement."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.core.i18n import lazy
from forum.notifications.models import Notice
from forum.notifications.services import notify
from tests.factories.accounts import a_member, sign_in, viewer_for
from tests.factories.forms import send
from tests.factories.guides import a_guide, a_pending
from tests.factories.moderation import notices


def told(person: User, times: int = 1, url: str = "/panduan") -> None:
    with transaction():
        for n in range(times):
            notify([person.id], "uji", lazy("Diskusi Anda dikunci: “%(title)s”."), {"title": f"Kabar {n}"}, url=url)


def statements(client: FlaskClient, url: str) -> int:
    return int(re.search(r'sql;desc="(\d+)"', client.get(url).headers["Server-Timing"])[1])  # type: ignore[index]


def test_unread_ones_are_counted_in_the_header_at_no_statement(client: FlaskClient) -> None:
    person = a_member()
    sign_in(client, person)
    before = statements(client, "/panduan")
    assert 'aria-label="Notifikasi"' in client.get("/panduan").get_data(as_text=True)
    told(person, 3)
    assert "Notifikasi: 3 belum dibaca" in client.get("/panduan").get_data(as_text=True)
    assert statements(client, "/panduan") == before
    told(person, 120)
    assert "99+" in client.get("/panduan").get_data(as_text=True)


def test_opening_one_reads_it_and_leads_on(client: FlaskClient) -> None:
    person = a_member()
    sign_in(client, person)
    told(person)
    page = client.get("/notifikasi").get_data(as_text=True)
    assert "Kabar 0" in page
    assert "belum dibaca" in page
    notice = notices(person)[0]
    answer = send(client, f"/notifikasi/{notice.id}")
    assert (answer.status_code, answer.location) == (303, "/panduan")
    assert notices(person)[0].read_at is not None
    assert 'aria-label="Notifikasi"' in client.get("/notifikasi").get_data(as_text=True)


def test_another_persons_notices_are_not_there(client: FlaskClient) -> None:
    person, other = a_member(), a_member()
    told(person)
    sign_in(client, other)
    assert send(client, f"/notifikasi/{notices(person)[0].id}").status_code == 404
    assert "Kabar" not in client.get("/notifikasi").get_data(as_text=True)
    send(client, "/notifikasi/dibaca")
    assert notices(person)[0].read_at is None


def test_all_are_read_at_once_and_the_list_is_paged(client: FlaskClient) -> None:
    person = a_member()
    sign_in(client, person)
    told(person, 31)
    first = client.get("/notifikasi").get_data(as_text=True)
    assert "Kabar 30" in first
    assert "Kabar 0<" not in first
    assert "Kabar 0”" in client.get("/notifikasi?halaman=2").get_data(as_text=True)
    assert send(client, "/notifikasi/dibaca").status_code == 303
    assert db.session.scalars(select(Notice.id).where(Notice.read_at.is_(None))).all() == []
    assert "Tidak ada yang baru" in client.get("/notifikasi?tampil=belum-dibaca").get_data(as_text=True)


def test_names_in_a_notice_are_text_and_a_broken_one_breaks_nothing(client: FlaskClient) -> None:
    person = a_member()
    sign_in(client, person)
    with transaction() as session:
        notify([person.id], "uji", lazy("Naskah: %(title)s"), {"title": "<b>tebal</b> %(lain)s"}, note="<i>miring</i>")
        notify([person.id], "uji", "Kurang %(isian)s 100%", {"title": "x"})
        session.flush()
    page = client.get("/notifikasi").get_data(as_text=True)
    assert "&lt;b&gt;tebal&lt;/b&gt;" in page
    assert "&lt;i&gt;miring" in page
    assert "Kurang %(isian)s 100%" in page


def test_nobody_is_told_of_their_own_act(client: FlaskClient) -> None:
    person = a_member()
    with transaction():
        notify([person.id], "uji", "Kabar", actor=viewer_for(person))
    assert notices(person) == []


@pytest.mark.parametrize(
    ("act", "kind"), [("kembalikan", "guide.send_back"), ("tolak", "guide.reject"), ("setujui", "guide.approve")]
)
def test_the_author_of_a_revision_is_told_what_was_decided(client: FlaskClient, act: str, kind: str) -> None:
    from tests.factories.accounts import a_moderator

    author, curator = a_member(), a_moderator()
    pending = a_pending(author)
    sign_in(client, curator)
    answer = send(client, f"/tinjau/{pending.id}", aksi=act, version="2", reason="Contohnya belum ada.")
    assert answer.status_code == 303
    assert [(one.kind, one.url) for one in notices(author)] == [(kind, f"/tinjau/{pending.id}")]
    assert notices(curator) == []


def test_a_guide_that_is_published_at_once_tells_its_author_once(client: FlaskClient) -> None:
    author = a_member()
    a_guide(author)
    assert len(notices(author)) == 1
