"""Files in forms, with scripts and without; what is served, and to whom."""

from __future__ import annotations

import gc
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.attachments import storage
from forum.attachments.models import Attachment
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.core.web import form_key
from forum.discussions.models import Post
from tests.factories import files
from tests.factories.accounts import a_member, a_moderator, a_unit, sign_in
from tests.factories.discussions import a_board, a_thread, delete
from tests.factories.forms import send

NIK = "1271014107850003"
BODY = "Tulisan yang cukup panjang untuk diterima."


def sent(content: bytes, name: str) -> tuple[BytesIO, str]:
    return BytesIO(content), name


def upload(client: FlaskClient, content: bytes, name: str) -> Any:
    return send(client, "/lampiran", json=True, berkas=sent(content, name))


def uploaded(client: FlaskClient, content: bytes | None = None, name: str = "foto.png") -> dict[str, Any]:
    answer = upload(client, content or files.picture("PNG", (900, 600)), name)
    assert answer.status_code == 201, answer.json
    return answer.json


def rows() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


@pytest.fixture
def member(client: FlaskClient) -> User:
    person = a_member()
    sign_in(client, person)
    return person


def ask(client: FlaskClient, body: str = BODY, **fields: Any) -> Any:
    board = a_board().slug
    values = {"title": "Bagaimana cara mengurusnya", "board": board, "kind": "question", "body": body}
    return send(client, "/diskusi/baru", **{**values, "key": form_key(), **fields})


def other(app: Flask, user: User | None = None) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user or a_member())
    return client


# With scripts --------------------------------------------------------------------------------------------------


def test_an_image_is_uploaded_shown_in_a_post_and_seen_by_its_readers(
    app: Flask, client: FlaskClient, member: User
) -> None:
    made = uploaded(client, name="Foto loket.png")
    assert made["markdown"] == f"![Foto loket.png](/lampiran/{made['token']})"
    reader = other(app)
    assert reader.get(made["url"]).status_code == 404  # not posted yet
    answer = ask(client, f"{BODY}\n\n{made['markdown']}", lampiran=made["token"])
    assert answer.status_code == 303
    page = reader.get(answer.location).get_data(as_text=True)
    shown = re.search(r'<a href="/lampiran/[^"]+"[^>]*><img [^>]+></a>', page)
    assert shown, page
    for part in (f'src="{made["url"]}/kecil"', 'width="720"', 'height="480"', 'loading="lazy"', 'alt="Foto loket.png"'):
        assert part in shown[0]
    assert 'class="files"' not in page  # it stands in the text
    assert reader.get(made["url"]).mimetype == "image/png"
    assert reader.get(f"{made['url']}/kecil").mimetype == "image/webp"


def test_what_a_text_speaks_of_is_attached_without_being_listed(client: FlaskClient, member: User) -> None:
    """A draft that is opened again has no list; its text has the address."""
    made = uploaded(client)
    assert ask(client, f"{BODY}\n\n{made['markdown']}").status_code == 303
    assert rows()[0].owner_kind == "post"


def test_another_file_stands_below_the_post_and_is_a_download(client: FlaskClient, member: User) -> None:
    made = uploaded(client, files.pdf(), "Surat Edaran №7.pdf")
    page = client.get(ask(client, lampiran=made["token"]).location).get_data(as_text=True)
    assert "<span>Surat Edaran No7.pdf</span>" in page or "<span>Surat Edaran №7.pdf</span>" in page
    assert "PDF, 1 kB" in page
    answer = client.get(made["url"])
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''Surat%20Edaran%20%E2%84%967.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.content_length == len(answer.data)
    assert client.get(made["url"], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_text_file_is_no_page(client: FlaskClient, member: User) -> None:
    made = uploaded(client, b"kode;jumlah\n1;2\n", "rekap.csv")
    answer = client.get(made["url"])
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=rekap.csv"


def test_refusals_are_sentences(client: FlaskClient, member: User) -> None:
    answer = upload(client, b"<html>", "a.jpg")
    assert (answer.status_code, "tidak sesuai dengan akhiran" in answer.json["error"]["message"]) == (422, True)
    answer = send(client, "/lampiran", json=True)
    assert (answer.status_code, answer.json["error"]["message"]) == (422, "Pilih berkas yang akan dilampirkan.")
    assert rows() == []


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_is_at_most_so_large(client: FlaskClient, member: User) -> None:
    answer = upload(client, b"\xff\xd8" + bytes(10 << 20), "a.jpg")
    assert (answer.status_code, "paling besar 10 MB" in answer.json["error"]["message"]) == (422, True)
    assert upload(client, bytes((20 << 20) + 1), "a.pdf").status_code == 422
    assert upload(client, bytes(22 << 20), "a.pdf").status_code == 413
    answer = send(client, "/draf", body="x" * (3 << 20))
    assert (answer.status_code, "paling banyak 2 MB" in answer.get_data(as_text=True)) == (413, True)
    gc.collect()  # the test client leaves its large bodies open


def test_ones_own_file_is_removed_and_no_other(app: Flask, client: FlaskClient, member: User) -> None:
    made = uploaded(client)
    url = f"/lampiran/{made['token']}/hapus"
    assert send(other(app), url, json=True).status_code == 404
    assert send(client, url, json=True).json == {"removed": True}
    assert client.get(made["url"]).status_code == 404
    assert send(client, url, json=True).status_code == 404


def test_a_posted_file_is_not_removed_by_its_address(client: FlaskClient, member: User) -> None:
    made = uploaded(client)
    ask(client, lampiran=made["token"])
    assert send(client, f"/lampiran/{made['token']}/hapus", json=True).status_code == 404
    assert client.get(made["url"]).status_code == 200


# Without scripts -----------------------------------------------------------------------------------------------


def test_a_form_brings_its_files_along(client: FlaskClient, member: User) -> None:
    thread = a_thread(a_member(), a_board())
    answer = send(
        client, f"{thread.url}/balas", body=BODY, key=form_key(),
        berkas=[sent(files.picture("PNG"), "a.png"), sent(files.pdf(), "b.pdf")],
    )  # fmt: skip
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert page.count('<li><a href="/lampiran/') == 2
    assert [(row.owner_kind, row.name) for row in rows()] == [("post", "a.png"), ("post", "b.pdf")]


def test_after_a_fault_the_form_keeps_text_and_files(client: FlaskClient, member: User) -> None:
    board = a_board().slug
    answer = send(
        client, "/diskusi/baru", title="", board=board, kind="question", body=BODY, key=form_key(), tags="satu",
        berkas=[sent(files.pdf(), "surat.pdf"), sent(b"<html>", "b.jpg")],
    )  # fmt: skip
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert BODY in page
    assert "b.jpg: Isinya tidak sesuai" in page
    token = re.search(r'name="lampiran" value="([^"]+)"', page)[1]
    assert "surat.pdf" in page
    answer = ask(client, lampiran=token, lampiran_daftar="1")
    assert answer.status_code == 303
    assert rows()[0].owner_kind == "post"


def test_files_are_added_and_taken_off_before_sending(client: FlaskClient, member: User) -> None:
    thread = a_thread(a_member(), a_board())
    url = f"{thread.url}/balas"
    answer = send(client, url, body=BODY, key=form_key(), unggah="1", berkas=[sent(files.pdf(), "surat.pdf")])
    page = answer.get_data(as_text=True)
    assert (answer.status_code, BODY in page) == (200, True)
    token = re.search(r'name="lampiran" value="([^"]+)"', page)[1]
    answer = send(client, url, body=BODY, key=form_key(), lampiran=token, lepas=token)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, BODY in page, token in page) == (200, True, False)
    assert rows()[0].removed_at is not None
    assert db.session.scalar(select(Post.id).where(Post.author_id == member.id)) is None


def test_editing_shows_what_is_attached_and_takes_off_what_is_not_listed(client: FlaskClient, member: User) -> None:
    thread = a_thread(member, a_board())
    send(
        client,
        f"{thread.url}/balas",
        body=BODY,
        key=form_key(),
        berkas=[sent(files.pdf(), "a.pdf"), sent(files.pdf("Dua"), "b.pdf")],
    )
    first, second = rows()
    post_id = first.owner_id
    page = client.get(f"/kiriman/{post_id}/sunting").get_data(as_text=True)
    assert f'value="{first.token}"' in page
    assert f'value="{second.token}"' in page
    page = send(client, f"/kiriman/{post_id}/sunting", body=BODY, version="1", lampiran_daftar="1",
                lampiran=[first.token, second.token], lepas=first.token).get_data(as_text=True)  # fmt: skip
    assert f'value="{first.token}"' not in page
    assert rows()[0].removed_at is None  # not before it is sent
    answer = send(
        client, f"/kiriman/{post_id}/sunting", body=BODY, version="1", lampiran_daftar="1", lampiran=second.token
    )
    assert answer.status_code == 303
    assert [row.removed_at is None for row in rows()] == [False, True]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attachment.remove")).one()
    assert entry.before["name"] == "a.pdf"


def test_an_edit_that_knows_nothing_of_files_leaves_them(client: FlaskClient, member: User) -> None:
    thread = a_thread(member, a_board())
    send(client, f"{thread.url}/balas", body=BODY, key=form_key(), berkas=sent(files.pdf(), "a.pdf"))
    (row,) = rows()
    assert send(client, f"/kiriman/{row.owner_id}/sunting", body=f"{BODY} Lagi.", version="1").status_code == 303
    assert rows()[0].removed_at is None


# Others' files --------------------------------------------------------------------------------------------------


def test_anothers_file_cannot_be_attached(app: Flask, client: FlaskClient, member: User) -> None:
    thief = other(app)
    made = uploaded(client)
    for fields in ({"lampiran": made["token"]}, {"lampiran": "tidak-ada"}):
        answer = ask(thief, **fields)
        assert (answer.status_code, "sudah tidak ada" in answer.get_data(as_text=True)) == (422, True)
    assert ask(thief, f"{BODY}\n\n{made['markdown']}").status_code == 303  # speaking of it takes nothing
    assert rows()[0].owner_kind is None
    assert thief.get(made["url"]).status_code == 404


def test_a_posted_file_is_not_attached_again(client: FlaskClient, member: User) -> None:
    made = uploaded(client)
    ask(client, lampiran=made["token"])
    before = rows()[0].owner_id
    assert ask(client, lampiran=made["token"]).status_code == 422
    assert rows()[0].owner_id == before


def test_a_file_is_seen_by_those_who_see_its_post(app: Flask, client: FlaskClient) -> None:
    unit = a_unit().id
    board = a_board(readers=[unit])
    author = a_member(unit_id=unit)
    sign_in(client, author)
    thread = a_thread(author, board)
    made = uploaded(client)
    send(client, f"{thread.url}/balas", body=BODY, key=form_key(), lampiran=made["token"])
    post_id = rows()[0].owner_id
    people = {
        "member": other(app),
        "of the unit": other(app, a_member(unit_id=unit)),
        "moderator": other(app, a_moderator(boards=[board.id])),
        "moderator elsewhere": other(app, a_moderator(boards=[])),
    }
    addresses = (made["url"], f"{made['url']}/kecil")
    seen = {name: {who.get(url).status_code for url in addresses} for name, who in people.items()}
    assert seen == {"member": {404}, "of the unit": {200}, "moderator": {200}, "moderator elsewhere": {404}}
    assert app.test_client().get(made["url"]).status_code == 302
    delete(author, post_id)
    assert (client.get(made["url"]).status_code, people["of the unit"].get(made["url"]).status_code) == (404, 404)
    assert people["moderator"].get(made["url"]).status_code == 200


# Limits --------------------------------------------------------------------------------------------------------


def test_a_post_has_at_most_ten(client: FlaskClient, member: User) -> None:
    tokens = [uploaded(client, f"Baris {n}\n".encode(), f"{n}.txt")["token"] for n in range(11)]
    answer = ask(client, lampiran=tokens)
    assert (answer.status_code, "paling banyak 10" in answer.get_data(as_text=True)) == (422, True)
    assert all(f'value="{token}"' in answer.get_data(as_text=True) for token in tokens)
    assert ask(client, lampiran=tokens[:10]).status_code == 303


def test_a_day_has_its_bounds(client: FlaskClient, member: User) -> None:
    files.an_attachment(member, size=200 << 20, removed_at=None)
    answer = upload(client, b"teks", "a.txt")
    assert (answer.status_code, "Dalam sehari" in answer.json["error"]["message"]) == (422, True)


def test_too_many_in_a_minute_keep_the_text(client: FlaskClient, member: User, fixed_now: object) -> None:
    for _ in range(30):
        upload(client, b"", "a.txt")
    assert upload(client, b"teks", "a.txt").status_code == 429
    thread = a_thread(a_member(), a_board())
    answer = send(
        client, f"{thread.url}/balas", body=BODY, key=form_key(), lampiran=["satu", "dua"], berkas=sent(b"x", "a.txt")
    )
    page = answer.get_data(as_text=True)
    assert (answer.status_code, BODY in page) == (429, True)
    assert page.count('name="lampiran"') == 2


# Personal data -------------------------------------------------------------------------------------------------


def test_personal_data_in_a_file_is_told_and_has_to_be_answered_for(client: FlaskClient, member: User) -> None:
    made = uploaded(client, files.office("docx", f"NIK pemohon {NIK}."), "surat.docx")
    assert made["held"] == "NIK"
    answer = ask(client, lampiran=made["token"])
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Tampaknya ada data pribadi dalam surat.docx" in page
    assert "Tampaknya memuat data pribadi: NIK." in page
    assert 'name="alasan_data_pribadi"' in page
    assert ask(client, lampiran=made["token"], alasan_data_pribadi="boleh").status_code == 422
    reason = "Nomor contoh dari buku panduan Dukcapil."
    assert ask(client, lampiran=made["token"], alasan_data_pribadi=reason).status_code == 303
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "attachment.personal_data")).one()
    assert (entry.reason, entry.after, entry.object_id) == (reason, {"found": "nik"}, rows()[0].id)
    assert NIK not in str(entry.after)


# Odd names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..%2f..%2fsurat.txt", "surat.txt"),
        ("sur\x00at\u202e.txt", "surat.txt"),
        ("x" * 10_000 + ".txt", "x" * 96 + ".txt"),
    ],
)
def test_names_are_made_harmless(client: FlaskClient, member: User, name: str, kept: str) -> None:
    made = uploaded(client, b"teks", name)
    assert made["name"] == kept
    assert client.get(made["url"]).headers["Content-Disposition"] == f"attachment; filename={kept}"


def test_unguessable(client: FlaskClient, member: User) -> None:
    tokens = {uploaded(client)["token"] for _ in range(3)}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {22}
    for token in ("a", "../x", "%2e%2e", "x" * 500):
        assert client.get(f"/lampiran/{token}").status_code == 404


# Trouble -------------------------------------------------------------------------------------------------------


def test_a_content_that_was_removed_by_hand_is_told(client: FlaskClient, member: User) -> None:
    made = uploaded(client, files.pdf(), "a.pdf")
    folder = current_app.config["SETTINGS"].instance_path / storage.FOLDER
    (folder / rows()[0].sha256[:2] / rows()[0].sha256).unlink()
    answer = client.get(made["url"])
    assert (answer.status_code, "Berkas ini sudah tidak ada" in answer.get_data(as_text=True)) == (410, True)


def test_a_full_disk_is_told_and_loses_nothing(app: Flask, client: FlaskClient, member: User) -> None:
    class Full:
        def put(self, digest: str, source: object) -> None:
            raise OSError(28, "No space left on device")

    kept = app.extensions["rembuk_storage"]
    app.extensions["rembuk_storage"] = Full()
    try:
        answer = upload(client, b"teks", "a.txt")
        assert (answer.status_code, "Ruang penyimpanan penuh" in answer.json["error"]["message"]) == (503, True)
        answer = ask(client, berkas=sent(b"teks", "a.txt"))
        page = answer.get_data(as_text=True)
        assert (answer.status_code, BODY in page, "Ruang penyimpanan penuh" in page) == (422, True, True)
    finally:
        app.extensions["rembuk_storage"] = kept
    assert rows() == []
    assert ask(client, berkas=sent(b"teks", "a.txt")).status_code == 303
