"""A person gets everything that is kept about them; an admin erases who they are, and what they wrote stays."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User, UserSession
from forum.accounts.services.editing import end_sessions_of
from forum.audit.models import AuditEntry
from forum.core.db import Base, db, transaction
from forum.discussions.models import Draft, Post
from forum.discussions.services import reading
from forum.privacy.models import PrivacyFinding
from forum.privacy.person_data import ERASED, LEFT_OUT, MENTIONS, OWN
from forum.privacy.queries import person
from tests.factories.accounts import a_member, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread
from tests.factories.everywhere import places_of
from tests.factories.forms import send
from tests.factories.guides import a_draft

NIP = "198503122010011007"


@pytest.fixture
def siti(app: Flask) -> User:
    return a_member("siti", name="Siti Aminah", email="siti.aminah@contoh.go.id", nip=NIP, position="Analis Pengaduan")


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, an_admin("pengelola"))
    return client


def files_of(client: FlaskClient) -> dict[str, list[dict[str, Any]]]:
    answer = send(client, "/akun/data/unduh")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    assert archive.testzip() is None
    return {
        name.removesuffix(".jsonl"): [json.loads(line) for line in archive.read(name).decode().splitlines()]
        for name in archive.namelist()
        if name.endswith(".jsonl")
    }


def test_every_reference_to_an_account_is_somebodys_or_a_mention() -> None:
    """New tables decide here whether their rows are in the export."""
    known = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.target_fullname == "users.id" for key in column.foreign_keys)
    }
    assert known - set(OWN) - set(MENTIONS) == set(), "add them to forum/privacy/person_data.py"
    assert set(OWN) & set(MENTIONS) == set()
    assert set(ERASED) <= set(OWN)


def test_a_person_gets_what_is_theirs_and_nothing_of_others(app: Flask, siti: User) -> None:
    other = a_member("tono", name="Tono Simbolon", email="tono@contoh.go.id")
    board = a_board()
    thread = a_thread(siti, board, title="Pertanyaan milik Siti sendiri")
    strange = a_thread(other, board, title="Pertanyaan milik orang lain")
    a_reply(other, thread, body="Balasan dari orang lain saja.")
    a_draft(siti)
    with transaction():
        reading.vote(viewer_for(siti), strange.post_id, on=True)
        reading.save_draft(viewer_for(siti), "new", {"body": "Draf yang belum selesai"})
    by = viewer_for(an_admin())
    with transaction():
        end_sessions_of(by, siti.id)
    client = app.test_client()
    sign_in(client, siti)
    files = files_of(client)
    assert files["users"][0]["nip"] == NIP
    assert [row["title"] for row in files["threads"]] == ["Pertanyaan milik Siti sendiri"]
    assert len(files["posts"]) == 1
    assert files["drafts"][0]["body"] == "Draf yang belum selesai"
    assert [row["post_id"] for row in files["votes"]] == [strange.post_id]
    assert files["user_sessions"]
    assert files["guide_revisions"]
    assert [row["action"] for row in files["audit_log"]] == ["user.export"]
    assert [row["action"] for row in files["audit_tentang_saya"]] == ["user.end_sessions"]
    whole = json.dumps(files)
    for strange_word in ("Tono", "tono@contoh.go.id", "orang lain"):
        assert strange_word not in whole
    for name in LEFT_OUT:
        assert f'"{name}"' not in whole


def test_many_rows_come_batch_by_batch(app: Flask, siti: User, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = a_thread(siti, a_board())
    ids = {thread.post_id, *(a_reply(siti, thread).post_id for _ in range(7))}
    others = [a_thread(a_member(), a_board()) for _ in range(7)]
    with transaction():
        for one in others:
            reading.vote(viewer_for(siti), one.post_id, on=True)
    monkeypatch.setattr(person, "BATCH", 3)
    client = app.test_client()
    sign_in(client, siti)
    files = files_of(client)
    assert {row["id"] for row in files["posts"]} == ids
    assert {row["post_id"] for row in files["votes"]} == {one.post_id for one in others}
    assert len(files["votes"]) == 7


def erase(client: FlaskClient, username: str = "siti", **fields: str) -> Any:
    whole = {"ketik": username, "alasan": "Permohonan Siti Aminah, surat 045/2/2026.", **fields}
    return send(client, f"/admin/pengguna/{username}/hapus-data", **whole)


def test_erasing_takes_who_it_was_and_leaves_what_was_written(app: Flask, siti: User, admin: FlaskClient) -> None:
    thread = a_thread(siti, a_board(), title="Pertanyaan yang tetap ada")
    own = app.test_client()
    sign_in(own, siti)
    with transaction():
        reading.save_draft(viewer_for(siti), "new", {"body": "Draf yang belum selesai"})
    answer = erase(admin)
    assert answer.status_code == 303
    for word in ("Siti Aminah", "siti.aminah@contoh.go.id", NIP, "Analis Pengaduan"):
        assert places_of(word) == set(), word
    page = admin.get(thread.url).get_data(as_text=True)
    assert "Pertanyaan yang tetap ada" in page
    assert "Akun dihapus" in page
    assert own.get("/").status_code == 302
    assert db.session.scalar(select(UserSession.id).where(UserSession.user_id == siti.id)) is None
    assert db.session.scalar(select(Draft.id)) is None
    assert db.session.scalar(select(Post.author_id)) == siti.id
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "user.erase"))
    assert entry.object_id == siti.id
    assert entry.reason == "Permohonan Akun dihapus, surat 045/2/2026."


def test_what_others_wrote_about_them_is_listed_for_review(app: Flask, siti: User, admin: FlaskClient) -> None:
    other = a_member()
    board = a_board()
    named = a_thread(other, board, body="Kemarin Siti Aminah sudah menjelaskannya kepada kami semua.")
    called = a_thread(other, board, body="Tolong @siti bantu menjawab pertanyaan warga ini.")
    a_thread(other, board, body="Tidak menyebut siapa pun, hanya bertanya.")
    assert "2 tulisan" in admin.get(erase(admin).headers["Location"]).get_data(as_text=True)
    rows = {row.object_id: row for row in db.session.scalars(select(PrivacyFinding))}
    assert set(rows) == {named.post_id, called.post_id}
    assert rows[named.post_id].excerpt == "Kemarin […] sudah menjelaskannya kepada kami semua."
    page = admin.get("/moderasi/data-pribadi").get_data(as_text=True)
    assert "Nama akun yang dihapus" in page
    assert "Siti" not in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ketik": "sitii"}, "Ketik nama pengguna itu persis"),
        ({"ketik": ""}, "Ketik nama pengguna itu persis"),
        ({"alasan": "pergi"}, "Tulis alasannya dengan 10 sampai 300 huruf."),
    ],
)
def test_it_has_to_be_typed_and_explained(siti: User, admin: FlaskClient, fields: dict[str, str], told: str) -> None:
    answer = erase(admin, **fields)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert db.session.get(User, siti.id).name == "Siti Aminah"  # type: ignore[union-attr]


def test_neither_oneself_nor_an_active_admin_nor_twice(siti: User, admin: FlaskClient) -> None:
    an_admin("lain")
    assert erase(admin, "pengelola").status_code == 409
    assert erase(admin, "lain").status_code == 409
    assert erase(admin).status_code == 303
    gone = f"dihapus-{siti.id}"
    assert erase(admin, gone).status_code == 409
