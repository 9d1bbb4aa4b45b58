"""Personal data is shown to its writer before anything is stored: masked with one button, mended by hand, or explained."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.discussions.models import Post, Tag, Thread
from forum.discussions.services.writing import Written
from forum.library.models import GuideRevision
from forum.privacy.models import PrivacyFinding
from tests.factories.accounts import a_member, a_moderator, an_admin, sign_in
from tests.factories.discussions import a_board, a_key, a_reply, a_thread
from tests.factories.everywhere import places_of
from tests.factories.forms import send
from tests.factories.guides import a_draft

NIK = "1272015508850003"
OTHER = "1272044211900002"
SAYS = "Warga dengan NIK 1272 0155 0885 0003 belum terdaftar, telepon 0812-6400-1234 ya."
REASON = "Nomor contoh dari buku pedoman, bukan milik siapa pun."


@pytest.fixture
def writer(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, a_member("siti"))
    return client


@pytest.fixture
def thread(app: Flask) -> Written:
    return a_thread(a_member("budi"), a_board("adminduk"))


def reply(client: FlaskClient, thread: Written, body: str, **more: Any) -> Any:
    fields = {"ke": str(thread.post_id), "key": a_key(), "body": body, **more}
    return send(client, f"/diskusi/{thread.thread_id}/balas", **fields)


def shown(answer: Any) -> str:
    assert answer.status_code == 422
    return html.unescape(answer.get_data(as_text=True))


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1]


def last_body() -> str:
    return db.session.scalar(select(Post.body).order_by(Post.id.desc()).limit(1))


def overrides() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.override")))


def test_a_reply_comes_back_with_what_was_found_in_its_place(writer: FlaskClient, thread: Written) -> None:
    page = shown(reply(writer, thread, SAYS))
    assert "<b>NIK</b>" in page
    assert "<p>Warga dengan NIK <mark>1272 0155 0885 0003</mark> belum terdaftar" in page
    assert "<b>Nomor telepon</b>" in page
    assert SAYS in page.split("<textarea")[1]
    assert "Belum tersimpan" in page
    assert places_of(NIK) == set()


def test_one_button_masks_all_of_it_and_sends(writer: FlaskClient, thread: Written) -> None:
    shown(reply(writer, thread, SAYS))
    assert reply(writer, thread, SAYS, samarkan="1").status_code == 303
    assert last_body() == "Warga dengan NIK •••• •••• •••• 0003 belum terdaftar, telepon ••••-••••-•234 ya."
    assert places_of(NIK) == set()
    assert overrides() == []


def test_masking_twice_is_sending_once(writer: FlaskClient, thread: Written) -> None:
    key = a_key()
    first = reply(writer, thread, SAYS, samarkan="1", key=key)
    again = reply(writer, thread, SAYS, samarkan="1", key=key)
    assert first.headers["Location"] == again.headers["Location"]


def test_mended_by_hand_it_is_stored(writer: FlaskClient, thread: Written) -> None:
    shown(reply(writer, thread, SAYS))
    assert reply(writer, thread, "Warga belum terdaftar, mohon saran Bapak dan Ibu.").status_code == 303


def test_explained_it_is_stored_and_noted_without_the_number(writer: FlaskClient, thread: Written) -> None:
    page = shown(reply(writer, thread, SAYS))
    seen = hidden(page, "data_dilihat")
    answer = reply(writer, thread, SAYS, bukan_data_pribadi="1", alasan_data_pribadi=REASON, data_dilihat=seen)
    assert answer.status_code == 303
    assert last_body() == SAYS
    (entry,) = overrides()
    assert entry.reason == REASON
    assert entry.after is not None
    assert entry.after["kinds"] == ["nik", "phone"]
    assert "NIK •••• •••• •••• 0003 belum" in entry.after["masked"][0]
    assert places_of(NIK) == {"posts"}
    assert set(db.session.scalars(select(PrivacyFinding.state))) == {"stated"}


def test_a_number_in_the_reason_is_masked(writer: FlaskClient, thread: Written) -> None:
    page = shown(reply(writer, thread, SAYS))
    reason = f"Angka {NIK} itu nomor contoh saja."
    fields = {"alasan_data_pribadi": reason, "data_dilihat": hidden(page, "data_dilihat")}
    assert reply(writer, thread, SAYS, bukan_data_pribadi="1", **fields).status_code == 303
    assert places_of(NIK) == {"posts"}
    assert overrides()[0].reason == "Angka ••••••••••••0003 itu nomor contoh saja."


@pytest.mark.parametrize(
    ("reason", "body", "told"),
    [
        ("", SAYS, "Tulis alasannya sedikitnya 10 huruf."),
        ("contoh", SAYS, "Tulis alasannya sedikitnya 10 huruf."),
        ("x" * 301, SAYS, "Alasan terlalu panjang: paling banyak 300 huruf."),
        (REASON, f"{SAYS} Dan NIK {OTHER} juga.", "Ada temuan yang belum Anda lihat."),
    ],
)
def test_an_explanation_is_long_enough_and_about_what_was_shown(
    writer: FlaskClient, thread: Written, reason: str, body: str, told: str
) -> None:
    seen = hidden(shown(reply(writer, thread, SAYS)), "data_dilihat")
    answer = reply(writer, thread, body, bukan_data_pribadi="1", alasan_data_pribadi=reason, data_dilihat=seen)
    page = shown(answer)
    assert told in page
    assert reason in page
    assert db.session.scalar(select(Post.id).where(Post.body == body)) is None


def test_without_the_question_no_explanation_counts(writer: FlaskClient, thread: Written) -> None:
    for seen in ("", "0" * 32, NIK):
        shown(reply(writer, thread, SAYS, bukan_data_pribadi="1", alasan_data_pribadi=REASON, data_dilihat=seen))
    assert overrides() == []


def test_another_way_of_writing_the_same_number_was_explained_too(writer: FlaskClient, thread: Written) -> None:
    seen = hidden(shown(reply(writer, thread, f"NIK {NIK} itu contoh.")), "data_dilihat")
    fields = {"bukan_data_pribadi": "1", "alasan_data_pribadi": REASON, "data_dilihat": seen}
    assert reply(writer, thread, "NIK 127201-550885-0003 itu contoh.", **fields).status_code == 303


def ask(client: FlaskClient, **more: Any) -> Any:
    fields = {"title": "Bagaimana mengurusnya", "board": "adminduk", "kind": "question", "tags": "", "key": a_key()}
    return send(client, "/diskusi/baru", **{**fields, "body": "Mohon penjelasan langkahnya.", **more})


@pytest.mark.parametrize("where", ["title", "body", "tags"])
def test_a_thread_is_looked_through_as_a_whole(writer: FlaskClient, thread: Written, where: str) -> None:
    text = {"title": f"Bagaimana nasib NIK {NIK}", "body": SAYS, "tags": f"nik {NIK}"}[where]
    page = shown(ask(writer, **{where: text}))
    assert "<b>NIK</b>" in page
    assert text in page
    assert places_of(NIK) == set()
    assert ask(writer, **{where: text}, samarkan="1").status_code == 303
    assert places_of(NIK) == set()
    assert db.session.query(Thread).count() == 2


def edit(client: FlaskClient, post_id: int, body: str, **more: Any) -> Any:
    return send(client, f"/kiriman/{post_id}/sunting", body=body, version="1", **more)


def test_an_edit_is_looked_through_and_an_explained_number_asked_about_once(app: Flask, thread: Written) -> None:
    client, author = app.test_client(), db.session.scalars(select(User).where(User.username == "budi")).one()
    sign_in(client, author)
    own = a_reply(author, thread)
    page = shown(edit(client, own.post_id, SAYS))
    assert "Teks terbaru" not in page
    seen = hidden(page, "data_dilihat")
    answer = edit(client, own.post_id, SAYS, bukan_data_pribadi="1", alasan_data_pribadi=REASON, data_dilihat=seen)
    assert answer.status_code == 303
    assert send(client, f"/kiriman/{own.post_id}/sunting", body=f"{SAYS} Sudah.", version="2").status_code == 303
    more = send(client, f"/kiriman/{own.post_id}/sunting", body=f"{SAYS} NIK {OTHER}.", version="3")
    assert f"<mark>{OTHER}</mark>" in shown(more)
    assert "<mark>1272 0155" not in shown(more)


def test_a_summary_is_looked_through(app: Flask, thread: Written) -> None:
    client = app.test_client()
    sign_in(client, a_moderator())
    url = f"/diskusi/{thread.thread_id}/ringkasan"
    shown(send(client, url, body=SAYS))
    assert send(client, url, body=SAYS, samarkan="1").status_code == 303
    assert db.session.scalar(select(Thread.summary)).startswith("Warga dengan NIK ••••")


def test_a_tag_of_the_admin_is_looked_through(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, an_admin())
    a_thread(a_member(), a_board(), tags="umum")
    page = shown(send(client, "/admin/tag/umum", name=f"nik {NIK}", synonyms=""))
    assert "Ada yang tampak seperti data pribadi" in page
    assert db.session.scalar(select(Tag.name)) == "umum"


GUIDE = {"title": "Panduan mengurus data ganda", "summary": "", "situasi": SAYS, "langkah": "Periksa."}


def test_a_new_guide_is_looked_through(writer: FlaskClient) -> None:
    fields = {**GUIDE, "kind": "practice", "review_months": "6", "owner": "", "tags": ""}
    page = shown(send(writer, "/panduan/baru", **fields))
    assert "<b>NIK</b>" in page
    assert SAYS in page.split("<textarea")[2]
    assert send(writer, "/panduan/baru", **fields, samarkan="1").status_code == 303
    assert places_of(NIK) == set()
    assert db.session.scalar(select(GuideRevision.sections))["situasi"].startswith("Warga dengan NIK ••••")


def test_a_draft_of_a_guide_is_looked_through_and_the_pressed_button_remembered(app: Flask) -> None:
    client, author = app.test_client(), a_member()
    sign_in(client, author)
    draft = a_draft(author)
    url, fields = f"/naskah/{draft.id}", {**GUIDE, "version": str(draft.version), "change_summary": "Baru."}
    page = shown(send(client, url, **fields, significance="major", aksi="kirim"))
    assert 'name="samarkan" value="kirim"' in re.sub(r"\s+", " ", page)
    assert send(client, url, **fields, significance="major", samarkan="kirim").status_code == 303
    row = db.session.get(GuideRevision, draft.id)
    assert row is not None
    assert row.state == "pending"
    assert places_of(NIK) == set()


def test_a_draft_is_kept_as_it_is_for_its_writer_alone(app: Flask, writer: FlaskClient, thread: Written) -> None:
    place = f"reply:{thread.post_id}"
    assert send(writer, "/draf", place=place, body=SAYS).status_code in (200, 303)
    assert places_of(NIK) == {"drafts"}
    page = writer.get(f"/diskusi/{thread.thread_id}/balas?ke={thread.post_id}").get_data(as_text=True)
    assert "1272 0155 0885 0003" in page
    other = app.test_client()
    sign_in(other, an_admin())
    for url in ("/", "/draf", f"/diskusi/{thread.thread_id}/balas?ke={thread.post_id}", "/profil/siti", "/cari?q=0885"):
        assert "1272 0155 0885" not in other.get(url, follow_redirects=True).get_data(as_text=True)
    assert reply(writer, thread, SAYS, samarkan="1").status_code == 303
    assert places_of(NIK) == set()
