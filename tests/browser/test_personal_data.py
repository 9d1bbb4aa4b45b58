"""Personal data on the way into the forum, in a real browser: shown, masked, and nowhere afterwards."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.test_accessibility import axe, faults
from tests.browser.visitor import PHONE

__all__ = ["axe"]

NIK = "1272015508850003"
SAYS = "Warga dengan NIK 1272 0155 0885 0003 belum terdaftar di kelurahan pengujian."
MASKED = "Warga dengan NIK •••• •••• •••• 0003 belum terdaftar di kelurahan pengujian."


def texts_of(database: Path) -> Iterator[tuple[str, str]]:
    """Every text in every table, by the name of the table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield from ((table, str(value)) for value in row if value is not None)


def places_of(site: Site) -> set[str]:
    """Where the number stands, in whatever spelling: tables, and files of the installation with the server's log."""
    spellings = (NIK, "1272 0155 0885 0003", "1272+0155+0885+0003", "1272%200155")
    found = set()
    databases = list(site.instance.glob("*.sqlite"))
    assert databases
    for database in databases:
        found |= {table for table, text in texts_of(database) if any(one in text for one in spellings)}
    for path in [*site.instance.rglob("*"), site.instance.parent / "server.log"]:
        if path.is_file():
            data = path.read_bytes()
            found |= {path.name for one in spellings if one.encode() in data}
    return found


def test_without_scripts_on_a_phone_a_number_is_shown_masked_and_nowhere(
    visitor: NewVisitor, site: Site, member: str
) -> None:
    writer = visitor(member, width=PHONE, js=False)
    writer.expects("status of 422")
    page = writer.open(f"{site.seed['wide']['url']}/balas?ke={site.seed['wide']['branches'][1]}")
    page.locator("textarea[name=body]").fill(SAYS)
    page.get_by_role("button", name="Kirim balasan").click()
    writer.looked()
    writer.shot("data-pribadi")
    expect(page.get_by_role("heading", name="Belum tersimpan: mungkin ada data pribadi")).to_be_visible()
    expect(page.locator("form mark")).to_have_text("1272 0155 0885 0003")
    expect(page.locator("form section li").first).to_contain_text("NIK")
    expect(page.locator("textarea[name=body]")).to_have_value(SAYS)
    assert places_of(site) == set()
    page.get_by_role("button", name="Samarkan semuanya, lalu kirim").click()
    writer.looked()
    expect(page.locator("article.post", has_text=MASKED)).to_have_count(1)
    for _second in range(20):
        writer.open("/cari?q=kelurahan+pengujian")
        if page.get_by_text("belum terdaftar").count():
            break
        time.sleep(1)
    expect(page.get_by_text("belum terdaftar").first).to_be_visible()
    assert places_of(site) == set()


def test_without_scripts_an_explanation_is_asked_for_and_kept(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member, width=PHONE, js=False)
    writer.expects("status of 422")
    page = writer.open(f"{site.seed['wide']['url']}/balas?ke={site.seed['wide']['branches'][2]}")
    page.locator("textarea[name=body]").fill("Nomor 0812-6400-1234 tercetak di spanduk resmi kantor.")
    page.get_by_role("button", name="Kirim balasan").click()
    page.locator("summary", has_text="Ini bukan data pribadi").click()
    page.get_by_label("Mengapa ini bukan data pribadi?").fill("contoh")
    page.get_by_role("button", name="Bukan data pribadi, kirim").click()
    writer.looked()
    expect(page.get_by_text("Tulis alasannya sedikitnya 10 huruf.").first).to_be_visible()
    page.get_by_label("Mengapa ini bukan data pribadi?").fill("Nomor layanan yang diumumkan di spanduk.")
    page.get_by_role("button", name="Bukan data pribadi, kirim").click()
    expect(page.locator("article.post", has_text="0812-6400-1234 tercetak")).to_have_count(1)
    admin = visitor("admin", width=PHONE, js=False)
    seen = admin.open("/moderasi/data-pribadi?daftar=dijelaskan")
    expect(seen.get_by_text("Alasan: Nomor layanan yang diumumkan di spanduk.").first).to_be_visible()
    expect(seen.get_by_text("••••-••••-•234").first).to_be_visible()


def test_the_new_pages_are_for_everybody(visitor: NewVisitor, site: Site, member: str, axe: str, width: int) -> None:
    found: list[str] = []
    writer = visitor(member, width=width)
    writer.expects("status of 422")
    found += faults(writer.open("/akun/data"), axe, "data-saya")
    page = writer.open(f"{site.seed['wide']['url']}/balas?ke={site.seed['wide']['branches'][3]}")
    page.locator("textarea[name=body]").fill(SAYS)
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("form mark")).to_be_visible()
    found += faults(writer.looked(), axe, "ditanya")
    page.locator("summary", has_text="Ini bukan data pribadi").click()
    page.get_by_label("Mengapa ini bukan data pribadi?").fill("Nomor contoh dari buku pedoman kami.")
    page.get_by_role("button", name="Bukan data pribadi, kirim").click()
    expect(page.locator("article.post", has_text=SAYS).first).to_be_visible()
    admin = visitor("admin", width=width)
    admin.expects("status of 422")
    for name, path in {
        "temuan": "/moderasi/data-pribadi?daftar=dijelaskan",
        "temuan-kosong": "/moderasi/data-pribadi?daftar=selesai",
        "hapus-data": "/admin/pengguna/nurhayati/hapus-data",
        "kebocoran": "/admin/kebocoran",
    }.items():
        found += faults(admin.open(path), axe, name)
        admin.shot(name)
    page = admin.page
    page.get_by_label("Data yang bocor").fill(NIK)
    page.get_by_role("button", name="Cari tulisan yang memuatnya").click()
    expect(page.locator("input[name=pilih]").first).to_be_visible()
    found += faults(admin.looked(), axe, "kebocoran-dicari")
    page.get_by_label("Judul catatan").fill("NIK warga terbaca di balasan")
    page.get_by_role("button", name="Buka catatan kebocoran").click()
    expect(page.get_by_role("heading", name="NIK warga terbaca di balasan")).to_be_visible()
    found += faults(admin.looked(), axe, "kebocoran-satu")
    admin.shot("kebocoran-satu")
    assert not found, "\n".join(found)
