"""Writing: drafts, lost connections, ended sessions, double clicks, and what makes writing easier."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.seed import EVERYTHING
from tests.browser.visitor import Visitor, sign_in_on

LOST = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"
TEXT = "Kami mencatatnya di buku besar dahulu, lalu menyalinnya pada sore hari."


def write(page: Page, text: str) -> None:
    """Type into the page's composer and wait until its scripts are there."""
    area = page.locator("textarea[name=body]")
    area.focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    area.fill(text)


def leave_form(page: Page) -> None:
    """What is written is saved when one turns to something else."""
    page.locator("textarea[name=body]").focus()
    page.locator("textarea[name=body]").blur()


def kept_in_browser(page: Page) -> list[str]:
    """The texts that this tab's sessionStorage holds."""
    stored = page.evaluate(
        "Object.entries(sessionStorage).filter(([key]) => key.startsWith('rembuk-draft:')).map(([, v]) => v)"
    )
    return [json.loads(one)["fields"]["body"] for one in stored]


@pytest.mark.parametrize("path", ["/diskusi/baru", "thread"])
def test_a_draft_is_saved_while_typing_and_waits(visitor: NewVisitor, site: Site, member: str, path: str) -> None:
    writer = visitor(member)
    page = writer.page
    page.clock.install()
    writer.open(site.seed["wide"]["url"] if path == "thread" else path)
    write(page, TEXT)
    page.clock.fast_forward(6_000)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    page.reload()
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    writer.open("/draf")
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.get_by_role("button", name="Buang draf").click()
    expect(page.get_by_text("Tidak ada draf.")).to_be_visible()


def test_a_draft_is_offered_with_a_way_to_start_afresh(visitor: NewVisitor, member: str) -> None:
    writer = visitor(member)
    page = writer.open("/diskusi/baru")
    page.get_by_label("Judul").fill("Judul yang belum selesai")
    write(page, TEXT)
    leave_form(page)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    writer.open("/")
    page.get_by_role("link", name="Lihat draf").click()
    page.get_by_role("link", name="Judul yang belum selesai").click()
    expect(page.get_by_label("Judul")).to_have_value("Judul yang belum selesai")
    expect(page.get_by_text("Ini draf Anda")).to_be_visible()
    writer.looked()
    page.get_by_role("button", name="Buang, mulai dari awal").click()
    writer.open("/diskusi/baru")
    expect(page.get_by_label("Judul")).to_have_value("")
    expect(page.locator("textarea[name=body]")).to_have_value("")


def test_offline_keeps_the_text_here_and_saves_it_when_back(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member)
    writer.expects(LOST)
    page = writer.open(site.seed["wide"]["url"])
    write(page, "Awal")
    writer.context.set_offline(True)
    page.locator("textarea[name=body]").fill(TEXT)
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("#toasts")).to_contain_text("Anda sedang luring. Tulisan Anda tersimpan di peramban ini.")
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    assert kept_in_browser(page) == [TEXT]
    writer.context.set_offline(False)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("article.post", has_text=TEXT)).to_have_count(1)


def test_what_only_this_browser_has_is_restored(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member)
    writer.expects(LOST)
    page = writer.open(site.seed["wide"]["url"])
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/draf", lambda route: route.abort())
    write(page, TEXT)
    leave_form(page)
    expect(page.locator("[data-draft-status]")).to_contain_text("Tersimpan di peramban ini")
    page.reload()
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    expect(page.locator("#toasts")).to_contain_text("Tulisan Anda dipulihkan")
    page.unroute("**/draf")
    leave_form(page)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draf tersimpan")


def test_a_session_that_ended_while_writing_loses_nothing(
    visitor: NewVisitor, site: Site, member: str, js: bool
) -> None:
    writer = visitor(js=js)
    writer.expects("status of 401")
    writer.sign_in(member)
    text = f"{TEXT} ({'js' if js else 'tanpa js'})"
    page = writer.open(site.seed["wide"]["url"])
    page.locator("textarea[name=body]").fill(text)
    writer.context.clear_cookies(name="sesi")
    page.get_by_role("button", name="Kirim balasan").click()
    again = page.get_by_role("button", name=re.compile("Kirim"))
    expect(page.locator("textarea[name=body]")).to_have_value(text)
    expect(page.get_by_text(re.compile("Sesi Anda berakhir")).first).to_be_visible()
    sign_in_elsewhere(writer, member)
    again.click()
    expect(page.locator("article.post", has_text=text)).to_have_count(1)


def sign_in_elsewhere(writer: Visitor, username: str) -> None:
    """In another tab, by way of the link where there is one."""
    link = writer.page.get_by_role("link", name="Masuk kembali di tab baru")
    if link.count():
        with writer.context.expect_page() as opened:
            link.click()
        other = opened.value
    else:
        other = writer.context.new_page()
        other.goto("/masuk")
    sign_in_on(other, username)
    other.close()


def test_a_session_that_ended_is_noticed_by_the_draft(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor()
    writer.expects("status of 40[01]")
    writer.sign_in(member)
    page = writer.open("/diskusi/baru?papan=kesehatan")
    write(page, TEXT)
    page.get_by_label("Judul").fill("Pertanyaan saat sesi berakhir")
    writer.context.clear_cookies(name="sesi")
    leave_form(page)
    expect(page.locator("#toasts")).to_contain_text("Sesi Anda berakhir")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    sign_in_elsewhere(writer, member)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pertanyaan saat sesi berakhir")
    expect(page.locator(".post.opening .prose")).to_have_text(TEXT)


def test_a_double_click_makes_one_post(visitor: NewVisitor, site: Site, member: str, js: bool) -> None:
    writer = visitor(member, js=js)
    text = f"Ditekan dua kali karena koneksi lambat, {'dengan' if js else 'tanpa'} skrip."
    page = writer.open(site.seed["wide"]["url"])
    page.locator("textarea[name=body]").fill(text)
    page.get_by_role("button", name="Kirim balasan").dblclick()
    expect(page.locator("article.post", has_text=text)).to_have_count(1)
    page.reload()
    expect(page.locator("article.post", has_text=text)).to_have_count(1)


def test_a_form_sent_again_makes_no_second_post(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member)
    page = writer.open(site.seed["wide"]["url"])
    text = "Dikirim lagi karena jawabannya tidak sampai."
    form = {name: page.locator(f"#balas [name={name}]").input_value() for name in ("csrf_token", "ke", "key")}
    answers = [
        writer.context.request.post(page.url.split("?")[0] + "/balas", form={**form, "body": text}) for _ in "ab"
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].url == answers[1].url
    page.goto(answers[1].url)
    expect(page.locator("article.post", has_text=text)).to_have_count(1)


def test_the_preview_is_what_is_stored(visitor: NewVisitor, member: str) -> None:
    writer = visitor(member)
    page = writer.open("/diskusi/baru?papan=kesehatan")
    page.get_by_label("Judul").fill("Segala bentuk tulisan dalam satu kiriman")
    write(page, EVERYTHING)
    page.get_by_role("tab", name="Pratinjau").click()
    expect(page.locator(".preview table")).to_be_visible()
    shown = page.locator(".preview > .prose").inner_html()
    writer.shot("penyusun-pratinjau")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("textarea[name=body]")).to_be_visible()
    page.get_by_role("button", name="Kirim", exact=True).click()
    stored = page.locator(".post.opening > .prose")
    expect(stored.locator("table")).to_be_visible()
    reachable = ' tabindex="0"'  # given to what is too wide for its place
    assert stored.inner_html().replace(reachable, "") == shown.replace(reachable, "")


PASTE = """([html, text]) => {
  const data = new DataTransfer();
  if (html) data.setData('text/html', html);
  data.setData('text/plain', text);
  const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector('textarea[name=body]').dispatchEvent(event);
}"""
CELLS = "<table><tr><td>Kelurahan</td><td>Aduan</td></tr><tr><td>Tomuan</td><td>12</td></tr></table>"


@pytest.mark.parametrize("html", [CELLS, ""], ids=["html", "tab"])
def test_cells_of_a_spreadsheet_become_a_table(visitor: NewVisitor, member: str, html: str) -> None:
    writer = visitor(member)
    page = writer.open("/diskusi/baru")
    write(page, "")
    page.evaluate(PASTE, [html, "Kelurahan\tAduan\nTomuan\t12\n"])
    expect(page.locator("textarea[name=body]")).to_have_value(
        re.compile(r"\|\s*Kelurahan\s*\|\s*Aduan\s*\|\n\|[\s|:-]+\|\n\|\s*Tomuan")
    )
    page.get_by_role("tab", name="Pratinjau").click()
    expect(page.locator(".preview table th").first).to_have_text("Kelurahan")
    expect(page.locator(".preview table td").first).to_have_text("Tomuan")


def test_names_are_completed(visitor: NewVisitor, member: str) -> None:
    writer = visitor(member)
    page = writer.open("/diskusi/baru")
    write(page, "")
    area = page.locator("textarea[name=body]")
    area.press_sequentially("Mohon bantuan @kur")
    with page.expect_response(re.compile("q=kura$")):
        area.press_sequentially("a")
    option = page.locator("[role=listbox] [role=option]")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("@kurator")
    expect(option).to_have_attribute("aria-selected", "true")
    writer.fits()
    area.press("Enter")
    expect(area).to_have_value(re.compile(r"^Mohon bantuan @kurator\s?$"))
    expect(page.get_by_role("listbox")).to_have_count(0)
    area.press_sequentially(" dan @zzz-tidak-ada")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_tools_change_what_is_chosen(visitor: NewVisitor, member: str, width: int) -> None:
    writer = visitor(member, width=width)
    page = writer.open("/diskusi/baru")
    area = page.locator("textarea[name=body]")
    for name, result in {
        "Tebal": "**kata**",
        "Miring": "_kata_",
        "Tautan": "[kata](url)",
        "Kutipan": "> kata",
        "Daftar butir": "- kata",
        "Daftar bernomor": "1. kata",
    }.items():
        write(page, "kata")
        area.select_text()
        page.get_by_role("button", name=name).click()
        expect(area).to_have_value(re.compile(rf"^{re.escape(result)}\n?$"))
    write(page, "")
    page.get_by_role("button", name="Sebut seseorang").click()
    expect(area).to_have_value("@")


def test_ctrl_enter_sends(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member)
    page = writer.open(site.seed["wide"]["url"])
    write(page, "Dikirim dengan dua tombol papan ketik.")
    page.locator("textarea[name=body]").press("Control+Enter")
    expect(page.locator("article.post", has_text="Dikirim dengan dua tombol")).to_have_count(1)


def test_a_passage_is_quoted(visitor: NewVisitor, site: Site, member: str) -> None:
    writer = visitor(member)
    page = writer.open(site.seed["wide"]["url"])
    post = site.seed["wide"]["branches"][1]
    page.locator(f"#p-{post} .prose p").select_text()
    page.get_by_role("button", name="Kutip", exact=True).click()
    area = page.locator("#balas textarea[name=body]")
    expect(area).to_have_value(re.compile(r"> Balasan langsung nomor 2 di percakapan ini\."))
    expect(page.locator("#balas [name=ke]")).to_have_value(str(post))
    area.press_sequentially("Setuju dengan bagian itu.")
    page.get_by_role("button", name="Kirim balasan").click()
    expect(
        page.locator("article.post", has_text="Setuju dengan bagian itu.").last.locator("blockquote")
    ).to_be_visible()


def test_the_form_moves_to_the_post_that_is_answered(visitor: NewVisitor, site: Site, member: str, width: int) -> None:
    writer = visitor(member, width=width)
    page = writer.open(site.seed["wide"]["url"])
    first, second = (page.locator(f"#p-{n}") for n in site.seed["wide"]["branches"][2:4])
    form = page.locator("#balas")
    first.get_by_role("link", name="Balas", exact=True).click()
    expect(page.locator(f"#p-{site.seed['wide']['branches'][2]} + #balas")).to_be_visible()
    expect(form.get_by_role("heading")).to_contain_text("Membalas")
    expect(form.locator("textarea")).to_be_focused()
    expect(form).to_be_in_viewport()
    writer.looked()
    writer.shot("balas-di-tempat", full=False)
    text = f"Teks ikut berpindah bersama formulirnya ({width})."
    form.locator("textarea").fill(text)
    second.get_by_role("link", name="Balas", exact=True).click()
    expect(form.locator("[name=ke]")).to_have_value(str(site.seed["wide"]["branches"][3]))
    expect(form.locator("textarea")).to_have_value(text)
    form.get_by_role("button", name="Batal").click()
    expect(form.get_by_role("heading")).to_have_text("Tulis balasan")
    second.get_by_role("link", name="Balas", exact=True).click()
    form.get_by_role("button", name="Kirim balasan").click()
    new = page.locator("article.post", has_text=text)
    expect(new).to_have_count(1)
    expect(page.locator(f"li:has(> #p-{site.seed['wide']['branches'][3]}) .children").locator(new)).to_be_visible()


def test_the_template_of_a_board_gives_way_but_never_to_ones_own_words(visitor: NewVisitor, member: str) -> None:
    writer = visitor(member)
    page = writer.open("/diskusi/baru")
    area, board = page.locator("textarea[name=body]"), page.get_by_label("Papan tujuan")
    board.select_option("kesehatan")
    expect(area).to_have_value(re.compile("Situasi"))
    board.select_option("belajar-evaluasi")
    expect(area).to_have_value("")
    write(page, "Kata-kata saya sendiri.")
    board.select_option("kesehatan")
    expect(area).to_have_value("Kata-kata saya sendiri.")


def test_faults_are_named_and_nothing_is_lost(visitor: NewVisitor, member: str, width: int, js: bool) -> None:
    writer = visitor(member, width=width, js=js)
    writer.expects("status of 422")
    page = writer.open("/diskusi/baru")
    page.get_by_label("Judul").fill("Pendek")
    page.locator("textarea[name=body]").fill("Isi yang cukup panjang untuk sebuah pertanyaan.")
    page.get_by_label(re.compile("^Tag")).fill("satu, dua")
    page.get_by_role("button", name="Kirim", exact=True).click()
    faults = page.get_by_role("alert")
    expect(faults).to_contain_text("Ada yang perlu diperbaiki")
    expect(page).to_have_title(re.compile("^Galat: "))
    expect(page.get_by_label("Judul")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("textarea[name=body]")).to_have_value("Isi yang cukup panjang untuk sebuah pertanyaan.")
    expect(page.get_by_label(re.compile("^Tag"))).to_have_value("satu, dua")
    writer.looked()
    writer.shot(f"penyusun-galat{'' if js else '-tanpa-js'}")
    if js:
        expect(faults).to_be_focused()
    faults.get_by_role("link").first.click()
    expect(page.get_by_label("Judul")).to_be_focused()


def test_a_thread_locked_while_writing_keeps_the_text(visitor: NewVisitor, member: str, js: bool) -> None:
    writer, curator = visitor(member, js=js), visitor("kurator")
    writer.expects("status of 403")
    page = writer.open("/diskusi/baru?papan=belajar-evaluasi")
    title = "Akan dikunci sementara orang menulis" if js else "Segera ditutup ketika balasan disiapkan"
    page.get_by_label("Judul").fill(title)
    page.locator("textarea[name=body]").fill("Isi diskusi yang sebentar lagi dikunci.")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page).to_have_url(re.compile(r"/diskusi/\d+-"))
    page.wait_for_load_state()
    page.locator("textarea[name=body]").fill(TEXT)
    address = page.url
    curator.open(address)
    curator.page.get_by_text("Atur diskusi").click()
    curator.page.get_by_role("link", name="Kunci").click()
    curator.page.get_by_label("Alasan").fill("Sudah ada aturan baru")
    curator.page.get_by_role("button", name="Kunci diskusi").click()
    expect(curator.page.locator("main")).to_contain_text("Sudah ada aturan baru")
    curator.looked()
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.get_by_text("dikunci").first).to_be_visible()
    expect(page.locator("textarea")).to_have_value(TEXT)
    writer.looked()


def test_a_phone_has_seven_tools_in_one_row(visitor: NewVisitor, member: str) -> None:
    writer = visitor(member, width=360)
    page = writer.open("/diskusi/baru")
    boxes = [tool.bounding_box() for tool in page.locator("markdown-toolbar button").all()]
    assert len(boxes) == 7
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert all(box and box["width"] >= 40 and box["height"] >= 40 for box in boxes), boxes
