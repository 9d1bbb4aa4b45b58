"""More than a thousand attacks in every place that shows what people write, in a real browser: none runs.

The pages are those of the application, asked for through its test client, and the browser gets them without their
Content-Security-Policy: what keeps the attacks down here is the escaping and the sanitiser alone. The last test gives them their
policy back and lets the page's own scripts take them in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from forum.accounts.models import User
from forum.core import mail, ratelimit
from forum.core.db import db
from forum.core.mail import Recipient, Server
from forum.core.ratelimit import Limit
from forum.search import indexer
from tests.browser import attack_pack, attack_rows
from tests.browser.attack_rows import ADMIN, ALL, ATTACKS, LINE, LINES, Place
from tests.browser.test_attacks import PROVOKE, TRACES
from tests.factories.accounts import sign_in
from tests.factories.forms import csrf_token, send

SITE = "http://localhost"
# Runs before anything of the page: whatever an attack calls, or has called for it, is noted.
LISTEN = """(() => {
  const hits = window.hits = [];
  window.refusals = [];
  const note = (name) => (...given) => { hits.push(`${name} ${given.join(' ').slice(0, 80)}`); };
  for (const name of ['pwned', 'alert', 'confirm', 'prompt', 'print', 'open']) window[name] = note(name);
  addEventListener('securitypolicyviolation', (event) => {
    window.refusals.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
  });
})()"""
# Attributes that text of a post may make; the rest of its elements is the sanitiser's business.
ALLOWED = {
    "href", "title", "src", "alt", "width", "height", "class", "id", "rel", "align", "colspan", "rowspan", "start", "open", "tabindex",
    "role", "aria-label", "aria-hidden", "loading", "dir", "lang", "type", "checked", "disabled", "scope",
}  # fmt: skip
ATTRIBUTES = "() => [...new Set([...document.querySelectorAll('main *')].flatMap((one) => one.getAttributeNames()))]"
NAMES = """() => [...document.querySelectorAll('main [id], main [name]')]
  .map((one) => one.id || one.getAttribute('name')).filter((name) => name && !name.startsWith('user-content-'))"""


class Watch:
    """A browser that shows answers of the application, and what happened in it."""

    def __init__(self, page: Page, client: FlaskClient, *, policy: bool) -> None:
        self.page, self.client, self.policy = page, client, policy
        self.prepared: dict[str, tuple[str, str]] = {}
        self.elsewhere: list[str] = []
        self.seen = 0
        page.route("**/*", self._answer)
        page.on("dialog", self._dialog)
        page.add_init_script(LISTEN)

    def _dialog(self, box: Any) -> None:
        if box.type == "beforeunload":  # the browser's own question about unsent text
            box.accept()
            return
        self.elsewhere.append(f"a dialog: {box.message}")
        box.dismiss()

    def _answer(self, route: Route) -> None:
        asked = route.request
        parts = urlsplit(asked.url)
        if parts.netloc != "localhost":
            self.elsewhere.append(asked.url)
            route.abort()
            return
        if parts.path in self.prepared:
            kind, body = self.prepared[parts.path]
            route.fulfill(status=200, headers={"Content-Type": kind}, body=body)
            return
        if not self.policy and asked.resource_type != "document":
            route.abort()
            return
        answer = self.client.open(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            method=asked.method,
            data=asked.post_data_buffer,
            headers={name: asked.headers[name] for name in ("content-type", "accept") if name in asked.headers},
            follow_redirects=True,
        )
        headers = dict(answer.headers)
        if not self.policy:
            headers.pop("Content-Security-Policy", None)
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())
        answer.close()

    def look(self, path: str) -> Page:
        answer = self.page.goto(SITE + path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, path
        self.check(path)
        return self.page

    def check(self, where: str) -> None:
        page = self.page
        page.evaluate(PROVOKE)
        assert page.evaluate("window.hits") == [], where
        assert page.evaluate("window.refusals") == [], where
        traces = page.evaluate(TRACES)
        if self.policy:  # which refuses styles in HTML; those that are there were set by scripts of ours
            traces = [trace for trace in traces if " style=" not in trace]
        assert traces == [], where
        assert self.elsewhere == [], where
        assert page.url.startswith(SITE + "/"), where
        self.seen += 1

    def show(self, html: str, where: str) -> Page:
        """Look at HTML that came otherwise than by asking for a page; without its icons, each of which would be asked for."""
        self.prepared["/__ini"] = ("text/html; charset=utf-8", re.sub(r'<use href="/static/[^"<>]*" */?>', "", html))
        self.page.goto(f"{SITE}/__ini", wait_until="load")
        self.check(where)
        return self.page


@pytest.fixture
def watch(app: Flask, browser: Any) -> Iterator[Any]:
    made = []

    def make(client: FlaskClient, *, policy: bool = False) -> Watch:
        context = browser.new_context()
        context.set_default_timeout(20_000)
        made.append(context)
        return Watch(context.new_page(), client, policy=policy)

    yield make
    for context in made:
        context.close()


_rendered: list[str] = []


def rendered(app: Flask) -> list[str]:
    """Every attack as `flask render` shows it; made once. What is refused is shown nowhere."""
    if not _rendered:
        lines = "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(ATTACKS))
        done = app.test_cli_runner().invoke(args=["render", "--jsonl"], input=lines)
        answers = {one["id"]: one.get("html", "") for one in map(json.loads, done.stdout.splitlines())}
        _rendered.extend(answers[n] for n in range(len(ATTACKS)))
    return _rendered


@pytest.fixture
def everything(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The attacks in the database, and lists long enough to show them all at once."""
    for module, name in (
        ("discussions.queries.lists", "PAGE"), ("discussions.queries.contributions", "PAGE"), ("discussions.queries.admin", "TAGS_PAGE"),
        ("discussions.queries.threads", "BRANCHES"), ("discussions.queries.post_rows", "BRANCHES"), ("library.queries.lists", "PAGE"),
        ("accounts.queries.directory", "PAGE"), ("search.services.searching", "PER_PAGE"), ("search.queries.gaps", "BRIEF"),
        ("search.queries.thesaurus", "PER_PAGE"), ("library.queries.desk", "MOST"), ("library.queries.paths", "MOST_READERS"),
        ("discussions.queries.people", "MAX_SUGGESTIONS"), ("library.queries.picking", "MOST"),
        ("discussions.queries.boards", "POPULAR_TAGS"),
    ):  # fmt: skip
        monkeypatch.setattr(f"forum.{module}.{name}", 5000)
    for name, limit in vars(ratelimit).copy().items():
        if isinstance(limit, Limit):
            monkeypatch.setattr(ratelimit, name, Limit(limit.name, 10**6, limit.seconds))
    html = rendered(app)
    attack_rows.people("")
    place = attack_rows.library(attack_rows.discussions(html), html)
    attack_rows.searches()
    return place


def signed_in(app: Flask, user: int = ADMIN) -> FlaskClient:
    client = app.test_client()
    sign_in(client, db.session.get_one(User, user))
    return client


def test_the_pack_is_large_and_the_one_that_its_generator_makes() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 1000
    assert set(attack_pack.attacks()) <= set(ATTACKS), (
        "python -m tests.browser.attack_pack makes others: add them to the file"
    )


def test_the_watch_sees_what_runs(app: Flask, watch: Any) -> None:
    """The same page with the attacks as they are: most of them run, so what is silent below is silent for a reason."""
    client = app.test_client()
    seen = watch(client)
    for n, attack in enumerate(ATTACKS[:72]):
        seen.prepared[f"/__{n}"] = ("text/html; charset=utf-8", f"<!doctype html><main>{attack}</main>")
    hits = 0
    for n in range(0, 72, 2):
        seen.page.goto(f"{SITE}/__{n}", wait_until="domcontentloaded")
        if not seen.page.url.startswith(f"{SITE}/__{n}"):
            hits += 1
            continue
        seen.page.wait_for_timeout(20)
        hits += bool(seen.page.evaluate(f"({PROVOKE})(), hits.length + ({TRACES})().length") or seen.elsewhere)
        seen.elsewhere.clear()
    assert hits >= 34


def test_nothing_of_a_rendered_text_runs(app: Flask, watch: Any) -> None:
    """The output of `flask render`, which is the HTML that posts, previews, guides, summaries and mail are made of."""
    seen = watch(app.test_client())
    html = rendered(app)
    assert len(html) == len(ATTACKS)
    for start in range(0, len(html), 200):
        page = seen.show(f"<!doctype html><main>{''.join(html[start : start + 200])}</main>", f"rendered from {start}")
        assert set(page.evaluate(ATTRIBUTES)) <= ALLOWED
        assert page.evaluate(NAMES) == []
        assert page.locator("main").count() == 1
    text = seen.show(f"<!doctype html><main>{''.join(html)}</main>", "all").locator("main").inner_text()
    assert "{{7*7}}" in text
    assert "49" not in re.findall(r"\b49\b(?!\))", text.replace("pwned(49)", ""))


LISTS = (
    "/", "/diskusi", f"/papan/papan-{ALL}", f"/tag/tag-{ALL}", "/papan", f"/profil/orang{ALL}",
    f"/profil/orang{ALL}?tab=balasan", f"/profil/orang{ALL}?tab=solusi", "/draf", "/panduan", f"/panduan/panduan-{ALL}",
    f"/panduan/panduan-{ALL}/riwayat", f"/panduan/panduan-{ALL}/serupa", f"/jalur/jalur-{ALL}", f"/jalur/jalur-{ALL}/sunting",
    f"/jalur/jalur-{ALL}/pembaca", "/jalur/baru", "/panduan/baru", f"/panduan/{ALL}/laporkan", f"/panduan/{ALL}/atur",
    f"/panduan/{ALL}/hapus-teks", "/moderasi/panduan", f"/panduan/dari-diskusi/{ALL}", "/moderasi/pencarian?hari=90",
    "/moderasi/tesaurus", f"/moderasi/tesaurus/{ALL}", "/moderasi/tesaurus/baru", "/admin",
    "/admin/pengguna", f"/admin/pengguna/orang{ALL}", "/admin/pengguna/baru", "/admin/perangkat-daerah",
    f"/admin/perangkat-daerah/unit-{ALL}", "/admin/papan", f"/admin/papan/papan-{ALL}", "/admin/tag", f"/admin/tag/tag-{ALL}", "/akun",
)  # fmt: skip


def test_nothing_runs_in_lists_and_forms(app: Flask, watch: Any, everything: Place) -> None:
    client = signed_in(app)
    indexer.rebuild()
    seen = watch(client)
    paths = [*LISTS, f"/naskah/{everything.draft}", f"/tinjau/{everything.pending}", f"/diskusi/baru?papan=papan-{ALL}"]
    for path in paths:
        seen.look(path)
    own = watch(signed_in(app, ALL))
    for path in ("/", f"/profil/orang{ALL}", "/akun", f"/diskusi/{ALL}-judul-{ALL}?tampilan=datar"):
        own.look(path)
    for path, place in (
        ("/diskusi", "h3 a"),
        ("/papan", "h2 a"),
        ("/admin/pengguna", "a"),
        ("/admin/perangkat-daerah", "a"),
    ):
        page = seen.look(path)
        shown = {bare(text) for text in page.locator("main").first.locator(place).all_text_contents()}
        missing = {bare(attack) for attack in ATTACKS} - shown
        assert missing == set(), path


def bare(text: str) -> str:
    """Without what HTML does not keep: NUL, and the difference between sorts of white space."""
    return re.sub(r"[\s\x00\ufffd]+", "", text)


def test_nothing_runs_in_threads_diffs_and_what_is_done_with_posts(app: Flask, watch: Any, everything: Place) -> None:
    seen = watch(signed_in(app))
    thread = f"/diskusi/{ALL}-judul-{ALL}"
    assert seen.look(thread).locator("article.post").count() > 1000
    for act in ("?tampilan=datar", f"/cabang/{ALL + 1}", f"/balas?ke={ALL + 9}", "/ringkasan", "/kunci", "/pindah"):
        seen.look(thread + act)
    for act in ("riwayat", "sunting", "hapus"):
        seen.look(f"/kiriman/{everything.edited}/{act}")
    assert seen.look(f"/kiriman/{everything.edited}/riwayat").locator(".diff").count() >= 1
    for n in range(1, 1100, 60):
        seen.look(f"/diskusi/{n}-judul-{n}")


def main_of(page: str) -> str:
    """What a page shows, cut out of its text: an attack that ends the element early is not cut away."""
    return page[page.index("<main") : page.rindex("</main>")] + "</main>"


def together(texts: list[str], length: int) -> Iterator[str]:
    """The texts, as many in one as go into `length` characters."""
    group = ""
    for text in texts:
        if group and len(group) + len(text) >= length:
            yield group
            group = ""
        group = f"{group} {text}".strip()
    yield group


def test_nothing_runs_in_searches(app: Flask, watch: Any, everything: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(app)
    indexer.rebuild()
    seen = watch(client)
    for query in ("pwned", "klik", "evil example", "script", "onerror"):
        page = seen.look(f"/cari?q={query}")
        assert page.locator(".hit").count() >= 10, query
    found = client.get("/cari?q=pwnde").get_data(as_text=True)
    assert "pwned" in found  # "did you mean"
    seen.look("/cari?q=pwnde")
    monkeypatch.setattr("forum.search.services.searching.PER_PAGE", 2)  # from here on it is about what was typed
    echoes, similar, offered = [], [], []
    for n, query in enumerate(together(ATTACKS, 180)):
        answer = client.get(f"/cari?q={quote(query)}")
        assert answer.status_code == 200, query
        echoes.append(main_of(answer.get_data(as_text=True)))
        if n % 4 == 0:
            offered.append(client.get(f"/cari/saran?q={quote(query[:60])}").get_data(as_text=True))
            similar.append(client.get(f"/cari/serupa?judul={quote(query)}").get_data(as_text=True))
    for start in range(0, len(echoes), 100):
        seen.show(f"<!doctype html>{''.join(echoes[start : start + 100])}", f"echo of searches from {start}")
    for name, parts in (("suggestions", offered), ("similar titles", similar)):
        seen.show(f"<!doctype html><main>{''.join(parts)}</main>", name)


def test_what_scripts_ask_for_is_json_and_what_is_downloaded_is_no_page(app: Flask, everything: Place) -> None:
    client = signed_in(app)
    indexer.rebuild()
    for path, least in (("/sebut?q=orang", 1000), ("/panduan/pilih?q=pwned", 1)):
        answer = client.get(path)
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len(answer.json) >= least, path
        raw = answer.get_data(as_text=True)
        assert json.loads(raw) == answer.json
        assert "\u2028" not in raw
    answer = client.get(f"/panduan/panduan-{ALL}/markdown")
    assert answer.mimetype == "text/markdown"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer.headers["Content-Disposition"]


def test_nothing_runs_where_a_text_comes_back(
    app: Flask, watch: Any, everything: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app)
    seen = watch(client)
    fields = {
        "title": LINE,
        "body": LINES,
        "tags": LINE,
        "reason": LINE,
        "summary": LINE,
        "situasi": LINES,
        "langkah": LINES,
    }
    answers = {
        "refused": send(client, "/diskusi/baru", **fields, board="papan-1", kind="question", key="k" * 20),
        "guide refused": send(client, "/panduan/baru", **fields),
        "conflict": send(client, f"/kiriman/{everything.edited}/sunting", **fields, version="1"),
        "stale form": client.post("/diskusi/baru", data=fields),
        "not there": send(client, "/diskusi/999999/balas", **fields),
        "unit": send(client, "/admin/perangkat-daerah/baru", name=LINE, short_name=LINE, aliases=LINES),
        "person": send(client, "/admin/pengguna/baru", name=LINE, email=LINE, username=LINE, position=LINE, unit=LINE),
        "entry": send(client, "/moderasi/tesaurus/baru", relation="broader", head=LINE, terms=LINES, note=LINE, act="preview"),
        "sign in": send(app.test_client(), "/masuk", identifier=LINE, password=LINE, next=f"/{LINE[:800]}"),
    }  # fmt: skip
    for name, answer in answers.items():
        assert answer.status_code in (200, 400, 404, 409, 422), name
        seen.show(answer.get_data(as_text=True), name)
    previews = []
    for attack in ATTACKS[::4]:
        answer = send(client, "/pratinjau", json=True, body=attack)
        if answer.status_code == 200:
            previews.append(answer.get_data(as_text=True))
    assert len(previews) > 250
    assert "<html" not in previews[0]
    seen.show(f"<!doctype html><main>{''.join(previews)}</main>", "previews")
    for start in range(0, len(ATTACKS), 24):
        with client.session_transaction() as cookie:
            cookie["_flashes"] = [("message", " ".join(ATTACKS[start : start + 24]))]
        seen.look("/keluar")
    for attack in ATTACKS[::19]:
        path = quote(attack.replace("\\", "/"), safe="/")
        seen.show(
            client.get(f"/{path}", follow_redirects=True).get_data(as_text=True) or "<main></main>", f"no page {path}"
        )


def test_nothing_runs_in_a_mail(app: Flask, watch: Any) -> None:
    seen = watch(app.test_client())
    server = Server("mail.contoh", 25, "rembuk@contoh.go.id")
    with app.test_request_context("/"):
        for start in range(0, len(ATTACKS), 100):
            text = " ".join(ATTACKS[start : start + 100])
            values = {"site": text, "city": text, "username": text, "address": f"https://rembuk.contoh/{text}"}
            message: EmailMessage = mail.compose("welcome", Recipient("Sari", "sari@contoh.go.id"), server, **values)
            part = message.get_body(("html",))
            assert part is not None
            body = re.sub(r"(?s)<head>.*?</head>", "", part.get_content())  # which holds its own style
            seen.show(body.replace("<body", "<main", 1).replace("</body>", "</main>"), f"mail {start}")


def test_the_pages_scripts_take_nothing_in_and_their_policy_is_kept(app: Flask, watch: Any, everything: Place) -> None:
    """With policy and scripts: previews, suggested people, suggested searches, guides to cite, drafts that come back."""
    client = signed_in(app)
    indexer.rebuild()
    seen = watch(client, policy=True)
    page = seen.look(f"/diskusi/baru?papan=papan-{ALL}")
    area = page.locator("textarea[name=body]")
    area.focus()
    expect(page.locator("[data-composer][data-ready]")).to_be_attached()
    for start in range(0, len(ATTACKS), 165):
        page.get_by_role("tab", name="Tulis").click()
        some = "\n\n".join(
            attack for attack in ATTACKS[start : start + 165] if "```" not in attack and "~~~" not in attack
        )
        area.fill(f"{some[:19_000]}\n\nnomor {start}")
        page.get_by_role("tab", name="Pratinjau").click()
        expect(page.locator(".preview")).not_to_have_attribute("aria-busy", "true")
        seen.check(f"preview {start}")
    page.get_by_role("tab", name="Tulis").click()
    for typed in ("@orang1", "@orang35", "@orang9"):
        area.fill("")
        area.press_sequentially(f"Halo {typed}")
        expect(page.locator("ul.mentions li").first).to_be_visible()
        seen.check(typed)
        area.press("Escape")
    area.fill("")
    page.locator("[data-cite]").first.click()
    page.locator("dialog input[type=search]").fill("pwned")
    expect(page.locator("dialog ul button").first).to_be_visible()
    seen.check("guides to cite")
    page.locator("dialog ul button").first.click()
    seen.check("a cited guide")
    page.get_by_label("Judul").fill("pwned klik evil example script")
    page.wait_for_timeout(900)
    seen.check("similar titles")
    field = page.locator("form.find input[name=q]").first
    field.fill("pwned")
    expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    seen.check("suggested searches")
    for path in (
        "/",
        "/diskusi",
        f"/diskusi/{ALL}-judul-{ALL}",
        "/cari?q=pwned",
        f"/panduan/panduan-{ALL}",
        "/draf",
        "/admin/pengguna",
    ):
        seen.look(path)
    assert csrf_token(client)
