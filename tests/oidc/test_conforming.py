"""Signing in and out at a real, conforming provider: npm's oidc-provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.accounts.models import User, UserSession
from forum.accounts.oidc.models import ProviderSession, SpentToken, UserIdentity
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from tests.factories.accounts import PASSWORD, a_member, a_unit
from tests.oidc.conforming import SECRET, Browser, conforming_provider, serving
from tests.oidc.conftest import Configure, free_port

pytestmark = pytest.mark.oidc


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def issuer(ports: tuple[int, int]) -> Iterator[str]:
    with conforming_provider(ports[1], f"http://127.0.0.1:{ports[0]}") as address:
        yield address


@pytest.fixture
def site(app: Flask, ports: tuple[int, int], issuer: str, configure: Configure) -> Iterator[str]:
    with serving(app, ports[0]) as address:
        configure(
            base_url=address,
            oidc_issuer=issuer,
            oidc_client_id="rembuk",
            oidc_client_secret=SECRET,
            oidc_name="SSO Kota",
            oidc_role_claim="realm_access.roles",
            oidc_moderator_roles="rembuk-kurator",
            oidc_admin_roles="rembuk-admin",
            oidc_unit_claim="unit",
        )
        yield address


@pytest.fixture
def new_browser() -> Iterator[Callable[[], Browser]]:
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser())
        return made[-1]

    yield make
    for browser in made:
        browser.close()


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    return new_browser()


def log_in(browser: Browser, site: str, who: str, start: str = "/masuk/sso") -> None:
    """From our button through the pages of the provider, back to wherever that leads."""
    browser.open(site + start)
    at_provider(browser, who)


def at_provider(browser: Browser, who: str) -> None:
    assert 'name="login"' in browser.page.text
    browser.send(login=who, password="apa saja")
    if "/interaction/" in str(browser.page.url):
        browser.send()  # yes, Rembuk may know who I am; asked once


def someone(username: str) -> User | None:
    db.session.rollback()
    return db.session.scalar(select(User).where(User.username == username))


def test_the_first_sign_in_makes_an_account_with_role_and_unit(browser: Browser, site: str) -> None:
    health = a_unit("Dinas Kesehatan", slug="dinas-kesehatan").id
    assert "SSO Kota" in browser.open(f"{site}/masuk?next=/akun").text
    log_in(browser, site, "budi", "/masuk/sso?next=/akun")
    assert str(browser.page.url) == f"{site}/akun"
    assert "budi.siregar@contoh.go.id" in browser.page.text
    budi = someone("budi.siregar")  # the name there is a NIP, so it is no username here
    assert budi is not None
    assert (budi.name, budi.role, budi.unit_id, budi.password_hash) == ("Budi Siregar", "moderator", health, None)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["user.sso_create", "user.sso_update"]
    assert db.session.scalar(select(UserIdentity.subject)) == "budi"
    kept = db.session.execute(select(ProviderSession.sid, ProviderSession.id_token)).one()
    assert kept.sid
    assert "eyJ" not in kept.id_token  # sealed


def test_the_second_sign_in_finds_the_account_and_nothing_is_noted_when_nothing_changed(
    site: str, new_browser: Callable[[], Browser]
) -> None:
    for browser in (new_browser(), new_browser()):
        log_in(browser, site, "sari")
        assert str(browser.page.url) == f"{site}/"
    assert len(db.session.scalars(select(User)).all()) == 1
    assert db.session.scalars(select(AuditEntry.action)).all() == ["user.sso_create"]


def test_signing_out_ends_both_sessions_and_comes_back(browser: Browser, site: str, issuer: str) -> None:
    log_in(browser, site, "sari")
    browser.open(f"{site}/keluar")
    browser.send('<form class="buttons"')
    assert str(browser.page.url).startswith(f"{issuer}/session/end")
    assert "id_token_hint=eyJ" in str(browser.page.url)
    db.session.rollback()
    assert db.session.scalar(select(UserSession.id)) is None  # before the provider says anything
    browser.send(logout="yes")
    assert str(browser.page.url) == f"{site}/masuk"
    assert "Anda sudah keluar dari Rembuk dan SSO Kota." in browser.page.text
    browser.open(f"{site}/masuk/sso")
    assert 'name="login"' in browser.page.text  # there too


def test_signing_out_there_ends_the_session_here(site: str, issuer: str, new_browser: Callable[[], Browser]) -> None:
    """Back-channel logout: the provider tells our server, whatever the browser does."""
    first, second = new_browser(), new_browser()
    for browser in (first, second):
        log_in(browser, site, "sari")
    first.open(f"{issuer}/session/end")
    first.send(logout="yes")
    assert str(first.open(f"{site}/akun").url).startswith(f"{site}/masuk")
    assert second.open(f"{site}/akun").status_code == 200  # another session at the provider
    assert str(second.page.url) == f"{site}/akun"
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry.action)).all()[-1] == "user.sso_logout"
    assert len(db.session.scalars(select(SpentToken)).all()) == 3  # two states and a logout token


def test_an_address_that_is_not_verified_makes_no_account(browser: Browser, site: str) -> None:
    log_in(browser, site, "ani")
    assert browser.page.status_code == 403
    assert "surel Anda yang sudah terverifikasi" in browser.page.text
    db.session.rollback()
    assert db.session.scalar(select(User.id)) is None


def test_whoever_is_signed_in_links_their_account_and_then_comes_in_by_the_provider(
    site: str, new_browser: Callable[[], Browser]
) -> None:
    ani = a_member("ani.lama").id
    browser = new_browser()
    browser.open(f"{site}/masuk")
    browser.send(identifier="ani.lama", password=PASSWORD)
    page = browser.open(f"{site}/akun")
    assert "Hubungkan dengan SSO Kota" in page.text
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    browser.open(f"{site}/akun/sso", {"csrf_token": token})
    at_provider(browser, "ani")
    assert "Akun Anda terhubung dengan SSO Kota." in browser.page.text
    other = new_browser()
    log_in(other, site, "ani", "/masuk/sso?next=/profil")
    assert str(other.page.url) == f"{site}/profil/ani.lama"
    db.session.rollback()
    assert db.session.scalars(select(UserIdentity.user_id)).all() == [ani]


def test_before_a_sensitive_act_one_signs_in_there_again(browser: Browser, site: str) -> None:
    log_in(browser, site, "sari")
    db.session.rollback()
    with transaction() as session:
        session.execute(update(UserSession).values(confirmed_at=clock.now() - timedelta(minutes=11)))
    assert "Masuk lagi di SSO Kota" in browser.open(f"{site}/akun/konfirmasi?next=/profil").text
    browser.open(f"{site}/akun/sso/pastikan?next=/profil")
    at_provider(browser, "sari")  # though she is signed in there
    assert str(browser.page.url) == f"{site}/profil/sari"
    assert str(browser.open(f"{site}/akun/konfirmasi?next=/akun").url) == f"{site}/akun"


def test_giving_up_at_the_provider_is_no_fault(browser: Browser, site: str) -> None:
    browser.open(f"{site}/masuk/sso")
    cancel = browser.page.text.partition('href="')[2]
    while "abort" not in cancel.split('"')[0]:
        cancel = cancel.partition('href="')[2]
    url = cancel.split('"')[0]
    browser.open(url if url.startswith("http") else str(browser.page.url.join(url)))
    assert browser.page.status_code == 403
    assert "Anda membatalkan" in browser.page.text
