"""What people see and change of their own account, and what others see of them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core.db import db
from tests.conftest import post
from tests.factories.accounts import (
    NIP,
    PASSWORD,
    a_disabled_user,
    a_member,
    a_moderator,
    a_unit,
    an_admin,
    sign_in,
)

GOOD = "hujan reda menjelang magrib"
NIP_ANYHOW = re.compile(r"[\s.-]*".join(NIP))


def stored(user: User) -> User:
    db.session.rollback()
    return db.session.get(User, user.id)


@pytest.mark.parametrize("path", ["/akun", "/akun/sandi", "/profil", "/profil/budi"])
def test_strangers_are_sent_to_sign_in(client: FlaskClient, path: str) -> None:
    a_member("budi")
    assert client.get(path).headers["Location"].startswith("/masuk")


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(client: FlaskClient) -> None:
    budi = a_member("budi")
    elsewhere = client.application.test_client()
    sign_in(elsewhere, budi)
    sign_in(client, budi)
    answer = post(client, "/akun/sandi", current=PASSWORD, password=GOOD, confirm=GOOD)
    assert answer.headers["Location"] == "/akun"
    assert client.get("/akun").status_code == 200
    assert elsewhere.get("/akun").status_code == 302
    assert post(elsewhere, "/masuk", identifier="budi", password=PASSWORD).status_code == 422
    assert post(elsewhere, "/masuk", identifier="budi", password=GOOD).status_code == 302


@pytest.mark.parametrize(
    ("current", "password", "confirm", "says"),
    [
        ("salah", GOOD, GOOD, "Kata sandi saat ini salah."),
        ("", GOOD, GOOD, "Kata sandi saat ini salah."),
        (PASSWORD, PASSWORD, PASSWORD, "sama dengan yang lama"),
        (PASSWORD, "pendek", "pendek", "terlalu pendek"),
        (PASSWORD, GOOD, "lain", "tidak sama"),
        (PASSWORD, "budi pergi ke pasar", "budi pergi ke pasar", "Jangan pakai nama"),
        (PASSWORD, "jalan jalan di siantar", "jalan jalan di siantar", "Jangan pakai nama"),
    ],
)
def test_a_password_is_not_changed_when(
    client: FlaskClient, current: str, password: str, confirm: str, says: str
) -> None:
    budi = a_member("budi")
    before = budi.password_hash
    sign_in(client, budi)
    answer = post(client, "/akun/sandi", current=current, password=password, confirm=confirm)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)
    assert stored(budi).password_hash == before


def test_guessing_the_current_password_is_throttled(client: FlaskClient, fixed_now: object) -> None:
    sign_in(client, a_member())
    answers = [post(client, "/akun/sandi", current="tebak", password=GOOD, confirm=GOOD).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_the_new_password_is_told_by_mail(client: FlaskClient) -> None:
    budi = a_member("budi")
    sign_in(client, budi)
    post(client, "/akun/sandi", current=PASSWORD, password=GOOD, confirm=GOOD)
    told = db.session.scalars(text("SELECT key FROM outbox WHERE topic = 'mail.account_changed'")).all()
    assert told == [f"password:{budi.id}"]


def test_all_other_devices_can_be_signed_out(client: FlaskClient) -> None:
    budi, siti = a_member("budi"), a_member("siti")
    others = [client.application.test_client() for _ in range(2)]
    for other in others:
        sign_in(other, budi)
    unrelated = client.application.test_client()
    sign_in(unrelated, siti)
    sign_in(client, budi)
    answer = post(client, "/akun/sesi/akhiri", page="/akun/sesi")
    assert answer.headers["Location"] == "/akun/sesi"
    assert "2 perangkat lain dikeluarkan" in client.get("/akun/sesi").get_data(as_text=True)
    assert [other.get("/akun").status_code for other in others] == [302, 302]
    assert unrelated.get("/akun").status_code == 200


def test_settings_are_kept_and_only_known_ones(client: FlaskClient) -> None:
    budi = a_member("budi")
    sign_in(client, budi)
    post(client, "/akun", locale="en", theme="dark", role="admin", name="Orang Lain", username="lain", is_active="")
    kept = stored(budi)
    assert (kept.locale, kept.theme, kept.shortcuts) == ("en", "dark", False)
    assert (kept.role, kept.username, kept.is_active) == ("member", "budi", True)
    answer = post(client, "/akun", locale="xx", theme="dark")
    assert answer.status_code == 422
    assert stored(budi).locale == "en"


@pytest.mark.parametrize("signed_in", [True, False])
def test_language_and_theme_switch_from_any_page(client: FlaskClient, signed_in: bool) -> None:
    budi = a_member("budi")
    if signed_in:
        sign_in(client, budi)
    page = "/akun" if signed_in else "/masuk"
    answer = post(client, "/akun/tampilan", page=page, locale="en", next=page)
    assert answer.headers["Location"] == page
    answer = post(client, "/akun/tampilan", page=page, theme="dark", next="https://jahat.example/")
    assert answer.headers["Location"] == "/"
    html = client.get(page).get_data(as_text=True)
    assert re.search(r'<html lang="en"\s+data-theme="dark"', html)
    assert stored(budi).locale == ("en" if signed_in else "id")
    assert post(client, "/akun/tampilan", page=page, theme="merah").status_code == 422


def test_odd_cookies_mean_the_defaults(client: FlaskClient) -> None:
    client.set_cookie("bahasa", "../../etc")
    client.set_cookie("tema", '"><script>')
    assert re.search(r'<html lang="id"\s+data-theme="system"', client.get("/masuk").get_data(as_text=True))


def test_the_nip_is_shown_to_its_owner_on_one_page_only(client: FlaskClient) -> None:
    unit = a_unit("Dinas Contoh")
    budi, siti, admin = a_member("budi", nip=NIP, unit_id=unit.id), a_member("siti"), an_admin("bos")
    sign_in(client, budi)
    assert NIP_ANYHOW.search(client.get("/akun").get_data(as_text=True))
    assert not NIP_ANYHOW.search(client.get("/profil/budi").get_data(as_text=True))
    sign_in(client, siti)
    assert not NIP_ANYHOW.search(client.get("/profil/budi").get_data(as_text=True))
    sign_in(client, admin)
    for path in ("/profil/budi", "/admin/pengguna", "/admin/pengguna/budi", "/admin/pengguna?q=budi"):
        assert not NIP_ANYHOW.search(client.get(path).get_data(as_text=True)), path


def test_a_profile_shows_the_person_and_not_the_address(client: FlaskClient) -> None:
    unit = a_unit("Dinas Lingkungan Hidup")
    a_member("budi", name="Budi Contoh", position="Pengelola aduan", unit_id=unit.id)
    sign_in(client, a_member("siti"))
    page = client.get("/profil/budi").get_data(as_text=True)
    assert "Budi Contoh" in page
    assert "Pengelola aduan" in page
    assert "Dinas Lingkungan Hidup" in page
    assert "budi@contoh.go.id" not in page


def test_a_disabled_person_keeps_a_profile_that_says_so(client: FlaskClient) -> None:
    a_disabled_user("budi", name="Budi Contoh")
    sign_in(client, a_member())
    page = client.get("/profil/budi").get_data(as_text=True)
    assert "Budi Contoh" in page
    assert "tidak aktif" in page


@pytest.mark.parametrize(
    "path", ["/profil/tidak-ada", "/profil/%00", "/profil/budi?tab=rahasia", "/profil/" + "x" * 500]
)
def test_there_is_no_such_profile(client: FlaskClient, path: str) -> None:
    a_member("budi")
    sign_in(client, a_moderator())
    assert client.get(path).status_code == 404


def test_the_short_way_leads_to_ones_own_profile(client: FlaskClient) -> None:
    sign_in(client, a_member("budi"))
    assert client.get("/profil").headers["Location"] == "/profil/budi"


def test_what_one_does_to_ones_own_account_is_in_the_log_without_secrets(client: FlaskClient) -> None:
    budi = a_member("budi", nip=NIP)
    sign_in(client, budi)
    post(client, "/akun/sandi", current=PASSWORD, password=GOOD, confirm=GOOD)
    post(client, "/akun/sesi/akhiri", page="/akun")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("user.password", budi.id),
        ("user.end_sessions", budi.id),
    ]
    assert NIP not in str([(entry.before, entry.after) for entry in entries])


def test_no_form_of_an_account_gives_anybody_a_role(client: FlaskClient) -> None:
    """What a form does not ask for does not count, whatever is sent along."""
    budi = a_member("budi")
    extra = {
        "role": "admin",
        "is_active": "",
        "is_sample": "1",
        "id": "1",
        "user_id": "1",
        "email": "x@y.id",
        "nip": NIP,
    }
    sign_in(client, budi)
    for path, fields in {
        "/akun": {"locale": "id", "theme": "dark"},
        "/akun/tampilan": {"theme": "dark"},
        "/akun/sandi": {"current": PASSWORD, "password": GOOD, "confirm": GOOD},
        "/akun/sesi/akhiri": {},
        "/akun/langkah-kedua/mulai": {},
        "/akun/langkah-kedua/pasang": {"code": "123456"},
    }.items():
        post(client, path, page="/akun", **fields, **extra)
    stranger = client.application.test_client()
    post(stranger, "/masuk", identifier="budi", password=GOOD, **extra)
    assert stranger.get("/admin").status_code == 403
    kept = stored(budi)
    assert (kept.role, kept.is_active, kept.is_sample, kept.email, kept.nip) == (
        "member", True, False, "budi@contoh.go.id", None,
    )  # fmt: skip
    assert stored(budi).id == budi.id
