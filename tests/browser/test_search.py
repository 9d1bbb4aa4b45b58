"""The search as a colleague at a counter meets it: everyday words lead to what solved the problem, and asking twice is caught early."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor
from tests.browser.visitor import PHONE, Visitor

# Slang and a slip, slang and an old name, an old name and a slip; and the title that solved it.
JOURNEYS = (
    ("selokan mampettt tiap ujan", "Parit tersumbat, setiap hujan jalan tergenang"),
    ("ortu protes hsl ppdb zonasi", "Orang tua protes hasil SPMB: rumah dekat sekolah tapi tidak lolos jalur domisili"),
    ("imb dikembalikan truss di simbgg", "Permohonan PBG rumah tinggal berkali-kali dikembalikan di SIMBG"),
)


def search(visitor: Visitor, text: str) -> Page:
    """Type into the field that stands on every page."""
    page = visitor.open("/")
    field = page.locator("form.find input[name=q]").first  # its role changes when the script has come
    field.fill(text)
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/cari\?q="))
    return visitor.looked()


def open_the_first(reader: Visitor, page: Page, title: str) -> None:
    page.locator(".hits .hit").nth(0).get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    reader.fits()


@pytest.mark.parametrize(("words", "title"), JOURNEYS)
def test_everyday_words_lead_to_the_thread(visitor: NewVisitor, member: str, words: str, title: str) -> None:
    reader = visitor(member)
    open_the_first(reader, search(reader, words), title)


def test_on_a_phone_without_scripts_too(visitor: NewVisitor, member: str) -> None:
    words, title = JOURNEYS[0]
    reader = visitor(member, width=PHONE, js=False)
    open_the_first(reader, search(reader, words), title)


def test_a_title_that_was_asked_before_brings_up_the_original(visitor: NewVisitor, member: str) -> None:
    page = visitor(member).open("/diskusi/baru")
    page.get_by_label("Judul").fill("Lampu jalan di gang mati berminggu-minggu, PLN dan dinas saling lempar")
    original = page.locator("[data-similar]").get_by_role("link", name=re.compile("^Lampu jalan gang padam"))
    expect(original).to_be_visible()
    with page.context.expect_page() as opened:
        original.click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Lampu jalan gang padam berminggu-minggu")
    expect(page.get_by_label("Judul")).to_have_value(re.compile("^Lampu jalan di gang mati"))


def test_keys_lead_from_a_word_to_a_thread(visitor: NewVisitor, member: str) -> None:
    page = visitor(member).open("/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Cari").first
    expect(field).to_be_focused()
    page.keyboard.type("blangko")
    offered = page.get_by_role("option", name=re.compile("^Blangko KTP-el habis"))
    expect(offered).to_be_visible()
    page.keyboard.press("ArrowDown")
    while offered.get_attribute("aria-selected") != "true":
        before = field.get_attribute("aria-activedescendant")
        page.keyboard.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") not in (None, before), "the arrows do not reach it"
    expect(field).to_have_value("blangko")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Blangko KTP-el habis")


def test_escape_closes_the_list_and_enter_alone_searches(visitor: NewVisitor, member: str) -> None:
    reader = visitor(member)
    page = reader.open("/")
    page.keyboard.press("/")
    page.keyboard.type("parkir")
    listed = page.get_by_role("listbox").first
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cari\?q=parkir$"))
    expect(page.locator(".hits .hit").first).to_be_visible()
    reader.looked()
