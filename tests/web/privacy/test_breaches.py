"""A breach: what holds the datum, who may have seen it, 3 x 24 hours, a report without the datum."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.discussions.services import reading
from forum.discussions.services.writing import Written
from forum.privacy.models import Breach
from tests.factories.accounts import a_member, an_admin, sign_in, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread
from tests.factories.everywhere import places_of
from tests.factories.files import an_attachment
from tests.factories.forms import send
from tests.factories.guides import a_guide
from tests.factories.privacy import NIK, put_into
from tests.unit.privacy.test_scanning import SAYS, look

BASE = "/admin/kebocoran"
KNOWN = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
LOCAL = "2026-11-24T10:05"


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, an_admin())
    return client


@pytest.fixture
def author(app: Flask) -> User:
    return a_member("budi", name="Budi Hartono")


@pytest.fixture
def thread(author: User) -> Written:
    thread = a_thread(author, a_board(name="Adminduk"), title="Data ganda di kelurahan")
    put_into(thread.post_id, SAYS)
    return thread


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.get_data(as_text=True)).split())


def opened(admin: FlaskClient, at: str, **fields: str) -> str:
    answer = send(
        admin, BASE, aksi="buka", judul="NIK pelapor terbaca", alamat=at, diketahui=fields.get("diketahui", LOCAL)
    )
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def read_by(person: User, thread: Written, number: int) -> None:
    with transaction():
        reading.mark_read(viewer_for(person), thread.thread_id, number)


@pytest.mark.parametrize("words", [NIK, f"NIK {NIK}", "127201 550885 0003", "1272.0155.0885.0003"])
def test_a_datum_is_looked_for_in_any_spelling(admin: FlaskClient, thread: Written, words: str) -> None:
    look()
    answer = send(admin, BASE, aksi="cari", cari=words)
    page = text_of(answer)
    assert answer.status_code == 200
    assert f'value="post:{thread.post_id}"' in page
    assert "Kiriman: Data ganda di kelurahan" in page
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "breach.search"))
    assert entry.after is not None
    assert entry.after["found"] == 1
    assert places_of(NIK) == {"posts"}


def test_words_that_are_no_number_are_looked_for_as_they_are(admin: FlaskClient, thread: Written) -> None:
    put_into(thread.post_id, "Alamat rumah pelapor: Jalan Melati 12.")
    assert f"post:{thread.post_id}" in text_of(send(admin, BASE, aksi="cari", cari="Jalan Melati 12"))
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "breach.search"))
    assert entry.after == {"words": "Ja…", "found": 1}


@pytest.mark.parametrize(
    ("words", "told"), [("123", "Tulis 4 sampai 200 huruf."), ("tidak ada di mana pun", "Tidak ada tulisan")]
)
def test_a_vain_search_keeps_the_form(admin: FlaskClient, thread: Written, words: str, told: str) -> None:
    answer = send(admin, BASE, aksi="cari", cari=words, judul="Judul saya", diketahui=LOCAL)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert 'value="Judul saya"' in text_of(answer)


def test_a_record_is_opened_with_chosen_results(admin: FlaskClient, thread: Written) -> None:
    guide = a_guide()
    answer = admin.post(
        BASE,
        data={
            "csrf_token": re.search(r'name="csrf_token" value="([^"]+)', admin.get(BASE).get_data(as_text=True))[1],  # type: ignore[index]
            "aksi": "buka", "judul": f"Bocor {NIK}", "pilih": [f"post:{thread.post_id}", f"guide:{guide.id}"],
            "diketahui": LOCAL,
        },
    )  # fmt: skip
    assert answer.status_code == 303
    row = db.session.scalars(select(Breach)).one()
    assert row.title == "Bocor ••••••••••••0003"
    assert row.items == [{"kind": "post", "id": thread.post_id}, {"kind": "guide", "id": guide.id}]
    assert row.known_at == KNOWN
    assert "breach.open" in set(db.session.scalars(select(AuditEntry.action)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"judul": "x"}, "Tulis judul dengan 5 sampai 150 huruf."),
        ({"alamat": ""}, "Pilih sedikitnya satu tulisan"),
        ({"alamat": "/diskusi/99999"}, "Alamat ini tidak dikenal"),
        ({"alamat": "bukan alamat"}, "Alamat ini tidak dikenal"),
        ({"pilih": "post:99999"}, "Pilihan ini tidak tersedia"),
        ({"pilih": "users:1"}, "Pilihan ini tidak tersedia"),
        ({"diketahui": "kemarin"}, "Tulis tanggal dan jam"),
        ({"diketahui": "2999-01-01T00:00"}, "masa depan"),
    ],
)
def test_what_does_not_look_right_is_said(
    admin: FlaskClient, thread: Written, fields: dict[str, str], told: str
) -> None:
    whole = {"judul": "NIK pelapor", "alamat": thread.url, "diketahui": "2026-01-02T10:00", **fields}
    answer = send(admin, BASE, aksi="buka", **whole)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert db.session.scalar(select(Breach.id)) is None


def test_the_page_tells_who_may_have_seen_it(admin: FlaskClient, thread: Written, author: User) -> None:
    reader, voter, late = (a_member(name=name) for name in ("Siti Pembaca", "Tono Pemilih", "Lina Terlambat"))
    reply = a_reply(author, thread)
    put_into(reply.post_id, SAYS)
    read_by(reader, thread, 2)
    read_by(late, thread, 1)
    with transaction():
        reading.vote(viewer_for(voter), reply.post_id, on=True)
    url = opened(
        admin,
        f"https://rembuk.contoh{thread.url}?balasan={reply.post_id}#p-{reply.post_id}",
        diketahui="2026-11-01T08:00",
    )
    page = text_of(admin.get(url))
    assert "Siti Pembaca: membaca diskusi sampai kiriman ini" in page
    assert "Tono Pemilih: menandainya bermanfaat" in page
    assert "Lina Terlambat" not in page
    assert "Budi Hartono" not in page
    assert "2 orang diketahui melihatnya." in page
    assert "Papan “Adminduk”: semua pegawai yang masuk" in page
    assert "tidak dicatat" in page
    assert NIK not in page


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (timedelta(hours=1, minutes=30), "Sisa 70 jam 30 menit."),
        (timedelta(hours=71, minutes=59), "Sisa 0 jam 1 menit."),
        (timedelta(hours=73), "Lewat 1 jam 0 menit."),
    ],
)
def test_the_clock_runs_from_when_it_was_known(app: Flask, thread: Written, later: timedelta, told: str) -> None:
    with clock.fixed(KNOWN + later):
        admin = app.test_client()
        sign_in(admin, an_admin())
        page = text_of(admin.get(opened(admin, thread.url)))
    assert told in page
    assert "27 November 2026 pukul 10.05" in page or "27 Nov 2026" in page


def test_steps_notice_and_closing_are_kept_and_recorded(app: Flask, thread: Written) -> None:
    with clock.fixed(KNOWN + timedelta(hours=5)):
        admin = app.test_client()
        sign_in(admin, an_admin())
        url = opened(admin, thread.url)
        assert (
            send(admin, url, aksi="langkah", langkah="mask", catatan=f"Pemilik {NIK} sudah dihubungi.").status_code
            == 303
        )
        row = db.session.scalars(select(Breach)).one()
        assert row.steps == ["mask"]
        assert row.note == "Pemilik ••••••••••••0003 sudah dihubungi."
        assert send(admin, url, aksi="tutup", hasil="ok").status_code == 422
        assert send(admin, url, aksi="beri-tahu").status_code == 303
        assert send(admin, url, aksi="beri-tahu").status_code == 409
        assert "Masih dalam batas." in text_of(admin.get(url))
        assert send(admin, url, aksi="tutup", hasil="Pemilik data sudah diberi tahu.").status_code == 303
        assert send(admin, url, aksi="langkah", langkah="assess").status_code == 409
        assert "Tutup catatan" not in text_of(admin.get(url))
        actions = list(
            db.session.scalars(
                select(AuditEntry.action).where(AuditEntry.object_kind == "breach").order_by(AuditEntry.id)
            )
        )
    assert actions == ["breach.open", "breach.steps", "breach.notify", "breach.close"]


def test_a_breach_may_be_about_a_file(admin: FlaskClient, thread: Written, author: User) -> None:
    reader = a_member(name="Siti Pembaca")
    read_by(reader, thread, 1)
    file = an_attachment(author, owner=("post", thread.post_id), name=f"ktp-{NIK}.pdf")
    look()
    assert f"attachment:{file.id}" in text_of(send(admin, BASE, aksi="cari", cari=NIK))
    page = text_of(admin.get(opened(admin, f"/lampiran/{file.token}", diketahui="2026-11-01T08:00")))
    assert "Lampiran: ktp-••••••••••••0003.pdf" in page.replace('<a href="/lampiran/' + file.token + '">', "")
    assert "Siti Pembaca: membaca diskusi sampai kiriman ini" in page
    assert NIK not in page


def test_the_report_has_everything_but_the_datum(admin: FlaskClient, thread: Written) -> None:
    url = opened(admin, thread.url, diketahui="2026-11-01T08:00")
    answer = admin.get(f"{url}/laporan.md")
    report = answer.get_data(as_text=True)
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    for part in (
        "# Laporan kebocoran data pribadi: NIK pelapor",
        "Data ganda di kelurahan",
        "- [ ] ",
        "Yang tidak dicatat sistem",
    ):
        assert part in report
    assert NIK not in report
    assert "0003" not in report
