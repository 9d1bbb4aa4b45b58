"""Attaching files in a real browser: with scripts, and without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Site
from tests.factories import files

TEXT = "Foto loket dan surat edarannya ada di lampiran."
PASTE = """async ([name, type, bytes]) => {
  const area = document.querySelector('textarea[name=body]');
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const event = EVENT;
  area.dispatchEvent(event);
}"""
PASTED = PASTE.replace("EVENT", "new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })")
DROPPED = PASTE.replace("EVENT", "new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "Foto loket.jpg"
    path.write_bytes(files.photo())
    return path


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "Surat edaran.pdf"
    path.write_bytes(files.pdf())
    return path


def compose(page: Page, title: str) -> None:
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Papan tujuan").select_option(index=1)


def send(page: Page) -> None:
    """Twice where the title is like another's."""
    page.get_by_role("button", name="Kirim", exact=True).click()
    again = page.get_by_role("button", name="Tetap kirim")
    if again.count():
        again.click()
    expect(page).to_have_url(re.compile(r"/diskusi/\d+-"))


@pytest.mark.parametrize("width", [360, 1280])
def test_chosen_files_are_uploaded_at_once(
    visitor: NewVisitor, member: str, picture: Path, letter: Path, width: int
) -> None:
    writer = visitor(member, width=width)
    page = writer.open("/diskusi/baru")
    area = page.locator("textarea[name=body]")
    area.focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    area.fill(TEXT)
    page.get_by_label("Lampiran (opsional)").set_input_files([picture, letter])
    rows = page.locator(".form-files li")
    expect(rows).to_have_count(2)
    expect(area).to_have_value(
        re.compile(r"!\[Foto loket\.jpg\]\(/lampiran/[\w-]{22}\)\s+\[Surat edaran\.pdf\]\(/lampiran/"), timeout=30_000
    )
    writer.looked()
    compose(page, f"Bagaimana memasang papan loket di lebar {width}")
    send(page)
    shown = page.locator(".prose img")
    expect(shown).to_have_attribute("width", "720")
    shown.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.prose img').naturalWidth === 720")
    expect(page.locator(".files").get_by_text("Surat edaran.pdf")).to_be_visible()
    writer.looked()
    with page.expect_download() as download:
        page.locator(".files").get_by_text("Surat edaran.pdf").click()
    assert download.value.suggested_filename == "Surat edaran.pdf"


def test_pasted_and_dropped_pictures_go_where_the_caret_is(visitor: NewVisitor, site: Site, member: str) -> None:
    page = visitor(member).open(site.seed["wide"]["url"])
    area = page.locator("textarea[name=body]")
    area.focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    content = list(files.picture("PNG"))
    for script, name in ((PASTED, "tempel.png"), (DROPPED, "jatuh.png")):
        page.evaluate(script, [name, "image/png", content])
        expect(area).to_have_value(re.compile(rf"!\[{re.escape(name)}\]\(/lampiran/[\w-]{{22}}\)"), timeout=30_000)
    page.get_by_role("button", name="Hapus: tempel.png").click()
    expect(area).not_to_have_value(re.compile("tempel"))
    expect(page.locator(".form-files li")).to_have_count(1)
    page.get_by_role("button", name="Hapus: jatuh.png").click()
    expect(area).to_have_value("")


def test_a_refused_file_is_told_in_words(visitor: NewVisitor, site: Site, member: str, tmp_path: Path) -> None:
    writer = visitor(member)
    writer.expects("status of 422")
    page = writer.open(site.seed["wide"]["url"])
    page.locator("textarea[name=body]").focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    bad = tmp_path / "halaman.jpg"
    bad.write_bytes(b"<!doctype html><script>pwned(1)</script>")
    page.get_by_label("Lampiran (opsional)").set_input_files(bad)
    expect(page.get_by_role("alert").filter(has_text="tidak sesuai dengan akhiran namanya")).to_be_visible(
        timeout=30_000
    )
    assert page.evaluate("window.hits") == []


def test_personal_data_has_to_be_answered_for(visitor: NewVisitor, site: Site, member: str, tmp_path: Path) -> None:
    writer = visitor(member)
    page = writer.open(site.seed["wide"]["url"])
    page.locator("textarea[name=body]").focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    page.locator("textarea[name=body]").fill(TEXT)
    held = tmp_path / "data.txt"
    held.write_text("NIK 1271014107850003 atas nama pemohon")
    page.get_by_label("Lampiran (opsional)").set_input_files(held)
    expect(page.get_by_role("alert").filter(has_text="Tampaknya memuat data pribadi: NIK")).to_be_visible(
        timeout=30_000
    )
    page.get_by_label("Mengapa data pribadi dalam lampiran boleh dibagikan?").fill("Nomor contoh dari buku panduan.")
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator(".files").get_by_text("data.txt").first).to_be_visible()


def test_without_scripts_files_come_with_the_form(
    visitor: NewVisitor, site: Site, member: str, picture: Path, letter: Path
) -> None:
    text = f"{TEXT} Dikirim tanpa skrip."
    writer = visitor(js=False)
    writer.sign_in(member)
    page = writer.open(site.seed["wide"]["url"])
    page.locator("textarea[name=body]").fill(text)
    page.get_by_label("Lampiran (opsional)").set_input_files([picture, letter])
    page.get_by_role("button", name="Unggah sekarang").click()
    expect(page.locator("textarea[name=body]")).to_have_value(text)
    expect(page.locator(".form-files li")).to_have_count(2)
    page.get_by_role("button", name="Hapus lampiran Foto loket.jpg").click()
    expect(page.locator(".form-files li")).to_have_count(1)
    writer.looked()
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("article.post", has_text=text).first.locator(".files")).to_contain_text("Surat edaran.pdf")
