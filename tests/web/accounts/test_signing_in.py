"""The way in and out."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from forum.accounts import passwords, services, throttle
from forum.accounts.models import User, UserSession
from forum.core import clock
from forum.core.db import Base, db
from forum.core.ratelimit import Limit
from tests.conftest import NOW, csrf_of, post
from tests.factories.accounts import (
    NIP,
    PASSWORD,
    a_disabled_user,
    a_member,
    a_newcomer,
    sign_in,
)

WRONG = "NIP/surel atau kata sandi salah."


def try_in(client: FlaskClient, identifier: str, password: str = PASSWORD, **more: str):
    return post(client, "/masuk", identifier=identifier, password=password, **more)


@pytest.mark.parametrize(
    "identifier",
    ["budi", " BUDI ", "budi@contoh.go.id", "Budi@Contoh.GO.ID", NIP, "19850312 201001 1 007", "19850312.201001.1.007"],
)
def test_username_email_and_nip_open_the_door(client: FlaskClient, identifier: str) -> None:
    a_member("budi", nip=NIP)
    answer = try_in(client, identifier)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/akun").status_code == 200


@pytest.mark.parametrize("state", ["unknown", "wrong", "disabled", "newcomer", "sample in production"])
def test_every_failure_says_the_same(
    client: FlaskClient, app: Flask, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if state == "disabled":
        a_disabled_user("budi")
    elif state == "newcomer":
        a_newcomer("budi")
    elif state == "sample in production":
        a_member("budi", is_sample=True)
        monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"env": "production"}))
    elif state == "wrong":
        a_member("budi")
    answer = try_in(client, "budi", "salah sama sekali" if state == "wrong" else PASSWORD)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert WRONG in page
    assert 'value="budi"' in page
    assert PASSWORD not in page
    assert "salah sama sekali" not in page
    assert db.session.scalar(select(UserSession.id)) is None


def test_sample_accounts_work_outside_of_production(client: FlaskClient) -> None:
    a_member("pegawai", is_sample=True)
    assert try_in(client, "pegawai").status_code == 302


@pytest.mark.parametrize(
    "identifier", ["", "   ", "\x00", "budi\x00", "\u200b", "x" * 10_000, "' OR 1=1 --", "%", "😀"]
)
@pytest.mark.parametrize("password", ["", "\x00", "y" * 10_000])
def test_odd_input_is_a_plain_failure(client: FlaskClient, identifier: str, password: str) -> None:
    a_member("budi")
    answer = try_in(client, identifier, password)
    assert answer.status_code == 422
    assert WRONG in answer.get_data(as_text=True)


def test_an_unknown_account_costs_as_much_as_a_known_one(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = []
    verify = passwords._matches
    monkeypatch.setattr(
        passwords, "_matches", lambda password, stored: hashes.append(stored) or verify(password, stored)
    )
    try_in(client, "siapa")
    a_newcomer("baru1")
    try_in(client, "baru1")
    try_in(client, "siapa", "z" * 5000)
    assert [stored[:9] for stored in hashes] == ["$argon2id"] * 3


def test_the_session_has_a_new_token_and_the_old_one_ends(client: FlaskClient) -> None:
    budi, siti = a_member("budi"), a_member("siti")
    first = sign_in(client, budi)
    with client.session_transaction() as cookie:
        planted = dict(cookie)
    other = client.application.test_client()
    with other.session_transaction() as cookie:
        cookie.update(planted)
    post(client, "/keluar")
    assert other.get("/akun").status_code == 302
    try_in(client, "siti")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    assert db.session.scalars(select(UserSession.user_id)).all() == [siti.id]


def test_no_table_holds_what_the_cookie_carries(client: FlaskClient) -> None:
    a_member("budi")
    try_in(client, "budi")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(text(f"SELECT * FROM {table.name}")):
            assert token not in str(tuple(row))


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient) -> None:
    sign_in(client, a_member("budi"))
    kept = client.get_cookie("sesi").value
    answer = post(client, "/keluar")
    assert answer.headers["Location"] == "/masuk"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.set_cookie("sesi", kept)
    assert client.get("/akun").headers["Location"].startswith("/masuk")


def test_looking_at_the_sign_out_page_signs_nobody_out(client: FlaskClient) -> None:
    sign_in(client, a_member("budi"))
    assert client.get("/keluar").status_code == 200
    assert client.get("/akun").status_code == 200


def test_signed_out_people_are_led_from_sign_out_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/keluar").headers["Location"] == "/masuk"


@pytest.mark.parametrize("path", ["/masuk", "/keluar", "/akun/tampilan", "/akun", "/akun/sandi", "/akun/sesi/akhiri"])
def test_a_form_without_token_is_refused(client: FlaskClient, path: str) -> None:
    if path != "/masuk":
        sign_in(client, a_member("budi"))
    assert client.post(path, data={"identifier": "budi", "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/diskusi?daftar=saya", "/diskusi?daftar=saya"),
        ("", "/"),
        ("https://jahat.example/", "/"),
        ("//jahat.example", "/"),
        ("/\\jahat.example", "/"),
        ("/\t/jahat.example", "/"),
        ("\x00/", "/"),
        ("javascript:alert(1)", "/"),
        ("/%5Cjahat.example", "/%5Cjahat.example"),
        ("http:/jahat.example", "/"),
        ("\\\\jahat.example", "/"),
        ("///jahat.example", "/"),
        ("/\\/jahat.example", "/"),
        ("\\/jahat.example", "/"),
        (" //jahat.example", "/"),
        ("/\r\nLocation: https://jahat.example", "/"),
        ("/\n//jahat.example", "/"),
        ("JaVaScRiPt:alert(1)", "/"),
        ("data:text/html,x", "/"),
        ("jahat.example", "/"),
        ("@jahat.example", "/"),
        ("/@jahat.example", "/@jahat.example"),
        ("/%2Fjahat.example", "/%2Fjahat.example"),
        ("%2F%2Fjahat.example", "/"),
        ("/%0d%0aX: y", "/"),
        ("/" + "a" * 5000, "/" + "a" * 5000),
    ],
)
def test_next_stays_within_the_site(client: FlaskClient, target: str, leads_to: str) -> None:
    a_member("budi")
    answer = try_in(client, "budi", next=target)
    assert answer.headers["Location"] == leads_to


def test_the_sign_in_page_keeps_next_and_sends_on_who_is_signed_in(client: FlaskClient) -> None:
    assert re.search(r'name="next"\s+value="/diskusi"', client.get("/masuk?next=/diskusi").get_data(as_text=True))
    sign_in(client, a_member("budi"))
    assert client.get("/masuk?next=/papan").headers["Location"] == "/papan"


def test_ten_failures_make_a_guesser_wait_and_the_owner_gets_in_after_five_minutes(client: FlaskClient) -> None:
    a_member("budi")
    with clock.fixed(NOW):
        for _ in range(10):
            assert try_in(client, "budi", "tebak-tebakan").status_code == 422
        answer = try_in(client, "budi", PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 300
        assert "Coba lagi dalam" in answer.get_data(as_text=True)
    with clock.fixed(NOW.replace(minute=11)):
        assert try_in(client, "budi", PASSWORD).status_code == 302


def test_unknown_names_are_throttled_like_known_ones(client: FlaskClient, fixed_now: object) -> None:
    answers = [try_in(client, "tidak-ada", "tebak-tebakan").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_guesser_does_not_keep_the_owner_out_of_their_usual_browser(client: FlaskClient, fixed_now: object) -> None:
    a_member("budi")
    assert try_in(client, "budi").status_code == 302
    post(client, "/keluar")
    stranger = client.application.test_client()
    for _ in range(12):
        try_in(stranger, "budi", "tebak-tebakan")
    assert try_in(stranger, "budi").status_code == 429
    assert try_in(client, "budi").status_code == 302


def test_a_device_cookie_of_somebody_else_or_a_forged_one_changes_nothing(app: Flask) -> None:
    secret = app.config["SETTINGS"].secret_key
    cookie = throttle.device_cookie(secret, 7)
    assert throttle.device_of(secret, cookie, 7)
    assert throttle.device_of(secret, cookie, 8) is None
    assert throttle.device_of("another secret", cookie, 7) is None
    assert throttle.device_of(secret, "rubbish.\x00", 7) is None


def test_an_office_behind_one_address_may_sign_in_all_at_once(
    client: FlaskClient, fixed_now: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "SIGN_IN_ADDRESS", Limit("few", 3, 300))
    for n in range(5):
        a_member(f"pegawai{n}")
        assert try_in(client.application.test_client(), f"pegawai{n}").status_code == 302


def test_an_address_that_tries_many_names_is_stopped(
    client: FlaskClient, fixed_now: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert throttle.SIGN_IN_ADDRESS.times == 60
    monkeypatch.setattr(throttle, "SIGN_IN_ADDRESS", Limit("few", 3, 300))
    answers = [try_in(client, f"nama{n}", "tebak-tebakan").status_code for n in range(4)]
    assert answers == [422] * 3 + [429]


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert throttle.network_of("2001:db8:1:2:aaaa::1") == throttle.network_of("2001:db8:1:2:bbbb::9")
    assert throttle.network_of("::ffff:10.0.0.1") == throttle.network_of("10.0.0.1")
    assert throttle.network_of(None) == throttle.network_of("nonsense")


def test_an_outdated_hash_is_renewed_at_sign_in(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    budi = a_member("budi")
    monkeypatch.setattr(passwords, "COST", passwords.Cost(1, 16, 1))
    assert try_in(client, "budi").status_code == 302
    db.session.rollback()
    stored = db.session.scalar(select(User.password_hash).where(User.id == budi.id))
    assert "m=16,t=1,p=1" in stored


def test_nothing_that_a_stranger_typed_is_logged(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    a_member("budi")
    try_in(client, "kata sandiku yang salah kolom", "rahasia-banget-deh")
    try_in(client, "budi", "rahasia-banget-deh")
    logged = capsys.readouterr()
    assert "sign_in_failed" in logged.out + logged.err
    assert "salah kolom" not in logged.out + logged.err
    assert "rahasia-banget" not in logged.out + logged.err


def test_a_disabled_person_is_out_at_once(client: FlaskClient) -> None:
    budi = a_member("budi")
    sign_in(client, budi)
    budi = db.session.get(User, budi.id)
    budi.is_active = False
    db.session.commit()
    assert client.get("/akun").status_code == 302


def test_idle_and_old_sessions_end(client: FlaskClient) -> None:
    with clock.fixed(NOW):
        token = sign_in(client, a_member("budi"))
        assert client.get("/akun").status_code == 200
    with clock.fixed(NOW.replace(day=28)):
        assert client.get("/akun").status_code == 302
    assert services.end_sessions(0) == 0
    assert token


def test_get_is_refused_where_something_happens(client: FlaskClient) -> None:
    sign_in(client, a_member("budi"))
    assert client.get("/akun/tampilan").status_code == 405
    assert client.get("/akun/sesi/akhiri").status_code == 405


def test_the_form_has_a_token(client: FlaskClient) -> None:
    assert csrf_of(client.get("/masuk").get_data(as_text=True))
