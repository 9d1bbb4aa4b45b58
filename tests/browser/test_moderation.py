"""From a reader's report to an appeal that is granted, on a phone and at a desk, with scripts and without."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.test_accessibility import AXE, axe, faults
from tests.browser.test_journey import BODY, ask
from tests.browser.visitor import Visitor

__all__ = ["axe"]

REASON = "Mohon tulis tanpa menyebut nama petugas."
APPEAL = "Nama itu sudah disamarkan sejak awal, mohon dibaca lagi."
ANSWER = "Anda benar, tidak ada nama orang di situ."
WRITER, READER, CURATOR, OTHER = "pegawai", "nurhayati", "kurator", "admin"


def report(reader: Visitor, thread: str) -> None:
    page = reader.open(thread)
    page.locator(".post.opening").get_by_role("link", name="Laporkan").click()
    reader.looked()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih apa yang menurut Anda")
    page.get_by_label("Tidak sopan").check()
    page.get_by_label("Keterangan").fill("Menyebut nama petugas.")
    reader.shot("moderasi-lapor")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text("Terima kasih. Moderator akan memeriksanya.")).to_be_visible()


def decide(curator: Visitor, title: str) -> None:
    page = curator.open("/moderasi")
    page.get_by_role("link", name=re.compile("Kasus terbuka")).click()
    curator.looked()
    curator.shot("moderasi-antrean")
    page.get_by_role("link", name=title).click()
    curator.looked()
    expect(page.get_by_text("Menyebut nama petugas.")).to_be_visible()
    page.get_by_role("button", name="Ambil kasus ini").click()
    expect(page.get_by_text("Kasus ini sekarang Anda pegang.")).to_be_visible()
    page.get_by_label("Catatan").fill("Saya periksa siang ini.")
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator("#catatan .diff")).to_have_text("Saya periksa siang ini.")
    curator.looked()
    curator.shot("moderasi-kasus")
    page.get_by_role("link", name="Minta ditulis ulang").click()
    page.get_by_label("Alasan").fill(REASON)
    curator.looked()
    curator.shot("moderasi-putuskan")
    page.get_by_role("button", name="Minta ditulis ulang").click()
    expect(page.get_by_text("Kasus diputuskan, dan yang terkait sudah diberi tahu.")).to_be_visible()


def appeal(writer: Visitor, title: str) -> str:
    """The author is told, reads why, and appeals. Gives back the address of the ruling."""
    page = writer.open("/")
    expect(page.locator(".bell b")).to_be_visible()
    page.get_by_role("link", name=re.compile("Notifikasi: [0-9]+ belum dibaca")).click()
    writer.looked()
    writer.shot("notifikasi")
    page.get_by_role("button", name=re.compile(re.escape(title))).first.click()
    expect(page).to_have_url(re.compile(r"/keputusan/\d+"))
    expect(page.get_by_text(REASON)).to_be_visible()
    page.get_by_label("Keberatan Anda").fill(APPEAL)
    writer.looked()
    writer.shot("moderasi-keputusan")
    page.get_by_role("button", name="Ajukan banding").click()
    expect(page.get_by_text("Banding Anda terkirim.")).to_be_visible()
    return urlsplit(page.url).path


def grant(other: Visitor, title: str) -> None:
    page = other.open("/moderasi/banding")
    page.get_by_role("link", name=title).click()
    other.looked()
    expect(page.get_by_text(APPEAL)).to_be_visible()
    page.get_by_role("button", name="Putuskan banding").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Keputusan dicabut").check()
    page.get_by_label("Jawaban").fill(ANSWER)
    other.shot("moderasi-banding")
    page.get_by_role("button", name="Putuskan banding").click()
    expect(page.get_by_text("Banding diputuskan, dan yang mengajukannya sudah diberi tahu.")).to_be_visible()


def test_from_a_report_to_an_appeal_that_is_granted(visitor: NewVisitor, width: int, js: bool) -> None:
    title = f"Petugas loket menolak berkas lengkap {width} {'dengan' if js else 'tanpa'} skrip"
    writer = visitor(WRITER, width=width, js=js)
    thread = urlsplit(ask(writer, title).url).path
    reader, curator, other = (visitor(name, width=width, js=js) for name in (READER, CURATOR, OTHER))
    for one in (writer, reader):
        one.expects(
            r"404 .*/dibaca"
        )  # how far they had read, told by a page that was open when the discussion was hidden
    for one in (reader, other):
        one.expects("422")
    report(reader, thread)
    decide(curator, title)
    ruling = appeal(writer, title)
    page = curator.open(ruling)
    expect(page.get_by_role("button", name="Cabut keputusan")).to_be_visible()
    grant(other, title)
    page = writer.open(ruling)
    expect(page.get_by_text(f"Jawaban moderator: {ANSWER}")).to_be_visible()
    expect(page.get_by_text("Keputusan ini dicabut pada")).to_be_visible()
    page = reader.open("/notifikasi")
    expect(page.get_by_text("sudah diperiksa dan ditindaklanjuti").first).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci)")
@pytest.mark.parametrize("dark", [False, True], ids=["terang", "gelap"])
def test_no_violations_in_the_room(visitor: NewVisitor, site: Site, axe: str, width: int, dark: bool) -> None:
    writer = visitor(WRITER, width=width)
    title = f"Antrean loket terlalu panjang {width} {'gelap' if dark else 'terang'}"
    asked = writer.post(
        "/diskusi/baru",
        title=title,
        board="kependudukan",
        kind="question",
        tags="",
        body=BODY,
        key=title[:60],
        similar_seen="1",
    )
    number = re.search(r"/diskusi/(\d+)", asked.url)
    assert number
    reader = visitor(READER, width=width, dark=dark)
    found = faults(reader.open(f"/laporkan/thread/{number[1]}"), axe, "laporkan")
    reader.post(f"/laporkan/thread/{number[1]}", reason="rude")
    found += faults(reader.open(f"/laporkan/thread/{number[1]}"), axe, "sudah dilaporkan")
    curator = visitor(CURATOR, width=width, dark=dark)
    found += faults(curator.open("/moderasi"), axe, "moderasi")
    page = curator.open("/moderasi/kasus")
    found += faults(page, axe, "antrean")
    case = page.get_by_role("link", name=title).get_attribute("href") or ""
    found += faults(curator.open(case), axe, "kasus")
    decide_at = f"{case}/putuskan?tindakan=post.rephrase"
    found += faults(curator.open(decide_at), axe, "putuskan")
    found += faults(curator.open(f"/moderasi/tindakan/thread/{number[1]}"), axe, "tindakan")
    curator.post(decide_at, form_at=decide_at, version="1", reason=REASON)
    found += faults(curator.open("/moderasi/keputusan"), axe, "keputusan")
    reads = visitor(WRITER, width=width, dark=dark)
    found += faults(reads.open("/notifikasi"), axe, "notifikasi")
    reads.page.get_by_role("button", name=re.compile(re.escape(title))).first.click()
    found += faults(reads.looked(), axe, "satu keputusan")
    reads.post(f"{urlsplit(reads.page.url).path}/banding", body=APPEAL)
    admin = visitor(OTHER, width=width, dark=dark)
    page = admin.open("/moderasi/banding")
    found += faults(page, axe, "banding")
    page.get_by_role("link", name=title).click()
    found += faults(admin.looked(), axe, "satu banding")
    found += faults(admin.open("/moderasi/kata"), axe, "kata")
    assert not found, "\n".join(found)
