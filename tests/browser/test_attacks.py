"""Nothing that people write is ever run: every attack, on every page that shows it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.attacks import attacks
from tests.browser.conftest import NewVisitor, Site
from tests.browser.seed import ATTACKS_PER_POST
from tests.browser.visitor import Visitor

# Everything an attack might wait for, on everything that the page shows.
PROVOKE = """() => {
  for (const element of document.querySelectorAll('main *, aside *')) {
    if (element.closest('form, [form], nav, details.menu') || element.matches('button, summary')) continue;
    for (const name of ['mouseover', 'mouseenter', 'focus', 'toggle', 'animationstart', 'error', 'load', 'beforeinput']) {
      element.dispatchEvent(new Event(name));
    }
  }
}"""
# Elements, attributes and addresses that no text may make.
TRACES = """() => {
  const traces = [];
  for (const script of document.querySelectorAll('script')) if (!script.nonce) traces.push(script.outerHTML);
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const ours = name === 'style' && element.matches('.preview'); // set by our script
      if (name.startsWith('on') || name === 'srcdoc' || (name === 'style' && !ours)) traces.push(`${element.tagName} ${name}=${value}`);
    }
  }
  const never = ['iframe', 'object', 'embed', 'applet', 'base', 'link', 'meta', 'style', 'math', 'svg:not(.i)', 'frameset',
    'audio', 'video', 'marquee', 'template', 'noscript', 'dialog'];
  for (const element of document.querySelectorAll(`main :is(${never})`)) traces.push(element.outerHTML.slice(0, 200));
  for (const link of document.querySelectorAll('a[href], form[action], [formaction]')) {
    const address = link.getAttribute('href') ?? link.getAttribute('formaction') ?? link.getAttribute('action');
    if (!/^(https?:|mailto:)$/.test(new URL(address, location.href).protocol)) traces.push(address);
  }
  return traces;
}"""


def look(curator: Visitor, path: str = "") -> Page:
    page = curator.open(path) if path else curator.page
    page.evaluate(PROVOKE)
    assert page.evaluate("window.hits") == [], page.url
    assert page.evaluate(TRACES) == [], page.url
    return page


def watchful(visitor: NewVisitor) -> Visitor:
    curator = visitor("kurator")

    def dialog(box: object) -> None:
        curator.faults.append("a dialog came up")
        box.dismiss()  # type: ignore[attr-defined]

    curator.page.on("dialog", dialog)
    return curator


def test_there_are_many() -> None:
    assert len(attacks()) >= 60


def test_nothing_runs_where_posts_are_shown(visitor: NewVisitor, site: Site) -> None:
    curator = watchful(visitor)
    hostile = site.seed["hostile"]
    for thread, post in zip(hostile["threads"], hostile["posts"], strict=True):
        page = look(curator, thread)
        assert page.locator("article.post").count() >= 2
        look(curator, f"{thread}?tampilan=datar")
        look(curator, f"/kiriman/{post}/riwayat")
    assert page.evaluate("location.pathname") == f"/kiriman/{post}/riwayat"


def test_nothing_runs_in_lists_forms_and_drafts(visitor: NewVisitor, site: Site) -> None:
    curator = watchful(visitor)
    hostile = site.seed["hostile"]
    paths = ["/", "/diskusi", "/papan/ruang-kurator", "/draf", "/diskusi?daftar=saya"]
    paths += [f"/profil/kurator?tab={tab}" for tab in ("diskusi", "balasan", "solusi")]
    paths += [f"/kiriman/{post}/{act}" for post in hostile["posts"][:6] for act in ("sunting", "hapus")]
    paths += [f"{thread}/{act}" for thread in hostile["threads"][:6] for act in ("balas", "ringkasan", "kunci")]
    for path in paths:
        look(curator, path)
    tags = curator.open(hostile["threads"][0]).locator(".tags a.tag")
    if tags.count():
        look(curator, str(tags.first.get_attribute("href")))


def test_nothing_runs_in_the_preview(visitor: NewVisitor) -> None:
    curator = watchful(visitor)
    page = curator.open("/diskusi/baru")
    page.locator("textarea[name=body]").focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    strings = attacks()
    for start in range(0, len(strings), ATTACKS_PER_POST):
        page.get_by_role("tab", name="Tulis").click()
        page.locator("textarea[name=body]").fill(
            "\n\n".join(strings[start : start + ATTACKS_PER_POST]) + f"\n\nnomor {start}"
        )
        page.get_by_role("tab", name="Pratinjau").click()
        expect(page.locator(".preview")).to_contain_text(f"nomor {start}")
        look(curator)


def test_nothing_runs_when_a_text_comes_back(visitor: NewVisitor) -> None:
    """Refused, a form shows again what was typed into it."""
    curator = watchful(visitor)
    curator.expects("status of 422")
    page = curator.open("/diskusi/baru")
    for n, attack in enumerate(attacks()):
        if n % 11:
            continue
        page.get_by_label("Judul").fill(attack)
        page.locator("textarea[name=body]").fill(f"</textarea>{attack}")
        page.get_by_label(re.compile("^Tag")).fill(f'"{attack}')
        page.get_by_role("button", name="Kirim", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("textarea[name=body]")).to_have_value(f"</textarea>{attack}")
        look(curator)
