"""axe-core on every kind of page, light and dark, on a phone and at a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, NewVisitor, Site
from tests.browser.visitor import Visitor

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that differs in the dark.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# The headings inside a post are its author's; everything else is ours.
RUN = """async ([only, within]) => {
  const found = await axe.run(within, { runOnly: only, resultTypes: ['violations'] });
  const authors = (rule, { target }) => rule === 'heading-order' && document.querySelector(target.join(' '))?.closest('.prose');
  const said = ({ any, all, none }) => [...any, ...all, ...none].map((check) => check.message)[0] ?? '';
  return found.violations
    .map((one) => ({ ...one, nodes: one.nodes.filter((node) => !authors(one.id, node)) }))
    .filter((one) => one.nodes.length)
    .map(({ id, impact, help, nodes }) => `[${impact}] ${id}: ${help} `
      + nodes.slice(0, 4).map((node) => `${node.target.join(' ')} (${said(node)})`).join('; '));
}"""

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci)")


@pytest.fixture(scope="module")
def axe() -> str:
    return Path(AXE).read_text(encoding="utf-8")


def faults(page: Page, axe: str, where: str, within: str = "html") -> list[str]:
    page.evaluate(axe)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    return [f"{where}: {one}" for one in page.evaluate(RUN, [COLOURS if dark else RULES, within])]


def member_pages(site: Site) -> dict[str, str]:
    wide, deep = site.seed["wide"], site.seed["deep"]
    return {
        "beranda": "/",
        "daftar": "/diskusi",
        "papan": "/papan",
        "papan-satu": "/papan/kesehatan",
        "papan-kosong": "/papan/pengumuman",
        "tag": "/tag/sekolah",
        "diskusi": site.sample_thread,
        "diskusi-lebar": wide["url"],
        "diskusi-dalam": deep["url"],
        "diskusi-datar": f"{wide['url']}?tampilan=datar",
        "cabang": f"{deep['url']}/cabang/{deep['posts'][8]}",
        "balas": f"{wide['url']}/balas?ke={wide['branches'][0]}",
        "profil": "/profil/nurhayati",
        "akun": "/akun",
        "sandi": "/akun/sandi",
        "sesi": "/akun/sesi",
        "langkah-kedua": "/akun/langkah-kedua",
        "draf": "/draf",
        "cari": "/cari",
        "hasil": "/cari?q=ktp",
        "hasil-disaring": "/cari?q=ktp+papan:kesehatan&status=selesai",
        "tanpa-hasil": "/cari?q=helikopter+angkasa",
        "serupa": f"{site.sample_thread}/serupa",
        "tanya": "/diskusi/baru?judul=Lampu+jalan+padam",
        "galat-404": "/tidak-ada",
        "keluar": "/keluar",
    }


STAFF_PAGES = {
    "admin": "/admin",
    "pengguna": "/admin/pengguna",
    "pengguna-satu": "/admin/pengguna/nurhayati",
    "pengguna-baru": "/admin/pengguna/baru",
    "impor": "/admin/pengguna/impor",
    "perangkat-daerah": "/admin/perangkat-daerah",
    "papan-admin": "/admin/papan",
    "tag-admin": "/admin/tag",
}


@pytest.mark.parametrize("dark", [False, True], ids=["terang", "gelap"])
def test_no_violations(visitor: NewVisitor, site: Site, axe: str, width: int, dark: bool) -> None:
    found: list[str] = []
    stranger = visitor(width=width, dark=dark)
    found += faults(stranger.open("/masuk"), axe, "masuk")
    stranger.shot("masuk")
    reader = visitor("pegawai", width=width, dark=dark)
    reader.expects("status of 404")
    for name, path in member_pages(site).items():
        found += faults(reader.open(path), axe, name)
        reader.shot(name)
    found += states(visitor("pegawai", width=width, dark=dark), site, axe)
    admin = visitor("admin", width=width, dark=dark)
    for name, path in STAFF_PAGES.items():
        found += faults(admin.open(path), axe, name)
        admin.shot(name)
    found += curating(visitor("kurator", width=width, dark=dark), site, axe)
    assert not found, "\n".join(found)


def states(writer: Visitor, site: Site, axe: str) -> list[str]:
    """What only appears when something is done."""
    writer.expects("status of 422")
    page = writer.open("/diskusi/baru?papan=kesehatan")
    found = faults(page, axe, "baru")
    writer.shot("baru")
    page.get_by_role("button", name="Pratinjau").click()
    expect(page.locator(".preview strong").first).to_be_visible()
    found += faults(page, axe, "pratinjau")
    page.get_by_role("tab", name="Tulis").click()
    page.locator("textarea[name=body]").fill("")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page, axe, "baru-galat")
    writer.open(site.seed["wide"]["url"])
    page.locator("article.post").nth(2).get_by_role("link", name="Balas", exact=True).click()
    expect(page.locator("#balas textarea")).to_be_focused()
    page.locator("#balas textarea").press_sequentially("@kura")
    expect(page.locator("[role=listbox]")).to_be_visible()
    found += faults(page, axe, "balas-di-tempat")
    page.locator("#balas textarea").fill("")
    page.locator("header.top details.menu summary").click()
    found += faults(page, axe, "menu-terbuka", "details.menu[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    return found + faults(page, axe, "pintasan")


def curating(curator: Visitor, site: Site, axe: str) -> list[str]:
    """What moderators see: edit, history, delete, lock, move, summary."""
    thread, post = site.seed["hostile"]["threads"][0], site.seed["hostile"]["posts"][0]
    found = []
    for name, path in {
        "sunting": f"/kiriman/{post}/sunting",
        "riwayat": f"/kiriman/{post}/riwayat",
        "hapus": f"/kiriman/{post}/hapus",
        "kunci": f"{thread}/kunci",
        "pindah": f"{thread}/pindah",
        "ringkasan": f"{thread}/ringkasan",
    }.items():
        found += faults(curator.open(path), axe, name)
        curator.shot(name)
    page = curator.open(site.seed["wide"]["url"])
    page.get_by_text("Atur diskusi").click()
    found += faults(
        page, axe, "atur", "details.menu[open]"
    )  # what an open menu covers is not in reach, and need not be
    page.get_by_text("Atur diskusi").click()  # closed again, so that it covers nothing
    menu = page.locator(".post details.menu summary").nth(1)
    menu.evaluate("element => element.scrollIntoView({block: 'center'})")
    menu.click()
    return found + faults(page, axe, "menu-kiriman", "details.menu[open]")
