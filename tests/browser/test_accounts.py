"""Setting up the second step and coming in by it, with and without scripts, on a phone and on a desk."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from itertools import count
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.test_accessibility import AXE, faults
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

PASSWORD, GOOD = "rembuk-contoh", "hujan reda menjelang magrib"
_numbers = count(1)


@pytest.fixture
def newcomer(site: Site, browser: Browser) -> str:
    """An account of its own for each test, made by the admin; it has the password GOOD."""
    username = f"kedua{next(_numbers)}"
    with Visitor(browser, site.url, js=False) as admin:
        page = come_in_as_admin(admin, "/admin/pengguna/baru")
        page.get_by_label("Nama pengguna").fill(username)
        page.get_by_label("Nama lengkap").fill("Orang Kedua")
        page.get_by_label("Surel").fill(f"{username}@contoh.go.id")
        page.get_by_role("button", name="Simpan dan buat tautan").click()
        link = page.locator("#tautan").input_value()
    with Visitor(browser, site.url, js=False) as guest:
        first = guest.open(urlsplit(link).path)
        first.get_by_label("Kata sandi baru").fill(GOOD)
        first.get_by_label("Tulis sekali lagi").fill(GOOD)
        first.get_by_role("button", name="Simpan dan masuk").click()
        expect(first.locator("h1")).to_be_visible()
    return username


def come_in_as_admin(visitor: Visitor, path: str) -> Page:
    """By a session of its own: confirming gives a session a new token, and others use the kept one."""
    page = visitor.open(f"/masuk?next={path}")
    page.get_by_label("NIP, surel, atau nama pengguna").fill("admin")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    return visitor.looked()


def first_step(visitor: Visitor, username: str) -> Page:
    page = visitor.open("/masuk?next=/akun/sesi")
    page.get_by_label("NIP, surel, atau nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(GOOD)
    page.get_by_role("button", name="Masuk").click()
    return visitor.looked()


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Through the pages, as a person does; returns the key and the recovery codes."""
    page = visitor.open("/akun")
    page.get_by_role("link", name="Langkah kedua saat masuk").click()
    visitor.looked().get_by_role("button", name="Pasang langkah kedua").click()
    visitor.looked()
    picture = page.get_by_role("img", name="Kode QR")
    expect(picture).to_be_visible()
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 200 or not visitor.js
    secret = page.locator("#kunci").inner_text().replace(" ", "")
    visitor.shot("langkah-kedua-pasang")
    page.get_by_label("Kode 6 angka").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Aktifkan").click()
    visitor.looked()
    codes = [text for text in page.locator("main li code").all_inner_texts() if re.fullmatch(r"\w{5}-\w{5}", text)]
    assert len(codes) == 10
    visitor.shot("kode-cadangan")
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(visitor.looked().get_by_text("Sisa kode cadangan: 10.")).to_be_visible()
    return secret, codes


def sign_out(visitor: Visitor) -> None:
    page = visitor.open("/keluar")
    page.get_by_role("main").get_by_role("button", name="Keluar").click()
    expect(visitor.looked()).to_have_url(re.compile("/masuk$"))


def next_code(secret: str) -> str:
    """A code that was not used yet: the one of the next half minute is accepted as well."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


@pytest.mark.parametrize(("width", "js"), [(PHONE, False), (PHONE, True), (1280, True)], indirect=False)
def test_set_up_sign_out_and_in_with_code_and_recovery_code(
    visitor: NewVisitor, newcomer: str, width: int, js: bool
) -> None:
    person = visitor(width=width, js=js)
    person.expects("422")
    first_step(person, newcomer)
    secret, codes = set_up(person)
    sign_out(person)

    page = first_step(person, newcomer)
    expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
    person.shot("langkah-kedua")
    page.get_by_label("Kode 6 angka").fill("000000")
    page.get_by_role("button", name="Masuk").click()
    expect(person.looked().get_by_role("alert")).to_contain_text("Kode salah")
    page.get_by_label("Kode 6 angka").fill(next_code(secret))
    page.get_by_role("button", name="Masuk").click()
    expect(person.looked()).to_have_url(re.compile("/akun/sesi$"))
    expect(page.get_by_text("perangkat ini")).to_be_visible()
    person.shot("perangkat")
    sign_out(person)

    page = first_step(person, newcomer)
    page.get_by_role("link", name="Pakai kode cadangan").click()
    person.looked().get_by_label("Kode cadangan").fill(codes[0])
    page.get_by_role("button", name="Masuk").click()
    expect(person.looked().get_by_text("Sisa kode cadangan Anda: 9")).to_be_visible()


def test_ending_another_browser(visitor: NewVisitor, newcomer: str, js: bool) -> None:
    here, there = visitor(js=js), visitor(width=PHONE, js=js)
    first_step(here, newcomer)
    first_step(there, newcomer)
    page = here.open("/akun/sesi")
    assert page.get_by_role("button", name=re.compile("^Keluarkan ")).count() >= 1
    page.get_by_role("button", name="Keluarkan semua perangkat lain").click()
    expect(here.looked().get_by_text("perangkat lain dikeluarkan")).to_be_visible()
    expect(there.open("/akun")).to_have_url(re.compile("/masuk"))


def forget_confirmation(site: Site) -> None:
    """As if the newest session had begun long ago."""
    newest = "SELECT max(id) FROM user_sessions"
    with closing(sqlite3.connect(site.instance / "rembuk.sqlite", timeout=10)) as database, database:
        database.execute(f"UPDATE user_sessions SET confirmed_at = NULL WHERE id = ({newest})")


def test_a_sensitive_form_waits_for_the_password_and_goes_on(
    site: Site, browser: Browser, newcomer: str, width: int, js: bool
) -> None:
    with Visitor(browser, site.url, width=width, js=js) as admin:
        admin.expects("403|422")
        page = come_in_as_admin(admin, f"/admin/pengguna/{newcomer}")
        forget_confirmation(site)
        page.get_by_label("Jabatan").fill("Pengelola aduan")
        page.get_by_role("button", name="Simpan").click()
        expect(admin.looked().get_by_role("heading", name="Konfirmasi kata sandi")).to_be_visible()
        admin.shot("konfirmasi")
        page.get_by_label("Kata sandi").fill("salah sekali")
        page.get_by_role("button", name="Lanjutkan").click()
        expect(admin.looked().get_by_role("alert")).to_contain_text("Kata sandi salah")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Lanjutkan").click()
        expect(admin.looked().get_by_text("Perubahan tersimpan.")).to_be_visible()
        expect(page.get_by_label("Jabatan")).to_have_value("Pengelola aduan")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_the_second_step_have_no_faults(
    site: Site, visitor: NewVisitor, newcomer: str, dark: bool
) -> None:
    axe = AXE.read_text(encoding="utf-8")
    person = visitor(width=PHONE, dark=dark)
    person.expects("422")
    page = first_step(person, newcomer)
    page.goto("/akun/langkah-kedua")
    found = faults(page, axe, "awal")
    page.get_by_role("button", name="Pasang langkah kedua").click()
    found += faults(person.looked(), axe, "pasang")
    secret = page.locator("#kunci").inner_text().replace(" ", "")
    page.get_by_label("Kode 6 angka").fill("000000")
    page.get_by_role("button", name="Aktifkan").click()
    found += faults(person.looked(), axe, "galat")
    page.get_by_label("Kode 6 angka").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Aktifkan").click()
    found += faults(person.looked(), axe, "kode cadangan")
    for name, path in {"aktif": "/akun/langkah-kedua", "matikan": "/akun/langkah-kedua/matikan"}.items():
        found += faults(person.open(path), axe, name)
    forget_confirmation(site)
    found += faults(person.open("/akun/konfirmasi"), axe, "konfirmasi")
    sign_out(person)
    page = first_step(person, newcomer)
    found += faults(page, axe, "langkah kedua")
    page.get_by_role("link", name="Pakai kode cadangan").click()
    found += faults(person.looked(), axe, "cadangan")
    assert found == []
