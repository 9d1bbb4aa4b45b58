"""Single sign-on in a real browser, between two sites: what the content policy and cookies of browsers make of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.browser.test_accessibility import AXE, faults
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.oidc.conforming import SECRET, conforming_provider, serving
from tests.oidc.conftest import Configure, configure, free_port

__all__ = ["configure"]

pytestmark = pytest.mark.oidc


@pytest.fixture
def place(app: Flask, configure: Configure) -> Iterator[str]:
    """The site at localhost; the provider, at 127.0.0.1, is another site to a browser."""
    ports = free_port(), free_port()
    address = f"http://localhost:{ports[0]}"
    with serving(app, ports[0]), conforming_provider(ports[1], address) as issuer:
        configure(
            base_url=address,
            oidc_issuer=issuer,
            oidc_client_id="rembuk",
            oidc_client_secret=SECRET,
            oidc_name="SSO Kota",
            oidc_only=True,
        )
        yield address


def accessible(visitor: Visitor, where: str) -> None:
    if visitor.js and AXE.is_file():
        assert faults(visitor.page, AXE.read_text(), where) == []


@pytest.mark.parametrize(("js", "width"), [(False, PHONE), (True, DESK)])
def test_in_and_out_by_the_provider_alone(place: str, browser: Any, js: bool, width: int) -> None:
    with Visitor(browser, place, width=width, js=js) as visitor:
        visitor.expects("console error on http://127.0.0.1:")  # the provider's own pages
        page = visitor.open("/akun")
        assert page.url == f"{place}/masuk?next=/akun"
        assert page.locator("input[type=password]").count() == 0
        accessible(visitor, "masuk")
        page.get_by_role("link", name="Masuk lewat SSO Kota").click()
        page.fill("input[name=login]", "sari")
        page.fill("input[name=password]", "apa saja")
        page.locator("button[type=submit]").click()
        page.locator("button[type=submit]").click()
        page.wait_for_url(f"{place}/akun")
        visitor.looked()
        assert "sari@contoh.go.id" in page.content()
        accessible(visitor, "akun")
        page.goto(f"{place}/keluar")
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("http://127.0.0.1:*/session/end?**")  # no button pressed between
        page.get_by_role("button", name="Yes, sign me out").click()
        page.wait_for_url(f"{place}/masuk")
        visitor.looked()
        assert "Anda sudah keluar dari Rembuk dan SSO Kota." in page.content()
        page.goto(f"{place}/akun")
        assert page.url.startswith(f"{place}/masuk")
        visitor.expects("status of 400")
        visitor.open("/masuk/sso/kembali?code=x&state=y")
        accessible(visitor, "tidak berhasil")
