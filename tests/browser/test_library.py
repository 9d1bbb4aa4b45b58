"""A guide's life: from an answer in a discussion to a text in force, cited, kept right and merged; with scripts and without."""

from __future__ import annotations

import re
import time
from urllib.parse import quote_plus, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.test_accessibility import AXE, axe, faults
from tests.browser.test_journey import ANSWER, ask, reply, settle
from tests.browser.visitor import DESK, PHONE, Visitor

__all__ = ["axe"]

STEPS = "1. Siapkan satu lembar syarat yang sama di loket dan di WA.\n2. Perbarui setiap Senin."
SUMMARY = "Untuk keluhan syarat yang disebut berbeda oleh dua petugas, agar warga tidak datang dua kali."
OTHER = "Melindungi data pribadi pelapor"
GUIDE = "/panduan/menangani-keluhan-dokumen-kependudukan-ktp-el-kk-akta-nik"
PATIENCE = 30


def until(visitor: Visitor, path: str, selector: str) -> Page:
    """Open `path` again until it shows `selector`: indexes and counts follow after a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        page = visitor.open(path)
        if page.locator(selector).count() or time.monotonic() > deadline:
            return page
        time.sleep(0.5)


def promote(curator: Visitor, thread: str, title: str) -> str:
    """The thread becomes a draft, the draft is handed in. Gives back the address where it is reviewed."""
    page = curator.open(thread)
    page.get_by_text("Atur diskusi").click()
    page.get_by_role("link", name="Jadikan panduan").click()
    curator.looked()
    expect(page.locator(".post-card", has_text="Jawaban diterima")).to_contain_text(ANSWER)
    expect(page.locator("textarea[name=langkah]")).to_have_value(re.compile(re.escape(ANSWER)))
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Ringkasan").fill(SUMMARY)
    page.locator("textarea[name=langkah]").fill(STEPS)
    curator.shot(f"panduan-dari-diskusi{'' if curator.js else '-tanpa-js'}")
    page.get_by_role("button", name="Simpan naskah").locator("visible=true").click()
    expect(page).to_have_url(re.compile(r"/naskah/\d+"))
    curator.looked()
    write(curator)
    page.get_by_label(re.compile("^Apa yang berubah")).fill("Disusun dari diskusi yang selesai.")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Kirim untuk ditinjau").click()
    expect(page).to_have_url(re.compile(r"/tinjau/\d+"))
    expect(page.get_by_text("Menunggu tinjauan kurator lain.")).to_be_visible()
    expect(page.get_by_role("button", name="Setujui dan validasi")).to_have_count(0)
    curator.looked()
    return urlsplit(page.url).path


def write(curator: Visitor) -> None:
    """The editor: preview of one section; with scripts what is typed is kept by the server before anything is pressed."""
    page = curator.page
    limits = page.locator("[data-composer]", has=page.locator("textarea[name=yang-tidak-boleh-dijanjikan]"))
    limits.locator("textarea").fill("**Jangan** menjanjikan selesai hari itu.")
    if not curator.js:
        with curator.context.expect_page() as opened:
            limits.get_by_role("button", name="Pratinjau").click()
        expect(opened.value.locator("strong")).to_have_text("Jangan")
        opened.value.close()
        return
    limits.get_by_role("tab", name="Pratinjau").click()
    expect(limits.locator(".preview strong")).to_have_text("Jangan")
    limits.get_by_role("tab", name="Tulis").click()
    limits.locator("textarea").focus()
    limits.locator("textarea").blur()
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    page.reload()
    expect(limits.locator("textarea")).to_have_value(re.compile("menjanjikan"))


def publish(reviewer: Visitor, address: str, title: str) -> str:
    """A second curator finds it at the desk, reads what is new, and lets it be published. Gives back the guide's address."""
    page = reviewer.open("/moderasi/panduan")
    page.get_by_role("link", name=title).first.click()
    expect(page).to_have_url(re.compile(f"{address}$"))
    expect(page.locator(".diff ins").first).to_be_visible()
    reviewer.looked()
    reviewer.shot(f"panduan-tinjau{'' if reviewer.js else '-tanpa-js'}")
    page.get_by_role("button", name="Setujui dan validasi").click()
    page.wait_for_url(re.compile(r"/panduan/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".facts .badge.solved")).to_have_text("Tervalidasi")
    expect(page.locator("#langkah li").first).to_contain_text("satu lembar syarat")
    reviewer.looked()
    return urlsplit(page.url).path


def cite(writer: Visitor, thread: str, guide: str, title: str) -> None:
    """A new answer names the guide: chosen from a list, or its link pasted."""
    page = writer.open(thread)
    if not writer.js:
        form = page.locator("#balas")
        form.locator("textarea").fill(f"Sudah ada panduannya: [{title}]({guide}).")
    else:
        page.locator(".post.opening").get_by_role("link", name="Balas", exact=True).click()
        form = page.locator("#balas")
        form.locator("textarea").fill("Sudah ada panduannya:")
        form.get_by_role("button", name="Rujuk panduan").click()
        dialog = page.get_by_role("dialog", name="Rujuk panduan")
        expect(dialog.get_by_label("Cari panduan")).to_be_focused()
        dialog.get_by_label("Cari panduan").press_sequentially(title)
        expect(dialog.get_by_role("status")).to_contain_text("ditemukan")
        writer.shot("panduan-rujuk", full=False)
        page.keyboard.press("ArrowDown")
        expect(dialog.get_by_role("button", name=title)).to_be_focused()
        page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        expect(form.locator("textarea")).to_have_value(re.compile(re.escape(f"({guide})")))
    form.get_by_role("button", name="Kirim balasan").click()
    expect(page.get_by_text("Balasan terkirim")).to_be_visible()
    expect(page.locator(f"article.post .prose a[href='{guide}']").last).to_have_text(title)
    writer.looked()


def keep_right(curator: Visitor, guide: str) -> None:
    page = until(curator, guide, "#sumber ~ p:has-text('Dirujuk dalam 1 jawaban')")
    expect(page.get_by_text("Dirujuk dalam 1 jawaban")).to_be_visible()
    page.get_by_role("button", name="Masih benar").click()
    expect(page.get_by_text("Tercatat: panduan ini masih benar.")).to_be_visible()
    page.get_by_role("button", name="Sudah saya baca").click()
    expect(page.get_by_text("Tercatat: panduan ini sudah Anda baca.")).to_be_visible()
    page.locator(".helped summary").click()
    page.get_by_label("Apa yang kurang?").fill("Contoh lembarnya")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Terima kasih. Kurator membaca jawaban Anda.")).to_be_visible()
    curator.looked()


def merge(curator: Visitor, guide: str) -> None:
    page = curator.page
    page.get_by_role("link", name="Arsipkan, gabungkan").click()
    curator.looked()
    page.get_by_label("Alasan").fill("Isinya sudah ada di panduan itu.")
    page.get_by_label("Panduan pengganti atau tujuan").select_option(label=OTHER)
    page.get_by_role("button", name="Gabungkan ke panduan itu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(OTHER)
    curator.open(guide)
    expect(page.get_by_role("heading", level=1)).to_have_text(OTHER)
    assert urlsplit(page.url).path != guide


@pytest.mark.parametrize(("js", "width"), [(True, PHONE), (False, DESK)], ids=["js-360", "tanpa-js-1280"])
def test_the_life_of_a_guide(visitor: NewVisitor, member: str, js: bool, width: int) -> None:
    asker, curator = visitor("pegawai", width=width, js=js), visitor("kurator", width=width, js=js)
    answerer, reviewer = visitor(member, width=width, js=js), visitor("admin", width=width, js=js)
    # nothing that the sample content or the other run has anything like
    question, title = (
        ("Lembar syarat berbeda-beda, bagaimana menyeragamkannya?", "Lembar syarat seragam di loket pelayanan")
        if js
        else ("Stempel basah pudar di hasil pindaian", "Memindai dokumen berstempel agar terbaca")
    )
    thread = ask(asker, question).url
    answerer.open(thread)
    settle(asker, reply(answerer, ".post.opening", ANSWER))

    guide = publish(reviewer, promote(curator, thread, title), title)

    page = until(asker, f"/cari?q={quote_plus(title)}&jenis=panduan", f".hits a[href='{guide}']")
    expect(page.locator(f".hits a[href='{guide}']")).to_be_visible()
    cite(answerer, thread, guide, title)
    keep_right(curator, guide)
    merge(curator, guide)


def test_what_is_typed_before_there_is_a_draft_is_kept(visitor: NewVisitor) -> None:
    """Of a new guide: no warning on the way out, and on another machine it is there."""
    writer = visitor("pegawai")
    page = writer.open("/panduan/baru")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Judul").fill("Setengah jadi")
    expect(page.locator("[data-composer][data-ready]").first).to_be_attached()
    page.get_by_label("Ringkasan").press_sequentially("Baru mulai.")
    page.get_by_label("Pemilik").focus()
    page.get_by_label("Pemilik").blur()
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    page.goto("/panduan")
    assert asked == []
    elsewhere = visitor("pegawai", width=PHONE, js=False)
    other = elsewhere.open("/panduan/baru")
    expect(other.get_by_label("Judul")).to_have_value("Setengah jadi")
    expect(other.get_by_label("Ringkasan")).to_have_value("Baru mulai.")
    elsewhere.shot("panduan-baru-lanjut")
    other.get_by_role("button", name="Buang tulisan ini").click()
    expect(other.get_by_label("Judul")).to_have_value("")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("dark", [False, True], ids=["terang", "gelap"])
def test_no_violations(visitor: NewVisitor, site: Site, axe: str, width: int, dark: bool) -> None:
    curator = visitor("kurator", width=width, dark=dark)
    draft = urlsplit(curator.post("/panduan/4/usul").url).path
    found: list[str] = []
    for name, path in {
        "pustaka": "/panduan",
        "pustaka-disaring": "/panduan?keadaan=tinjau",
        "panduan": GUIDE,
        "panduan-riwayat": f"{GUIDE}/riwayat",
        "panduan-laporkan": "/panduan/1/laporkan",
        "panduan-atur": "/panduan/1/atur",
        "panduan-baru": "/panduan/baru",
        "panduan-naskah": draft,
        "panduan-tinjau": "/tinjau/3",
        "panduan-tinjau-berdampingan": "/tinjau/3?tampilan=berdampingan",
        "panduan-tinjau-jadi": "/tinjau/3?tampilan=jadi",
        "panduan-meja": "/moderasi/panduan",
        "panduan-diskusi": f"/panduan/dari-diskusi/{site.sample_thread.rsplit('/', 1)[1]}",
        "jalur": "/jalur/minggu-pertama-di-loket-pengaduan",
        "jalur-sunting": "/jalur/minggu-pertama-di-loket-pengaduan/sunting",
        "jalur-pembaca": "/jalur/minggu-pertama-di-loket-pengaduan/pembaca",
    }.items():
        found += faults(curator.open(path), axe, name)
        curator.shot(name)
    page = curator.open(site.sample_thread)
    page.locator("#balas textarea").focus()
    page.locator("#balas").get_by_role("button", name="Rujuk panduan").click()
    page.get_by_label("Cari panduan").press_sequentially("lap")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    found += faults(page, axe, "panduan-pilih", "dialog")
    assert not found, "\n".join(found)
