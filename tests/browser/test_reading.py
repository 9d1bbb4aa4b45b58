"""Reading: permalinks, collapsing, more replies, keys, what counts as read, theme and language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor, Site
from tests.browser.seed import MANY_CHILDREN


@pytest.mark.parametrize("place", ["third page", "nested"])
def test_a_permalink_leads_to_its_post(visitor: NewVisitor, site: Site, width: int, js: bool, place: str) -> None:
    reader = visitor("pegawai", width=width, js=js)
    wide, deep = site.seed["wide"], site.seed["deep"]
    url, post = (wide["url"], wide["branches"][44]) if place == "third page" else (deep["url"], deep["posts"][5])
    page = reader.open(f"{url}?balasan={post}#p-{post}")
    target = page.locator(f"#p-{post}")
    expect(target).to_be_in_viewport()
    expect(target).to_have_class(re.compile("is-target"))
    marked = target.evaluate(
        "(post) => { const s = getComputedStyle(post); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
    )
    assert marked, "the post one was led to looks like any other"
    header = page.locator("header.top").evaluate(
        "(bar) => ['fixed', 'sticky'].includes(getComputedStyle(bar).position) ? bar.offsetHeight : 0"
    )
    box = target.bounding_box()
    assert box
    assert box["y"] >= header - 1, "the post hides under the header"
    reader.shot(f"tautan-{'halaman-3' if place == 'third page' else 'dalam'}{'' if js else '-tanpa-js'}", full=False)


def test_every_post_of_a_deep_branch_can_be_reached(visitor: NewVisitor, site: Site, width: int) -> None:
    reader = visitor("pegawai", width=width, js=False)
    deep = site.seed["deep"]
    page = reader.open(deep["url"])
    onward = page.get_by_role("link", name=re.compile("Lanjutkan diskusi"))
    expect(onward).to_be_visible()
    text = page.locator(".post .prose").last.bounding_box()
    assert text
    assert text["width"] >= (270 if width == 360 else 500), f"the deepest post is {text['width']} px wide"
    onward.click()
    reader.looked()
    expect(page.locator(f"#p-{deep['posts'][-1]}")).to_be_visible()
    expect(page.get_by_role("list", name="Kiriman di atasnya")).to_be_visible()
    page.goto(f"{deep['url']}?balasan={deep['posts'][-1]}#p-{deep['posts'][-1]}")
    expect(page.locator(f"#p-{deep['posts'][-1]}")).to_be_in_viewport()
    reader.looked()


def test_replies_collapse(visitor: NewVisitor, site: Site, js: bool) -> None:
    reader = visitor("pegawai", width=360, js=js)
    page = reader.open(site.seed["wide"]["url"])
    child = page.locator(f"#p-{site.seed['wide']['children'][0]}")
    expect(child).to_be_visible()
    summary = page.locator("details.children > summary").first
    box = summary.bounding_box()
    assert box
    assert box["height"] >= 44
    summary.click()
    expect(child).to_be_hidden()
    summary.click()
    expect(child).to_be_visible()


def test_a_closed_branch_opens_for_its_permalink(visitor: NewVisitor, site: Site) -> None:
    reader = visitor("pegawai")
    page = reader.open(site.seed["wide"]["url"])
    child = site.seed["wide"]["children"][0]
    page.locator("details.children > summary").first.click()
    page.evaluate(f"location.hash = 'p-{child}'")
    expect(page.locator(f"#p-{child}")).to_be_in_viewport()


def test_more_replies_come_in_place_or_on_their_page(visitor: NewVisitor, site: Site, width: int, js: bool) -> None:
    reader = visitor("pegawai", width=width, js=js)
    wide = site.seed["wide"]
    page = reader.open(wide["url"])
    last = page.locator(f"#p-{wide['children'][-1]}")
    expect(last).to_have_count(0)
    page.get_by_role("link", name=f"{MANY_CHILDREN - 3} balasan lagi").click()
    expect(last).to_be_visible()
    for child in wide["children"]:
        expect(page.locator(f"#p-{child}")).to_have_count(1)
    assert ("/cabang/" in page.url) is not js
    reader.looked()
    if js:
        expect(page.locator(f"#p-{wide['children'][3]}")).to_be_focused()
        page.locator(f"#p-{wide['children'][-1]}").get_by_role("link", name="Balas", exact=True).click()
        expect(page.locator(f"#p-{wide['children'][-1]} + #balas")).to_be_visible()


def test_pages_of_branches(visitor: NewVisitor, site: Site, width: int, js: bool) -> None:
    reader = visitor("pegawai", width=width, js=js)
    wide = site.seed["wide"]
    page = reader.open(wide["url"])
    pages = page.get_by_role("navigation", name="Halaman")
    expect(pages.locator("[aria-current=page]")).to_contain_text("1")
    pages.get_by_role("link", name="Halaman berikutnya").click()
    expect(page.locator(f"#p-{wide['branches'][20]}")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Kiriman pembuka"))).to_be_visible()
    reader.looked()


def test_keys_move_and_act(visitor: NewVisitor, site: Site) -> None:
    reader = visitor("pegawai")
    wide = site.seed["wide"]
    page = reader.open(wide["url"])
    for _ in range(2):
        page.keyboard.press("j")
    expect(page.locator(f"#p-{wide['branches'][0]}")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(f"#p-{wide['children'][0]}")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(f"#p-{wide['branches'][0]}")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#balas textarea")).to_be_focused()
    expect(page.locator("#balas [name=ke]")).to_have_value(str(wide["branches"][0]))
    page.keyboard.type("jk?g")
    expect(page.locator("#balas textarea")).to_have_value("jk?g")
    page.locator("#balas textarea").fill("")
    page.get_by_role("button", name="Batal").click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Pintasan papan ketik")
    expect(dialog).to_be_visible()
    reader.shot("pintasan", full=False)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/papan$"))
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile(r":\d+/$"))
    page.keyboard.press("j")
    expect(page.locator(".row h3 a").first).to_be_focused()


def test_keys_can_be_switched_off(visitor: NewVisitor, site: Site, member: str) -> None:
    reader = visitor(member)
    page = reader.open("/akun")
    page.get_by_label("Pakai pintasan papan ketik").uncheck()
    page.get_by_role("button", name="Simpan pengaturan").click()
    expect(page.locator("html")).to_have_attribute("data-shortcuts", "off")
    reader.open(site.seed["wide"]["url"])
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("article.post:focus")).to_have_count(0)


def test_reading_is_noted_after_some_seconds_never_by_opening(visitor: NewVisitor, site: Site, member: str) -> None:
    without = visitor(member, js=False)
    without.open(site.seed["wide"]["url"])
    page = without.open("/diskusi")
    row = page.locator(".row", has_text="Percakapan yang sangat lebar")
    expect(row).to_contain_text(re.compile("Baru|belum dibaca"))

    reader = visitor(member)
    reader.page.clock.install()
    reader.open(site.seed["wide"]["url"])
    with reader.page.expect_response(re.compile("/dibaca$")) as answer:
        reader.page.clock.fast_forward(3_500)
    assert answer.value.ok
    page.reload()
    expect(row).not_to_contain_text("Baru:")
    expect(row).to_contain_text("belum dibaca")
    row.get_by_role("link", name=re.compile("belum dibaca")).click()
    expect(page.locator(".post.is-target")).to_be_in_viewport()
    without.looked()


def test_everything_marked_as_read(visitor: NewVisitor, member: str, js: bool) -> None:
    reader = visitor(member, js=js)
    page = reader.open("/diskusi")
    expect(page.locator(".row.unread").first).to_be_visible()
    page.get_by_role("button", name="Tandai semua sudah dibaca").click()
    # The next page first: while it is still empty, it has no unread row either.
    expect(page.get_by_text("Semua diskusi ditandai sudah dibaca.").first).to_be_visible()
    expect(page.locator(".row.unread")).to_have_count(0)
    reader.looked()


def test_theme_and_language(visitor: NewVisitor, member: str, js: bool) -> None:
    reader = visitor(member, js=js)
    page = reader.open("/akun")
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_label("Gelap", exact=True).check()
    page.get_by_label("English").check()
    page.get_by_role("button", name="Simpan pengaturan").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != background
    reader.open("/")
    expect(page.get_by_role("link", name="Ask a question").first).to_be_visible()
    reader.shot(f"gelap-inggris{'' if js else '-tanpa-js'}")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    reader.open("/akun")
    page.get_by_label("Ikuti sistem").check()
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "system")


def test_a_stranger_chooses_a_language(visitor: NewVisitor, js: bool) -> None:
    stranger = visitor(width=360, js=js)
    page = stranger.open("/masuk")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    stranger.looked()


def test_the_system_theme_is_followed(visitor: NewVisitor) -> None:
    shades = []
    for dark in (False, True):
        page = visitor("pegawai", dark=dark).open("/")
        shades.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert shades[0] != shades[1]


def test_menus_close_again(visitor: NewVisitor) -> None:
    reader = visitor("pegawai")
    page = reader.open("/")
    menu = page.locator("details.menu").first
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Pengaturan")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Pengaturan")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.get_by_role("heading", level=1).click()
    expect(menu.get_by_role("link", name="Pengaturan")).to_be_hidden()


def test_a_permalink_is_copied(visitor: NewVisitor, site: Site) -> None:
    reader = visitor("pegawai")
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.open(site.seed["wide"]["url"])
    post = site.seed["wide"]["branches"][2]
    page.locator(f"#p-{post} a[data-at]").click()
    expect(page.locator("#toasts")).to_contain_text("Tautan disalin")
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"#p-{post}")


def test_the_skip_link_leads_to_the_content(visitor: NewVisitor) -> None:
    reader = visitor("pegawai")
    page = reader.open("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Lewati ke isi utama")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#isi")).to_be_focused()
