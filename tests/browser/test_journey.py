"""From sign-in to sign-out: asking, answering, settling, mending, on a phone and at a desk, with scripts and without."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.visitor import Visitor

BODY = """Warga datang dua kali karena syaratnya disebut berbeda oleh dua petugas.

**Yang sudah dicoba**

- menempel daftar syarat di loket

Bagaimana di tempat Bapak/Ibu? Mohon contoh, @kurator."""
ANSWER = "Kami memakai satu lembar syarat yang sama di loket dan di WA, lalu diperbarui setiap Senin."
NESTED = "Lembarnya satu halaman saja, supaya petugas baru pun dapat membacakannya."


def ask(asker: Visitor, title: str) -> Page:
    """A question, by way of the board's button, its template and the preview. Gives back the thread's page."""
    page = asker.open("/papan/kependudukan")
    asker.press("Ajukan pertanyaan", role="link", within=page.locator("main"))
    asker.looked()
    expect(page.get_by_label("Papan tujuan")).to_have_value("kependudukan")
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile("Situasi"))
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Pertanyaan", exact=False).first.check()
    page.locator("textarea[name=body]").fill(BODY)
    page.get_by_label(re.compile("^Tag")).fill("Loket, syarat berkas")
    preview(asker)
    page.get_by_role("button", name="Kirim", exact=True).click()
    anyway = page.get_by_role("button", name="Tetap kirim")  # an earlier journey has asked nearly the same
    expect(anyway.or_(page.locator(".post.opening"))).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(page).to_have_url(re.compile(r"/diskusi/\d+-"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("Diskusi Anda sudah terbit.")).to_be_visible()
    expect(page.get_by_role("list", name="Tag").first).to_contain_text("syarat berkas")
    expect(page.locator(".post.opening .prose a[href='/profil/kurator']")).to_be_visible()
    return asker.looked()


def preview(writer: Visitor) -> None:
    """With scripts in its place, without them in a new tab."""
    page = writer.page
    if writer.js:
        page.get_by_role("tab", name="Pratinjau").click()
        expect(page.get_by_role("tabpanel")).to_contain_text("Yang sudah dicoba")
        expect(page.locator(".preview strong")).to_have_text("Yang sudah dicoba")
        writer.looked()
        page.get_by_role("tab", name="Tulis").click()
        return
    with writer.context.expect_page() as opened:
        page.get_by_role("button", name="Pratinjau").click()
    expect(opened.value.locator("strong")).to_have_text("Yang sudah dicoba")
    expect(opened.value.locator("html")).to_have_attribute("lang", "id")
    writer.looked(opened.value)
    opened.value.close()


def reply(writer: Visitor, to: str, text: str) -> str:
    """Answer the post with the selector `to`, in its place or on the reply page. Gives back the new post's selector."""
    page = writer.page
    post = page.locator(to)
    post.get_by_role("link", name="Balas", exact=True).click()
    form = page.locator("form", has=page.locator("textarea[name=body]"))
    if not writer.js and to != ".post.opening":
        expect(page).to_have_url(re.compile("/balas"))
    writer.looked()
    form.locator("textarea[name=body]").fill(text)
    form.get_by_role("button", name="Kirim balasan").click()
    new = page.locator("article.post", has_text=text).last
    expect(new).to_be_visible()
    expect(page.get_by_text("Balasan terkirim")).to_be_visible()
    writer.looked()
    return f"#{new.get_attribute('id')}"


def settle(asker: Visitor, answer: str) -> None:
    """The asker accepts the answer: it stands on top, with a way to its place."""
    page = asker.page
    page.reload()
    page.locator(answer).get_by_role("button", name="Tandai sebagai jawaban").click()
    card = page.locator("section.solution")
    expect(card).to_contain_text(ANSWER)
    expect(card).to_contain_text("Ditandai oleh")
    expect(page.locator(f"{answer} .badge.solved")).to_be_visible()
    asker.looked()
    asker.shot(f"perjalanan-terjawab{'' if asker.js else '-tanpa-js'}")
    card.get_by_role("link", name="Lihat dalam percakapan").click()
    expect(page.locator(answer)).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{answer}$"))
    asker.looked()


def edit(asker: Visitor) -> None:
    """Words are changed with a reason; the history shows what was taken out and what came in."""
    page = asker.page
    page.goto(page.url.split("#")[0].split("?")[0])
    page.locator(".post.opening summary").click()
    page.locator(".post.opening").get_by_role("link", name="Sunting").click()
    asker.looked()
    body = page.locator("textarea[name=body]")
    expect(body).to_have_value(re.compile("dua kali"))
    body.fill(BODY.replace("dua kali", "tiga kali"))
    page.get_by_label(re.compile("^Alasan perubahan")).fill("Jumlahnya keliru")
    page.get_by_role("button", name="Simpan perubahan").locator("visible=true").click()
    expect(page.locator(".post.opening .prose")).to_contain_text("tiga kali")
    asker.looked()
    page.locator(".post.opening").get_by_role("link", name=re.compile("Diedit")).click()
    asker.looked()
    expect(page.locator(".diff ins")).to_contain_text("tiga")
    expect(page.locator(".diff del")).to_contain_text("dua")
    expect(page.get_by_text("Jumlahnya keliru")).to_be_visible()
    asker.shot(f"perjalanan-riwayat{'' if asker.js else '-tanpa-js'}")
    page.get_by_role("link", name="Kembali ke kiriman").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def vote(asker: Visitor, answer: str) -> None:
    button = asker.page.locator(answer).get_by_role("button", name="Bermanfaat")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator("b")).to_have_text("1")
    asker.looked()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def look_around(asker: Visitor, answer: str, nested: str) -> None:
    """Flat and nested, the three orders, the page of one branch."""
    page = asker.page
    for name in ("Datar", "Terbaru", "Bermanfaat", "Terlama", "Bersarang"):
        page.get_by_role("navigation", name="Urutan").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("navigation", name="Urutan").locator("[aria-current]", has_text=name)).to_be_visible()
        expect(page.locator(nested)).to_be_visible()
        asker.looked()
        if name == "Datar":
            expect(page.locator(nested)).to_contain_text("membalas")
            expect(page.locator("details.children")).to_have_count(0)
    number = answer.removeprefix("#p-")
    asker.open(f"{page.url.split('?')[0].split('#')[0]}/cabang/{number}")
    expect(page.locator(answer)).to_contain_text(ANSWER)
    expect(page.locator(nested)).to_contain_text(NESTED)
    page.get_by_role("link", name="Lihat dalam seluruh percakapan").click()
    expect(page.locator(answer)).to_be_in_viewport()


def delete_and_undo(writer: Visitor, post: str, text: str) -> None:
    page = writer.page
    page.locator(post).locator("summary").first.click()
    page.locator(post).get_by_role("link", name="Hapus").click()
    writer.looked()
    page.get_by_role("button", name="Hapus", exact=True).click()
    expect(page.locator(post)).to_contain_text("dihapus")
    writer.looked()
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator(f"{post} > .prose")).to_contain_text(text)
    expect(page.locator(f"{post} .gone")).to_have_count(0)
    writer.looked()


def test_the_journey(visitor: NewVisitor, site: Site, width: int, js: bool) -> None:
    asker, curator = visitor(width=width, js=js), visitor(width=width, js=js)
    asker.sign_in("pegawai")
    expect(asker.page.get_by_role("heading", level=1)).to_be_visible()
    asker.looked()
    title = f"Syarat berkas disebut berbeda di dua loket ({width}, {'js' if js else 'tanpa js'})"
    thread = ask(asker, title)
    address = thread.url

    curator.sign_in("kurator")
    curator.open("/diskusi?daftar=belum-terjawab")
    curator.page.get_by_role("link", name=title).click()
    answer = reply(curator, ".post.opening", ANSWER)
    nested = reply(curator, answer, NESTED)
    expect(curator.page.locator(f"details.children {nested}")).to_be_visible()

    settle(asker, answer)
    edit(asker)
    vote(asker, answer)
    look_around(asker, answer, nested)

    curator.open(address)
    delete_and_undo(curator, nested, NESTED)

    asker.open("/profil/pegawai")
    expect(asker.page.get_by_role("link", name=title)).to_be_visible()
    leave(asker)


def leave(person: Visitor) -> None:
    page = person.page
    page.get_by_label("Akun:").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(re.compile("/masuk"))
    person.looked()
    page.goto("/")
    expect(page).to_have_url(re.compile("/masuk"))
