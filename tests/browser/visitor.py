"""A person at a browser: opens pages, and keeps an eye on what no page may do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from forum.demo.load import SAMPLE_PASSWORD

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts" / "browser"
PHONE, DESK, NARROWEST = 360, 1280, 320
HEIGHTS = {NARROWEST: 740, PHONE: 740, DESK: 900}

# Runs before the page's own scripts: counts what the policy refused, and gives attacks something to call.
WATCH = """
window.hits = [];
window.pwned = (n) => { window.hits.push(n); };
window.refusals = [];
addEventListener('securitypolicyviolation', (event) => {
  window.refusals.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
# What sticks out, if the page can be pushed sideways.
SIDEWAYS = """() => {
  const root = document.documentElement;
  const edge = root.clientWidth;
  if (root.scrollWidth <= edge && document.body.scrollWidth <= edge) return [];
  const inBox = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== 'visible') return true;
    }
    return false;
  };
  const right = (element) => Math.round(element.getBoundingClientRect().right);
  const wide = [...document.querySelectorAll('body *')].filter((element) => right(element) > edge && !inBox(element));
  const names = wide.slice(0, 6).map((one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute('class') ?? ''}"> ${right(one)}`);
  return [`${root.scrollWidth} in ${edge}`, ...names];
}"""
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Visitor:
    """One browser context. `faults` fills with what must not happen; leaving the block without an error checks that it is empty."""

    browser: Browser
    url: str
    width: int = DESK
    js: bool = True
    dark: bool = False
    username: str = ""
    storage: Any = None
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Visitor:
        phone = self.width < 600
        self.context: BrowserContext = self.browser.new_context(
            base_url=self.url,
            viewport={"width": self.width, "height": HEIGHTS[self.width]},
            java_script_enabled=self.js,
            color_scheme="dark" if self.dark else "light",
            is_mobile=phone,
            has_touch=phone,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            storage_state=self.storage,
        )
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(WATCH)
        self.context.on("page", self._watch)
        self.page = self.context.new_page()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.check()
            elif not self.page.is_closed():
                ARTIFACTS.mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=ARTIFACTS / "failed.png")
        finally:
            self.context.close()

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script fault: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(
                f"console {message.type} on {self.page.url}: {message.text} ({message.location.get('url')})"
            )

    def expects(self, pattern: str) -> None:
        """Say that a fault that matches `pattern` is what this test is about."""
        self.expected.append(pattern)

    def check(self) -> None:
        """Nothing went wrong so far, but for what the test expects."""
        if self.js and not self.page.is_closed() and self.page.url.startswith("http"):
            self.faults += [f"policy: {refusal}" for refusal in self.page.evaluate("window.refusals ?? []")]
        unexpected = [fault for fault in self.faults if not any(re.search(one, fault) for one in self.expected)]
        assert not unexpected, "\n".join(unexpected)

    def open(self, path: str) -> Page:
        """Go to `path`; the page is checked like every page visited."""
        self.page.goto(path)
        return self.looked()

    def looked(self, page: Page | None = None) -> Page:
        """The page as it is now, after checking that it fits its screen (and, on a phone, the narrowest one)."""
        page = page or self.page
        if self.js:
            page.wait_for_load_state("load")
            self.faults += [f"policy: {one}" for one in page.evaluate("window.refusals.splice(0)")]
        self.fits(page)
        if self.width == PHONE:
            page.set_viewport_size({"width": NARROWEST, "height": HEIGHTS[NARROWEST]})
            self.fits(page)
            page.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
        path = urlsplit(page.url).path
        self.seen[path] = self.seen.get(path, 0) + 1
        return page

    def fits(self, page: Page | None = None) -> None:
        page = page or self.page
        page.wait_for_load_state("load")
        sticking_out = page.evaluate(SIDEWAYS)
        assert not sticking_out, f"{page.url} scrolls sideways: {sticking_out}"

    def shot(self, name: str, *, full: bool = True) -> None:
        """Keep a picture in artifacts/browser."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        theme = "-gelap" if self.dark else ""
        self.page.screenshot(path=ARTIFACTS / f"{name}-{self.width}{theme}.png", full_page=full, animations="disabled")

    def press(self, name: str, *, role: str = "button", within: Locator | None = None) -> None:
        """Press the button (or link) called `name`; where there are several, the first."""
        (within or self.page).get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def sign_in(self, username: str, password: str = SAMPLE_PASSWORD) -> None:
        """Through the form, as people do."""
        self.page.goto("/masuk")
        self.looked()
        sign_in_on(self.page, username, password)
        self.username = username

    def post(self, path: str, form_at: str = "/", **fields: str) -> Any:
        """Send a form without its page."""
        token = CSRF.search(self.context.request.get(form_at).text())
        assert token, f"{form_at} has no form"
        return self.context.request.post(path, form={"csrf_token": token[1], **fields})


def sign_in_on(page: Page, username: str, password: str = SAMPLE_PASSWORD) -> None:
    """Fill in and send the sign-in form that `page` shows."""
    page.get_by_label("NIP, surel, atau nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk").click()
    expect(page).not_to_have_url(re.compile("/masuk"))
