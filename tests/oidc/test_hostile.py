"""A provider, or somebody in its place, that says what must not be believed: refused, with a page, and nothing stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OctKey
from sqlalchemy import select

from forum.accounts.models import User, UserSession
from forum.accounts.oidc.models import ProviderSession, UserIdentity
from forum.core import clock
from forum.core.db import db
from tests.conftest import NOW
from tests.factories.accounts import sign_in
from tests.factories.snapshot import snapshot
from tests.oidc.conftest import Configure
from tests.oidc.hostile import (
    CLIENT,
    CODE,
    SECRET,
    Hostile,
    begin,
    challenge_of,
    come_back,
    hostile_provider,
    key_of,
    sign_in_at,
    unsigned,
)


def refused(answer: Any, status: int, *words: str) -> None:
    """A page that says so in Indonesian, and nothing in the database: no account, no session, no link."""
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    assert "tidak berhasil" in page or "tidak dapat dihubungi" in page
    for word in words:
        assert word in page
    db.session.rollback()
    for model in (User, UserSession, UserIdentity, ProviderSession):
        assert db.session.scalars(select(model)).all() == []


def test_a_good_answer_is_believed(client: FlaskClient, hostile: Hostile) -> None:
    """Without this the others would prove nothing."""
    asked = begin(client, "/masuk/sso?next=/akun")
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://localhost/masuk/sso/kembali"
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    answer = come_back(client, hostile, asked["state"])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/akun")
    assert client.get("/akun").status_code == 200
    sent = hostile.posted[0]
    assert challenge_of(sent["code_verifier"]) == asked["code_challenge"]
    assert sent["Authorization"].startswith("Basic ")
    assert SECRET not in json.dumps(sent)


Changes = dict[str, Any]
CLAIMS: dict[str, tuple[Changes, str]] = {
    "another nonce": ({"nonce": "x" * 64}, "id_token_nonce"),
    "no nonce": ({"nonce": None}, "id_token_nonce"),
    "another issuer": ({"iss": "https://jahat.example"}, "id_token_iss"),
    "no issuer": ({"iss": None}, "id_token_iss"),
    "issuer with a slash": ({"iss": "SLASH"}, "id_token_iss"),
    "another audience": ({"aud": "aplikasi-lain"}, "id_token_aud"),
    "no audience": ({"aud": None}, "id_token_aud"),
    "several audiences, no azp": ({"aud": [CLIENT, "lain"]}, "id_token_azp"),
    "several audiences, another azp": ({"aud": [CLIENT, "lain"], "azp": "lain"}, "id_token_azp"),
    "another azp": ({"azp": "lain"}, "id_token_azp"),
    "no subject": ({"sub": None}, "id_token_sub"),
    "empty subject": ({"sub": ""}, "bad_sub"),
    "long subject": ({"sub": "s" * 256}, "bad_sub"),
    "subject that is a number": ({"sub": 7}, "id_token_sub"),
    "expired": ({"exp": -61}, "id_token_exp"),
    "no end": ({"exp": None}, "id_token_exp"),
    "end that is no number": ({"exp": "besok"}, "id_token_exp"),
    "end that never comes": ({"exp": float("nan")}, "id_token_exp"),
    "issued in the future": ({"iat": 61}, "id_token_iat"),
    "no time of issue": ({"iat": None}, "id_token_iat"),
    "not valid yet": ({"nbf": 61}, "id_token_nbf"),
    "hash of another access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "id_token_at_hash"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_that_are_not_about_this_sign_in(
    client: FlaskClient, hostile: Hostile, case: str, fixed_now: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    changes, why = CLAIMS[case]
    seconds = {"exp", "iat", "nbf"}
    changes = {
        name: int(NOW.timestamp()) + value if name in seconds and isinstance(value, int) else value
        for name, value in changes.items()
    }
    if changes.get("iss") == "SLASH":
        changes["iss"] = hostile.issuer + "/"
    refused(sign_in_at(client, hostile, **changes), 403, "dipercaya", why)
    logged = "".join(capsys.readouterr())
    assert f"why={why}" in logged
    assert hostile.id_token not in logged
    assert CODE not in logged
    assert "contoh.go.id" not in logged


@pytest.mark.parametrize("seconds", [-59, 59])
def test_clocks_may_differ_a_little(client: FlaskClient, hostile: Hostile, seconds: int, fixed_now: Any) -> None:
    now = int(NOW.timestamp())
    times = {"iat": now + seconds} if seconds > 0 else {"exp": now + seconds}
    assert sign_in_at(client, hostile, **times).status_code == 302


def other_key(hostile: Hostile, claims: Changes) -> str:
    return hostile.sign(claims, key_of("tidak-ada"))


def same_name_other_key(hostile: Hostile, claims: Changes) -> str:
    return hostile.sign(claims, key_of("satu", "somebody's"))


def changed_after_signing(hostile: Hostile, claims: Changes) -> str:
    head, _, signature = hostile.sign(claims).split(".")
    return ".".join((head, hostile.sign({**claims, "sub": "admin"}).split(".")[1], signature))


def symmetric(hostile: Hostile, claims: Changes) -> str:
    return hostile.sign_by_secret(claims)


def symmetric_and_announced(hostile: Hostile, claims: Changes) -> str:
    hostile.metadata["id_token_signing_alg_values_supported"] = ["RS256", "HS256", "none"]
    return hostile.sign_by_secret(claims)


def without_signature(hostile: Hostile, claims: Changes) -> str:
    return unsigned(claims)


def without_signature_in_capitals(hostile: Hostile, claims: Changes) -> str:
    return unsigned(claims, alg="NONE", kid="satu")


def signature_cut_off(hostile: Hostile, claims: Changes) -> str:
    return hostile.sign(claims).rpartition(".")[0] + "."


def embedded_key(hostile: Hostile, claims: Changes) -> str:
    own = key_of("bawaan")
    return hostile.sign(claims, own, jwk=own.as_dict(private=False))


def no_token(hostile: Hostile, claims: Changes) -> str:
    return ""


def not_a_token(hostile: Hostile, claims: Changes) -> str:
    return "a.b.c"


def a_list(hostile: Hostile, claims: Changes) -> str:
    return ".".join((hostile.sign(claims).split(".")[0], "W10", "AAAA"))


FORGERIES: list[Callable[[Hostile, Changes], str]] = [
    other_key, same_name_other_key, changed_after_signing, symmetric, symmetric_and_announced, without_signature,
    without_signature_in_capitals, signature_cut_off, embedded_key, no_token, not_a_token, a_list,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES)
def test_tokens_that_the_provider_did_not_sign(
    client: FlaskClient, hostile: Hostile, forge: Callable[[Hostile, Changes], str]
) -> None:
    asked = begin(client)
    hostile.id_token = forge(hostile, hostile.claims(asked["nonce"]))
    refused(come_back(client, hostile, asked["state"]), 403, "dipercaya")


def test_a_secret_in_the_public_keys_signs_nothing(client: FlaskClient, hostile: Hostile) -> None:
    asked = begin(client)
    hostile.published.append({**OctKey.import_key(SECRET).as_dict(), "kid": "simetris"})
    hostile.id_token = hostile.sign_by_secret(hostile.claims(asked["nonce"]))
    refused(come_back(client, hostile, asked["state"]), 403)


@pytest.mark.parametrize("state", ["", "karangan", "x" * 5000, "\x00", "é"])
def test_a_state_that_this_browser_did_not_begin(client: FlaskClient, hostile: Hostile, state: str) -> None:
    begin(client)
    refused(come_back(client, hostile, state), 400)
    assert "/token" not in hostile.asked


def test_somebody_elses_answer_does_not_sign_this_browser_in(app: Flask, client: FlaskClient, hostile: Hostile) -> None:
    """Login CSRF: an attacker begins in their browser, and leads the victim's to the answer."""
    attacker = app.test_client()
    asked = begin(attacker)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    begin(client)
    refused(come_back(client, hostile, asked["state"]), 400, "tidak dimulai di peramban ini")
    assert "/token" not in hostile.asked


def test_an_answer_is_good_once_even_with_an_old_cookie(client: FlaskClient, hostile: Hostile) -> None:
    asked = begin(client)
    cookie = client.get_cookie("sesi")
    assert cookie is not None
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    assert come_back(client, hostile, asked["state"]).status_code == 302
    hostile.used.clear()
    client.set_cookie("sesi", cookie.value)
    again = come_back(client, hostile, asked["state"])
    assert again.status_code == 400
    assert hostile.asked.count("/token") == 1
    assert client.get("/akun").status_code == 302


def test_a_code_that_was_used_is_refused(client: FlaskClient, hostile: Hostile) -> None:
    asked = begin(client)
    hostile.used.add(CODE)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    refused(come_back(client, hostile, asked["state"]), 403, "code_not_taken")


def test_a_sign_in_that_took_too_long_begins_again(client: FlaskClient, hostile: Hostile) -> None:
    with clock.fixed(NOW):
        asked = begin(client)
    with clock.fixed(NOW + timedelta(minutes=10)):
        refused(come_back(client, hostile, asked["state"]), 400, "sudah lebih dari 10 menit")


@pytest.mark.parametrize("issuer", [None, "", "https://jahat.example"])
def test_another_providers_answer(client: FlaskClient, hostile: Hostile, issuer: str | None) -> None:
    """Mix-up: the issuer of the answer must be ours, and be there when ours says that it sends it."""
    asked = begin(client)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    refused(come_back(client, hostile, asked["state"], iss=issuer), 400)
    assert "/token" not in hostile.asked


def test_an_issuer_may_be_missing_where_none_is_announced(client: FlaskClient, hostile: Hostile) -> None:
    del hostile.metadata["authorization_response_iss_parameter_supported"]
    asked = begin(client)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    assert come_back(client, hostile, asked["state"], iss=None).status_code == 302


@pytest.mark.parametrize("name", ["code", "state", "iss"])
def test_a_parameter_that_is_there_twice(client: FlaskClient, hostile: Hostile, name: str) -> None:
    asked = begin(client)
    values = {"code": CODE, "state": asked["state"], "iss": hostile.issuer}
    refused(client.get(f"/masuk/sso/kembali?{urlencode(values)}&{urlencode({name: values[name]})}"), 400)


@pytest.mark.parametrize(
    ("error", "status"),
    [("access_denied", 403), ("temporarily_unavailable", 503), ("login_required", 403), ("<script>", 403)],
)
def test_an_error_from_the_provider(client: FlaskClient, hostile: Hostile, error: str, status: int) -> None:
    asked = begin(client)
    answer = come_back(client, hostile, asked["state"], code=None, error=error, error_description="<b>klik di sini</b>")
    refused(answer, status)
    assert "klik di sini" not in answer.get_data(as_text=True)
    assert "<script>" not in answer.get_data(as_text=True).replace("<script ", "")


def test_no_code(client: FlaskClient, hostile: Hostile) -> None:
    refused(come_back(client, hostile, begin(client)["state"], code=None), 400)


BIG = b'{"x": "' + b"y" * 300_000 + b'"}'
UNREADABLE = {
    "too large": (200, BIG),
    "no JSON": (200, b"<html>"),
    "a list": (200, b"[]"),
    "too deep": (200, b"[" * 100_000),
    "a fault": (500, b"{}"),
    "a redirect": (302, b"{}"),
}


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
def test_answers_that_are_none(client: FlaskClient, hostile: Hostile, path: str, case: str) -> None:
    if path == "/.well-known/openid-configuration":
        hostile.answers[path] = UNREADABLE[case]
        refused(client.get("/masuk/sso"), 503, "Coba lagi beberapa saat")
        return
    asked = begin(client)
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"]))
    hostile.answers[path] = UNREADABLE[case]
    answer = come_back(client, hostile, asked["state"])
    refused(answer, answer.status_code)
    assert answer.status_code == (403 if (path, case) == ("/token", "a redirect") else 503)


METADATA: dict[str, Changes] = {
    "another issuer": {"issuer": "https://jahat.example"},
    "tokens from inside the city's network": {"token_endpoint": "http://169.254.169.254/latest"},
    "keys from elsewhere": {"jwks_uri": "https://jahat.example/keys"},
    "keys from a file": {"jwks_uri": "file:///etc/passwd"},
    "no place for tokens": {"token_endpoint": None},
    "an address that is a list": {"jwks_uri": ["http://127.0.0.1/"]},
    "an address that cannot be read": {"jwks_uri": "http://[::1"},
    "a line break": {"end_session_endpoint": "BREAK"},
    "another port of this machine": {"userinfo_endpoint": "http://127.0.0.1:1/me"},
    "a user's name that looks like the host": {"token_endpoint": "NAME"},
    "no PKCE": {"code_challenge_methods_supported": ["plain"]},
}


@pytest.mark.parametrize("case", METADATA)
def test_metadata_that_lead_elsewhere(client: FlaskClient, hostile: Hostile, case: str) -> None:
    changes = dict(METADATA[case])
    if changes.get("end_session_endpoint") == "BREAK":
        changes["end_session_endpoint"] = f"{hostile.issuer}/end\r\nSet-Cookie: x=y"
    if changes.get("token_endpoint") == "NAME":
        changes["token_endpoint"] = hostile.issuer.replace("://", "://x@") + "/token"
    hostile.metadata.update(changes)
    refused(client.get("/masuk/sso"), 503)
    assert hostile.asked == ["/.well-known/openid-configuration"]


def test_further_hosts_may_be_allowed(client: FlaskClient, hostile: Hostile, configure: Configure) -> None:
    hostile.metadata["jwks_uri"] = "http://kunci.example/keys"
    configure(oidc_hosts="lain.example, kunci.example")
    assert begin(client)["state"]


def test_claims_of_the_userinfo_are_about_the_same_person(client: FlaskClient, hostile: Hostile) -> None:
    hostile.metadata["userinfo_endpoint"] = f"{hostile.issuer}/me"
    hostile.answers["/me"] = (200, b'{"sub": "orang-lain", "email": "kepala@contoh.go.id", "email_verified": true}')
    refused(sign_in_at(client, hostile), 403, "another_subject")


def test_what_is_verified_is_the_address_beside_it(client: FlaskClient, hostile: Hostile) -> None:
    hostile.metadata["userinfo_endpoint"] = f"{hostile.issuer}/me"
    hostile.answers["/me"] = (200, b'{"sub": "subjek-1", "email": "lain@contoh.go.id", "email_verified": true}')
    assert sign_in_at(client, hostile, email="kepala@contoh.go.id", email_verified=None).status_code == 403
    assert sign_in_at(client, hostile, email=None, email_verified=None).status_code == 302
    db.session.rollback()
    assert db.session.scalars(select(User.email)).all() == ["lain@contoh.go.id"]


@pytest.mark.parametrize("acr", [None, "", "1", ["otp"], 2])
def test_a_way_of_signing_in_that_is_too_weak(
    client: FlaskClient, hostile: Hostile, configure: Configure, acr: object
) -> None:
    configure(oidc_acr_values="otp, kunci")
    assert begin(client)["acr_values"] == "kunci otp"
    refused(sign_in_at(client, hostile, acr=acr), 403, "langkah kedua")
    assert sign_in_at(client, hostile, acr="otp").status_code == 302


def test_the_provider_speaks_the_language_of_the_page(client: FlaskClient, hostile: Hostile) -> None:
    assert begin(client)["ui_locales"] == "id"
    client.set_cookie("bahasa", "en")
    assert begin(client)["ui_locales"] == "en"


def test_a_provider_that_is_down_is_told_at_once_and_not_asked_at_every_click(
    client: FlaskClient, configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    with hostile_provider() as gone:
        pass
    configure(base_url="http://localhost", oidc_issuer=gone.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    for _ in range(3):
        answer = client.get("/masuk/sso")
        refused(answer, 503)
        assert answer.headers["Retry-After"] == "30"
    assert "".join(capsys.readouterr()).count("sso_unreachable") == 1
    assert client.get("/masuk").status_code == 200


def test_a_provider_that_is_slow_holds_nobody_up_for_long(
    client: FlaskClient, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.accounts.oidc.http.TIMEOUT", httpx.Timeout(0.2))
    hostile.delay = 1.0
    refused(client.get("/masuk/sso"), 503)


def test_metadata_and_keys_are_kept_and_old_ones_serve_while_the_provider_is_away(
    client: FlaskClient, hostile: Hostile
) -> None:
    with clock.fixed(NOW):
        for _ in range(2):
            assert sign_in_at(client, hostile).status_code == 302
        assert hostile.asked.count("/keys") == hostile.asked.count("/.well-known/openid-configuration") == 1
    hostile.answers["/.well-known/openid-configuration"] = (500, b"{}")
    hostile.answers["/keys"] = (500, b"{}")
    with clock.fixed(NOW + timedelta(hours=2)):
        assert sign_in_at(client, hostile).status_code == 302


def test_a_new_key_is_fetched_when_it_is_met_but_not_at_every_invented_name(
    client: FlaskClient, hostile: Hostile
) -> None:
    with clock.fixed(NOW):
        assert sign_in_at(client, hostile).status_code == 302
    hostile.key = key_of("dua")
    hostile.published = [hostile.key.as_dict(private=False)]
    with clock.fixed(NOW + timedelta(minutes=2)):
        assert sign_in_at(client, hostile).status_code == 302
        asked = hostile.asked.count("/keys")
        for n in range(3):
            token = hostile.sign(hostile.logout_claims(), key_of(f"karangan-{n}"))
            assert client.post("/masuk/sso/keluar", data={"logout_token": token}).status_code == 400
        assert hostile.asked.count("/keys") == asked == 2


# --- the provider's word that somebody left -------------------------------------------------------------------------


def leave(client: FlaskClient, hostile: Hostile, **changes: Any) -> int:
    token = hostile.sign(hostile.logout_claims(**changes), typ="logout+jwt")
    return client.post("/masuk/sso/keluar", data={"logout_token": token}).status_code


@pytest.fixture
def inside(app: Flask, client: FlaskClient, hostile: Hostile, fixed_now: Any) -> FlaskClient:
    """A browser that is signed in by the provider."""
    browser = app.test_client()
    assert sign_in_at(browser, hostile).status_code == 302
    assert browser.get("/akun").status_code == 200
    return browser


@pytest.mark.parametrize(
    "changes", [{}, {"sub": None}, {"sid": None}, {"exp": None}, {"iat": int(NOW.timestamp()) - 600}]
)
def test_a_good_logout_token_ends_the_session(
    client: FlaskClient, hostile: Hostile, inside: FlaskClient, changes: Changes
) -> None:
    assert leave(client, hostile, **changes) == 200
    assert inside.get("/akun").status_code == 302


NOW_SECONDS = int(NOW.timestamp())
LOGOUTS: dict[str, Changes] = {
    "another issuer": {"iss": "https://jahat.example"},
    "another audience": {"aud": "lain"},
    "no number": {"jti": None},
    "no time": {"iat": None},
    "too old": {"iat": NOW_SECONDS - 661},
    "from the future": {"iat": NOW_SECONDS + 61},
    "expired": {"exp": NOW_SECONDS - 61},
    "no event": {"events": None},
    "another event": {"events": {"https://example.org/lain": {}}},
    "an event that is a text": {"events": "http://schemas.openid.net/event/backchannel-logout"},
    "a nonce, as an ID token has": {"nonce": "x"},
    "nobody": {"sub": None, "sid": None},
    "a session that is a list": {"sid": ["sesi-1"]},
}


@pytest.mark.parametrize("case", LOGOUTS)
def test_a_logout_token_that_must_not_be_believed(
    client: FlaskClient, hostile: Hostile, inside: FlaskClient, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot()
    assert leave(client, hostile, **LOGOUTS[case]) == 400
    assert inside.get("/akun").status_code == 200
    assert snapshot() == before
    logged = "".join(capsys.readouterr())
    assert "sso_logout_refused" in logged
    assert "eyJ" not in logged


def test_forged_logout_tokens(client: FlaskClient, hostile: Hostile, inside: FlaskClient) -> None:
    good = hostile.logout_claims()
    forged = [
        "", "x", "x" * 20_000, unsigned(good), hostile.sign_by_secret(good), hostile.sign(good, key_of("satu", "somebody's")),
        hostile.sign(good, typ="at+jwt"), hostile.id_token,
    ]  # fmt: skip
    for token in forged:
        assert client.post("/masuk/sso/keluar", data={"logout_token": token}).status_code == 400, token[:20]
    assert inside.get("/akun").status_code == 200


def test_a_logout_token_is_good_once(app: Flask, client: FlaskClient, hostile: Hostile, inside: FlaskClient) -> None:
    assert leave(client, hostile) == 200
    assert sign_in_at(inside, hostile).status_code == 302
    assert leave(client, hostile) == 400
    assert inside.get("/akun").status_code == 200
    assert leave(client, hostile, jti="nomor-2") == 200
    assert inside.get("/akun").status_code == 302


def test_it_ends_nobody_elses_session(app: Flask, client: FlaskClient, hostile: Hostile, inside: FlaskClient) -> None:
    other = app.test_client()
    assert sign_in_at(other, hostile, sub="subjek-2", sid="sesi-2", email="sari@contoh.go.id").status_code == 302
    assert leave(client, hostile, sid="sesi-2", sub="subjek-1") == 200  # names that do not belong together
    assert leave(client, hostile, sid="sesi-1", sub=None, jti="nomor-2") == 200
    assert inside.get("/akun").status_code == 302
    assert other.get("/akun").status_code == 200


def test_a_local_session_stays_when_the_provider_ends_its_own(
    app: Flask, client: FlaskClient, hostile: Hostile, inside: FlaskClient
) -> None:
    db.session.rollback()
    local = app.test_client()
    sign_in(local, db.session.scalars(select(User)).one())
    assert leave(client, hostile, sid=None) == 200
    assert local.get("/akun").status_code == 200
    assert inside.get("/akun").status_code == 302


def test_signing_out_while_the_provider_is_away_ends_our_session_and_says_so(
    app: Flask, client: FlaskClient, hostile: Hostile
) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    hostile.answers["/.well-known/openid-configuration"] = (500, b"{}")
    app.extensions.pop("oidc")[1].close()  # another process, that has not asked yet
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/keluar").get_data(as_text=True))
    assert token
    page = client.post("/keluar", data={"csrf_token": token[1]}, follow_redirects=True).get_data(as_text=True)
    assert "mungkin Anda masih masuk di sana" in page
    assert client.get("/akun").status_code == 302


def test_coming_back_from_signing_out_says_so_only_to_who_began(client: FlaskClient, hostile: Hostile) -> None:
    answer = client.get("/keluar/selesai?state=karangan", follow_redirects=True)
    assert "Anda sudah keluar" not in answer.get_data(as_text=True)
