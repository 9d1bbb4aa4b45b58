"""What moderators do, in a browser: the pages that ask, and what others meet in their place. On a phone and at a desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.test_accessibility import AXE, axe, faults
from tests.browser.visitor import Visitor

__all__ = ["axe"]

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm ci)")
WHY = "Memuat hal yang bukan untuk umum."


def a_thread(writer: Visitor, title: str) -> str:
    """A thread with three replies, the last beneath the second; its address."""
    key = f"peramban-{abs(hash((title, writer.width)))}"
    asked = {"title": title, "board": "kependudukan", "kind": "question", "tags": "", "similar_seen": "1"}
    url = writer.post("/diskusi/baru", "/diskusi/baru", **asked, body="Bagaimana caranya di tempat Anda?", key=key).url
    for n in range(3):
        answer = {"body": f"Balasan ke-{n} untuk ini.", "ke": "", "key": f"{key}-{n}"}
        assert writer.post(f"{url}/balas", url, **answer).ok
    return url


def test_hiding_splitting_merging_and_marking(visitor: NewVisitor, site: Site, axe: str, width: int) -> None:
    curator, reader = visitor("kurator", width=width), visitor("pegawai", width=width)
    curator.expects("status of 422")
    one, other = (a_thread(curator, f"Diskusi {name} pada lebar {width}") for name in ("pertama", "kedua"))
    found = []
    page = curator.open(one)
    ids = [item.get_attribute("id")[2:] for item in page.locator("article.post").all()]
    for name, path in {
        "sembunyikan": f"/kiriman/{ids[1]}/sembunyikan",
        "pisahkan": f"/kiriman/{ids[2]}/pisahkan",
        "gabungkan": f"{one}/gabungkan",
        "duplikat": f"{one}/duplikat",
    }.items():
        found += faults(curator.open(path), axe, name)
        curator.shot(name)
    page = curator.open(f"/kiriman/{ids[1]}/sembunyikan")
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page, axe, "sembunyikan-galat")
    page.get_by_label("Alasan").fill(WHY)
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.locator(".flash")).to_be_visible()
    page = curator.open(f"/kiriman/{ids[2]}/pisahkan")
    page.get_by_label("Judul diskusi baru").fill(f"Hal yang lain pada lebar {width}")
    page.get_by_label("Alasan").fill(WHY)
    page.get_by_role("button", name="Pisahkan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hal yang lain pada lebar {width}")
    for who, visited in (("pembaca", reader), ("kurator", curator)):
        page = visited.open(one)
        expect(page.get_by_text(f"Kiriman ini disembunyikan moderator: {WHY}")).to_be_visible()
        expect(page.get_by_role("link", name="Buka diskusi itu")).to_be_visible()
        found += faults(page, axe, f"diskusi-{who}")
        visited.shot(f"tersembunyi-{who}")
    page = curator.open(f"{one}/duplikat")
    page.get_by_label("Diskusi aslinya").fill(other)
    page.get_by_label("Alasan").fill(WHY)
    page.get_by_role("button", name="Tandai duplikat").click()
    expect(page.get_by_text("Ditandai duplikat.")).to_be_visible()
    page = reader.open(one)
    expect(page).to_have_url(re.compile(r"\?dari=\d+"))
    found += faults(page, axe, "diskusi-asli")
    reader.shot("diantar")
    page.get_by_role("link", name="Lihat diskusi lama").click()
    expect(page.get_by_text("Hal ini sudah dibahas dalam diskusi lain")).to_be_visible()
    found += faults(reader.looked(), axe, "diskusi-duplikat")
    reader.shot("duplikat-dibaca")
    page = curator.open(f"{other}/gabungkan")
    page.get_by_label("Diskusi tujuan").fill(site.sample_thread)
    page.get_by_label("Alasan").fill(WHY)
    page.get_by_role("button", name="Gabungkan").click()
    expect(page.get_by_text("Diskusi sudah digabungkan.")).to_be_visible()
    curator.looked()
    page = reader.open(other)
    expect(page).to_have_url(re.compile(r"/diskusi/1-.*balasan=\d+#p-\d+"))
    assert not found, "\n".join(found)
