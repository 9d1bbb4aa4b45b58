"""Files in guides: whoever sees the revision sees them."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.attachments.models import Attachment
from forum.core.db import db
from forum.library.models import Guide
from tests.factories.accounts import a_member, a_moderator, sign_in
from tests.factories.forms import send
from tests.factories.guides import a_draft, approved, revision, submitted
from tests.web.attachments.test_files import files, other, sent, uploaded

TITLE = "Menangani lampu jalan yang padam"
STEPS = "Catat nomor tiang, lalu hubungi petugas."


def test_a_file_of_a_draft_is_read_by_all_once_it_is_published(app: Flask, client: FlaskClient) -> None:
    author = a_member()
    sign_in(client, author)
    reader, curator = other(app), a_moderator()
    made = uploaded(client)
    text = {"langkah": f"{STEPS}\n\n{made['markdown']}", "situasi": STEPS, "title": TITLE, "summary": "Ringkas."}
    sections = {
        name: text.get(name, "") for name in ("situasi", "konteks", "langkah", "penyebab", "contoh", "janji", "dasar")
    }
    fields = {**text, **sections, "kind": "procedure", "review_months": "6"}
    answer = send(client, "/panduan/baru", **fields, berkas=sent(files.pdf(), "formulir.pdf"))
    assert answer.status_code == 303, re.findall(r'class="faults.*?</div>', answer.get_data(as_text=True), re.S)
    revision_id = int(answer.location.rsplit("/", 1)[1])
    rows = list(db.session.scalars(select(Attachment).order_by(Attachment.id)))
    assert {(row.owner_kind, row.owner_id) for row in rows} == {("revision", revision_id)}
    assert [reader.get(f"/lampiran/{row.token}").status_code for row in rows] == [404, 404]
    assert other(app, curator).get(made["url"]).status_code == 200
    page = client.get(answer.location).get_data(as_text=True)
    assert all(f'name="lampiran" value="{row.token}"' in page for row in rows)
    published = approved(submitted(revision(revision_id), author), curator)
    assert [reader.get(f"/lampiran/{row.token}").status_code for row in rows] == [200, 200]
    slug = db.session.get_one(Guide, published.guide_id).slug
    page = reader.get(f"/panduan/{slug}").get_data(as_text=True)
    assert f'src="{made["url"]}/kecil"' in page
    assert "<span>formulir.pdf</span>" in page


def test_adding_a_file_to_a_draft_saves_nothing_else(client: FlaskClient) -> None:
    author = a_member()
    sign_in(client, author)
    draft_id = a_draft(author).id
    page = client.get(f"/naskah/{draft_id}").get_data(as_text=True)
    version = re.search(r'name="version"\s+value="(\d+)"', page)[1]
    answer = send(
        client, f"/naskah/{draft_id}", title="Judul yang diketik tetapi belum disimpan", summary="", version=version,
        unggah="1", berkas=sent(files.pdf(), "formulir.pdf"),
    )  # fmt: skip
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "belum disimpan" in page, "formulir.pdf" in page) == (200, True, True)
    assert re.search(rf'name="version"\s+value="{version}"', page)
    assert db.session.scalar(select(Attachment.owner_kind)) is None
