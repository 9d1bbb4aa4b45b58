"""Sensitive acts ask again who one is; what was being sent is kept and goes on."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import OneTimeLink, User, UserSession
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from tests.conftest import NOW, csrf_of, post
from tests.factories.accounts import NIP, PASSWORD, a_member, a_second_factor, a_user, an_admin, sign_in
from tests.factories.forms import csrf_token, send

KEPT = re.compile(r'name="konfirmasi-kept"\s+value="([^"]+)"')
PERSON = {"name": "Nama Baru", "email": "budi@contoh.go.id", "status": "pns", "role": "moderator", "is_active": "1"}
LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def admin(client: FlaskClient) -> User:
    """Signed in eleven minutes before what the test does."""
    with clock.fixed(NOW):
        admin = an_admin("bos")
        a_member("budi")
        sign_in(client, admin)
    return admin


@pytest.fixture
def later(admin: User):
    with clock.fixed(LATER):
        yield


def answer_with(client: FlaskClient, asked: Any, path: str, password: str = PASSWORD, **more: str) -> Any:
    page = asked.get_data(as_text=True)
    kept = KEPT.search(page)[1]
    fields = {"csrf_token": csrf_of(page), "konfirmasi-kept": kept, "konfirmasi-password": password, **more}
    return client.post(path, data=fields)


def role_of(username: str) -> str:
    db.session.rollback()
    return db.session.scalar(select(User.role).where(User.username == username))


ACTS = [
    ("/admin/pengguna/budi", PERSON),
    ("/admin/pengguna/baru", {**PERSON, "username": "baru1", "email": "baru1@contoh.go.id"}),
    ("/admin/pengguna/budi/tautan", {}),
    ("/admin/pengguna/budi/keluarkan", {}),
    ("/admin/pengguna/budi/langkah-kedua", {"reason": "Ponselnya hilang."}),
    ("/admin/pengguna/impor", {"act": "import"}),
    ("/akun/sesi/akhiri", {}),
    ("/akun/sesi/1/akhiri", {}),
    ("/akun/langkah-kedua/mulai", {}),
    ("/akun/langkah-kedua/pasang", {"code": "123456"}),
    ("/akun/langkah-kedua/kode-cadangan", {}),
]


@pytest.mark.parametrize(("path", "fields"), ACTS)
@pytest.mark.usefixtures("later")
def test_the_act_asks_first_and_does_nothing(client: FlaskClient, path: str, fields: dict[str, str]) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    answer = send(client, path, **fields)
    assert answer.status_code == 403
    assert "Konfirmasi kata sandi" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert role_of("budi") == "member"
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1


@pytest.mark.usefixtures("later")
def test_the_right_password_continues_what_was_sent(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi", **PERSON, nip=NIP)
    page = asked.get_data(as_text=True)
    assert NIP not in page
    assert "Nama Baru" not in page
    done = answer_with(client, asked, "/admin/pengguna/budi")
    assert done.headers["Location"] == "/admin/pengguna/budi"
    changed = db.session.scalars(select(User).where(User.username == "budi")).one()
    assert (changed.role, changed.name, changed.nip) == ("moderator", "Nama Baru", NIP)
    # and for ten minutes nothing is asked again
    assert send(client, "/admin/pengguna/budi/tautan").status_code == 200
    assert db.session.scalar(select(OneTimeLink.id))


@pytest.mark.usefixtures("admin")
def test_ten_minutes_after_signing_in_and_no_longer(client: FlaskClient) -> None:
    for minutes, status in ((0, 200), (10, 200), (10.1, 403), (-11, 403)):
        with clock.fixed(NOW + timedelta(minutes=minutes)):
            assert send(client, "/admin/pengguna/budi/tautan").status_code == status, minutes


@pytest.mark.usefixtures("later")
def test_a_wrong_password_keeps_the_form_and_says_so(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi", **PERSON)
    again = answer_with(client, asked, "/admin/pengguna/budi", "salah")
    assert again.status_code == 422
    assert "Kata sandi salah" in again.get_data(as_text=True)
    assert role_of("budi") == "member"
    assert answer_with(client, again, "/admin/pengguna/budi").status_code == 302
    assert role_of("budi") == "moderator"


@pytest.mark.usefixtures("later")
def test_guessing_is_throttled(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi/tautan")
    answers = [answer_with(client, asked, "/admin/pengguna/budi/tautan", "tebak").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert answer_with(client, asked, "/admin/pengguna/budi/tautan").status_code == 429


@pytest.mark.usefixtures("later")
def test_what_was_kept_goes_to_its_own_address_by_its_own_person_alone(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi", **PERSON)
    assert answer_with(client, asked, "/admin/pengguna/bos").status_code == 400
    kept = KEPT.search(asked.get_data(as_text=True))[1]
    second = an_admin("kedua")
    theirs = client.application.test_client()
    with clock.fixed(NOW):
        sign_in(theirs, second)
    fields = {"csrf_token": csrf_token(theirs), "konfirmasi-kept": kept, "konfirmasi-password": PASSWORD}
    assert theirs.post("/admin/pengguna/budi", data=fields).status_code == 400
    for spoilt in ("x", kept[:-5], html.escape("<b>"), "\x00"):
        fields = {"csrf_token": csrf_token(client), "konfirmasi-kept": spoilt, "konfirmasi-password": PASSWORD}
        assert client.post("/admin/pengguna/budi", data=fields).status_code == 400
    assert role_of("budi") == "member"


@pytest.mark.usefixtures("admin")
def test_what_was_kept_spoils_after_an_hour(client: FlaskClient) -> None:
    with clock.fixed(LATER):
        asked = send(client, "/admin/pengguna/budi", **PERSON)
    with clock.fixed(LATER + timedelta(minutes=61)):
        assert answer_with(client, asked, "/admin/pengguna/budi").status_code == 400
    assert role_of("budi") == "member"


@pytest.mark.usefixtures("later")
def test_fields_beside_what_was_kept_do_not_count(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi", **{**PERSON, "role": "member"})
    done = answer_with(client, asked, "/admin/pengguna/budi", role="admin", name="Penyelundup")
    assert done.status_code == 302
    assert role_of("budi") == "member"


@pytest.mark.usefixtures("later")
def test_who_may_not_act_is_not_asked(client: FlaskClient) -> None:
    with clock.fixed(NOW):
        sign_in(client, a_member("siti"))
    answer = send(client, "/admin/pengguna/budi", **PERSON)
    assert answer.status_code == 403
    assert "Konfirmasi kata sandi" not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("later")
def test_confirming_needs_its_csrf_token(client: FlaskClient) -> None:
    asked = send(client, "/admin/pengguna/budi", **PERSON)
    kept = KEPT.search(asked.get_data(as_text=True))[1]
    fields = {"konfirmasi-kept": kept, "konfirmasi-password": PASSWORD}
    assert client.post("/admin/pengguna/budi", data=fields).status_code == 400
    assert role_of("budi") == "member"


@pytest.mark.usefixtures("later")
def test_the_session_gets_a_new_token_and_the_old_one_opens_nothing(client: FlaskClient) -> None:
    thief = client.application.test_client()
    thief.set_cookie("sesi", client.get_cookie("sesi").value)
    assert thief.get("/akun").status_code == 200
    answer_with(client, send(client, "/admin/pengguna/budi/tautan"), "/admin/pengguna/budi/tautan")
    assert client.get("/akun").status_code == 200
    assert thief.get("/akun").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1


@pytest.mark.usefixtures("later")
def test_a_script_is_told_and_loses_nothing(client: FlaskClient) -> None:
    answer = send(client, "/admin/pengguna/budi", json=True, **PERSON)
    assert (answer.status_code, answer.json["error"]["status"]) == (403, 403)


@pytest.mark.usefixtures("later")
def test_a_file_has_to_be_chosen_again(client: FlaskClient) -> None:
    data = {"csrf_token": csrf_token(client), "act": "import", "file": (BytesIO(b"name,username,email\n"), "a.csv")}
    asked = client.post("/admin/pengguna/impor", data=data, content_type="multipart/form-data")
    assert asked.status_code == 403
    done = answer_with(client, asked, "/admin/pengguna/impor")
    assert done.status_code == 422
    assert "Pilih berkas CSV" in done.get_data(as_text=True)


def test_a_code_does_as_well(client: FlaskClient, admin: User) -> None:
    with clock.fixed(LATER):
        phone = a_second_factor(admin)
        with clock.fixed(NOW):
            sign_in(client, admin)
        asked = send(client, "/admin/pengguna/budi", **PERSON)
        path, code = "/admin/pengguna/budi", phone.code()
        assert answer_with(client, asked, path, "", **{"konfirmasi-code": "000000"}).status_code == 422
        assert answer_with(client, asked, path, "", **{"konfirmasi-code": code}).status_code == 302
        assert role_of("budi") == "moderator"
        with clock.fixed(NOW):
            sign_in(client, admin)
        asked = send(client, "/admin/pengguna/budi", **PERSON)
        assert answer_with(client, asked, path, "", **{"konfirmasi-code": code}).status_code == 422


def test_who_has_no_password_here_is_sent_to_sign_in_again(client: FlaskClient) -> None:
    with clock.fixed(NOW):
        sign_in(client, a_user("sso", password_hash=None))
    with clock.fixed(LATER):
        answer = send(client, "/akun/sesi/akhiri")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert "masuk kembali" in page
        assert 'name="konfirmasi-password"' not in page


@pytest.mark.usefixtures("later")
def test_looking_at_the_key_asks_too_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/akun/langkah-kedua/pasang")
    where = answer.headers["Location"]
    assert where.startswith("/akun/konfirmasi?next=")
    assert client.get(where).status_code == 200
    assert post(client, where, **{"konfirmasi-password": "salah"}).status_code == 422
    done = post(client, where, **{"konfirmasi-password": PASSWORD})
    assert done.headers["Location"] == "/akun/langkah-kedua/pasang"
    assert client.get(where).headers["Location"] == "/akun/langkah-kedua/pasang"


@pytest.mark.parametrize(
    "target", ["//jahat.example", "https://jahat.example", "/\\jahat.example", "javascript:alert(1)", "\\\\jahat", ""]
)
@pytest.mark.usefixtures("later")
def test_it_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    fields = {"csrf_token": csrf_token(client), "next": target, "konfirmasi-password": PASSWORD}
    assert client.post("/akun/konfirmasi", data=fields).headers["Location"] == "/"
