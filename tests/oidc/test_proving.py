"""The second step after coming from the provider, and proving there again who one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts import services
from forum.accounts.models import User, UserSession
from forum.accounts.oidc.models import ProviderSession
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.viewer import SYSTEM
from tests.conftest import NOW, csrf_of
from tests.factories.accounts import PASSWORD, a_member, a_second_factor, an_admin, sign_in
from tests.factories.forms import send
from tests.oidc.conftest import Configure
from tests.oidc.hostile import Hostile, come_back, sign_in_at

LATER = NOW + timedelta(minutes=11)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
def budi(hostile: Hostile, configure: Configure) -> User:
    """An account that is linked by its address at the first sign-in."""
    configure(oidc_link_by_email=True)
    return an_admin("budi", password_hash=None)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_who_has_a_second_step_here_is_asked_for_it(client: FlaskClient, hostile: Hostile, budi: User) -> None:
    phone = a_second_factor(budi)
    answer = sign_in_at(client, hostile)
    assert answer.headers["Location"] == "/masuk/langkah-kedua"
    assert client.get("/akun").status_code == 302
    assert count(UserSession) == 0
    assert send(client, "/masuk/langkah-kedua", code="000000").status_code == 422
    assert send(client, "/masuk/langkah-kedua", code=phone.code()).status_code == 302
    assert client.get("/akun").status_code == 200
    assert count(ProviderSession) == 1
    out = client.post("/keluar", data={"csrf_token": csrf_of(client.get("/keluar").get_data(as_text=True))})
    assert "id_token_hint=eyJ" in out.headers["Refresh"]


def test_a_provider_that_sees_to_it_is_enough(
    client: FlaskClient, hostile: Hostile, budi: User, configure: Configure
) -> None:
    a_second_factor(budi)
    configure(oidc_acr_values="otp")
    assert sign_in_at(client, hostile, acr="otp").headers["Location"] == "/"
    assert client.get("/akun").status_code == 200


def test_a_long_id_token_does_not_burst_the_cookie(client: FlaskClient, hostile: Hostile, budi: User) -> None:
    phone = a_second_factor(budi)
    answer = sign_in_at(client, hostile, padding="x" * 3000)
    assert all(len(cookie) < 4000 for cookie in answer.headers.getlist("Set-Cookie"))
    assert send(client, "/masuk/langkah-kedua", code=phone.code()).status_code == 302
    out = client.post("/keluar", data={"csrf_token": csrf_of(client.get("/keluar").get_data(as_text=True))})
    assert "id_token_hint" not in out.headers["Refresh"]
    assert "client_id=rembuk" in out.headers["Refresh"]


def test_an_emergency_link_does_not_replace_the_second_step(
    client: FlaskClient, budi: User, configure: Configure
) -> None:
    a_second_factor(budi)
    configure(oidc_only=True)
    with transaction():
        token = services.make_link(SYSTEM, budi.id, emergency=True)
    assert send(client, f"/masuk/tautan/{token}").headers["Location"] == "/masuk/langkah-kedua"
    assert count(UserSession) == 0


def link_to_provider(page: str) -> str:
    found = re.search(r'href="(/akun/sso/pastikan[^"]*)"', page)
    assert found, page
    return unescape(found[1])


def prove_again(client: FlaskClient, hostile: Hostile, address: str, **claims: Any) -> Any:
    asked = {
        name: values[0] for name, values in parse_qs(urlsplit(client.get(address).headers["Location"]).query).items()
    }
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    hostile.used.clear()
    claims.setdefault("auth_time", int(clock.now().timestamp()))
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"], **claims))
    return come_back(client, hostile, asked["state"])


def test_a_sensitive_form_waits_until_one_signed_in_there_again(
    client: FlaskClient, hostile: Hostile, budi: User
) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    a_member("sari")
    path = "/admin/pengguna/sari/keluarkan"
    with clock.fixed(LATER):
        asked = send(client, path)
        page = asked.get_data(as_text=True)
        assert asked.status_code == 403
        assert 'target="_blank"' in page
        kept = re.search(r'name="konfirmasi-kept"[^>]*value="([^"]+)"', page)
        assert kept
        # Pressed too early: it waits on.
        early = send(client, path, **{"konfirmasi-kept": kept[1]})
        assert early.status_code == 422
        assert "Belum terbukti" in early.get_data(as_text=True)
        back = prove_again(client, hostile, link_to_provider(page))
        assert (back.status_code, back.headers["Location"]) == (302, "/")
        assert send(client, path, **{"konfirmasi-kept": kept[1]}).status_code == 302
        assert send(client, path).status_code == 302  # for ten minutes


def test_a_page_that_asks_is_gone_on_to(client: FlaskClient, hostile: Hostile, budi: User) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    with clock.fixed(LATER):
        page = client.get("/akun/konfirmasi?next=/akun").get_data(as_text=True)
        assert 'type="password"' not in page
        assert prove_again(client, hostile, link_to_provider(page)).headers["Location"] == "/akun"
        assert client.get("/akun/konfirmasi?next=/akun").status_code == 302


@pytest.mark.parametrize("age", [None, 361, -61, "baru saja", True])
def test_somebody_who_did_not_sign_in_there_again_proves_nothing(
    client: FlaskClient, hostile: Hostile, budi: User, age: Any
) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    with clock.fixed(LATER):
        at = int(LATER.timestamp()) - age if type(age) is int else age
        back = prove_again(client, hostile, "/akun/sso/pastikan", auth_time=at)
        assert back.status_code == 403
        assert client.get("/akun/konfirmasi").status_code == 200


def test_somebody_else_at_the_provider_proves_nothing(client: FlaskClient, hostile: Hostile, budi: User) -> None:
    assert sign_in_at(client, hostile).status_code == 302
    with clock.fixed(LATER):
        back = prove_again(client, hostile, "/akun/sso/pastikan", sub="subjek-2")
        assert back.status_code == 403
        assert "sebagai orang lain" in back.get_data(as_text=True)
        assert client.get("/akun/konfirmasi").status_code == 200


def test_an_old_password_confirms_nothing_where_there_are_none(
    client: FlaskClient, hostile: Hostile, configure: Configure
) -> None:
    configure(oidc_link_by_email=True, oidc_only=True)
    an_admin("budi")
    assert sign_in_at(client, hostile).status_code == 302
    with clock.fixed(LATER):
        assert 'type="password"' not in client.get("/akun/konfirmasi").get_data(as_text=True)
        answer = send(client, "/akun/konfirmasi", **{"konfirmasi-password": PASSWORD})
        assert answer.status_code == 422
        assert client.get("/akun/konfirmasi").status_code == 200


def test_linking_is_sensitive(client: FlaskClient, hostile: Hostile) -> None:
    sign_in(client, a_member("budi.lama"))
    with clock.fixed(LATER):
        assert send(client, "/akun/sso").status_code == 403
        assert "Refresh" not in send(client, "/akun/sso").headers
