"""What every answer carries, and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.app import create_app
from forum.core import ratelimit
from forum.core.db import db, transaction
from forum.discussions.services import curating, reading
from forum.search import indexer
from tests.conftest import _fresh_globals, csrf_of, make_settings
from tests.factories.accounts import PASSWORD, a_member, an_admin, sign_in, viewer_for
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_chain, a_key, a_thread, plant
from tests.factories.forms import csrf_token, send, send_reply
from tests.factories.snapshot import snapshot
from tests.policy.permissions import ROLES, ROWS
from tests.web.observatory import policy_of, score
from tests.web.test_access_walk import Names, Scene

__all__ = ["cheap_argon2"]

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
}
POLICY = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
    "require-trusted-types-for": {"'script'"},
    "trusted-types": {"rembuk"},
}
COOKIES = {"sesi", "perangkat", "bahasa", "tema"}
FORBIDDEN_FEATURES = {"camera", "microphone", "geolocation", "display-capture", "payment", "usb"}


# What people uploaded: locked in, and kept by their own browser for a while.
FILES = {"attachments.file", "attachments.thumbnail"}


def check_file(answer: Any) -> None:
    assert policy_of(answer.headers["Content-Security-Policy"]) == {"sandbox": set(), "default-src": {"'none'"}}
    assert answer.headers["Cache-Control"].startswith("private, ")
    for name in FIXED.keys() - {"Cache-Control"}:
        assert answer.headers[name] == FIXED[name], name


def nonce_of(answer: Any, *, https: bool = False) -> str:
    """Checks the headers of an answer; returns its nonce."""
    for name, value in FIXED.items():
        assert answer.headers.get(name) == value, name
    policy = policy_of(answer.headers["Content-Security-Policy"])
    assert ("upgrade-insecure-requests" in policy) == https
    policy.pop("upgrade-insecure-requests", None)
    (source,) = policy.pop("script-src")
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})'", source)
    assert nonce
    assert policy == POLICY
    features = dict(part.strip().split("=") for part in answer.headers["Permissions-Policy"].split(","))
    assert set(features) >= FORBIDDEN_FEATURES
    assert set(features.values()) == {"()"}
    assert answer.headers.get("Strict-Transport-Security") == ("max-age=63072000; includeSubDomains" if https else None)
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    if "<html" in page:
        for tag in re.findall(r"<script[^>]*>", page):
            assert f'nonce="{nonce[1]}"' in tag
        assert not re.search(r"<[^>]*\s(?:on[a-z]+|style)=", page)
        assert not re.search(r"<style|javascript:|https?://(?!localhost)[^\"]*\.(?:js|css|woff2?)", page)
    for cookie in answer.headers.getlist("Set-Cookie"):
        name = cookie.partition("=")[0]
        assert name.removeprefix("__Host-") in COOKIES
        assert name.startswith("__Host-") == https
        assert ("Secure" in cookie.split("; ")) == https
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    return nonce[1]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_and_every_refusal_carries_the_headers(app: Flask, role: str) -> None:
    scene = Scene()
    names, nonces = Names(scene), []
    client = scene.client(app, role)
    for row in ROWS:
        path = row.path.format_map(names)
        answer = client.get(path) if row.method == "GET" else client.post(path, data=row.fields)
        if row.endpoint in FILES and answer.status_code == 200:
            check_file(answer)
            continue
        nonces.append(nonce_of(answer))
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("GET", "/tidak-ada", 404), ("GET", "/diskusi/1e9-x", 404), ("PUT", "/diskusi", 405), ("POST", "/dibaca", 400), ("OPTIONS", "/", 200)],
)  # fmt: skip
def test_error_pages_carry_the_headers_and_say_what_to_do(
    client: FlaskClient, method: str, url: str, status: int
) -> None:
    sign_in(client, a_member())
    answer = client.open(url, method=method)
    assert answer.status_code == status
    nonce_of(answer)
    if status == 405:
        assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def test_a_fault_of_ours_is_a_page_with_a_reference_and_no_details(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, a_member())

    def broken(*arguments: object) -> None:
        raise RuntimeError("rahasia dapur")

    monkeypatch.setattr("forum.discussions.queries.lists.home_page", broken)
    monkeypatch.setattr(app, "testing", False)
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    nonce_of(answer)
    assert re.search(r"<code>[0-9a-f]{8}</code>", page)
    assert "rahasia" not in page
    assert "Traceback" not in page


def test_a_database_that_does_not_answer_is_a_503_that_keeps_the_text(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    author = a_member()
    thread = a_thread(author, a_board())
    sign_in(client, author)

    def down(*arguments: object, **more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr("forum.discussions.services.writing.post_reply", down)
    answer = send_reply(client, thread.url, "Tulisan yang harus selamat.")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Tulisan yang harus selamat." in answer.get_data(as_text=True)
    assert "Kirim lagi" in answer.get_data(as_text=True)
    nonce_of(answer)


@pytest.fixture
def over_tls(app: Flask, tmp_path: Any) -> Iterator[Flask]:
    """The application as it is behind a TLS proxy, on the database of the other."""
    settings = make_settings(
        tmp_path,
        https=True,
        base_url="https://localhost",
        server_timing=False,
        database_url=app.config["SETTINGS"].database,
    )
    other = create_app(settings, testing=True)
    other.before_request_funcs.setdefault(None, []).insert(0, _fresh_globals)
    yield other
    with other.app_context():
        db.engine.dispose()


def test_behind_tls_every_answer_scores_an_a_plus(over_tls: Flask) -> None:
    """135 points with the highest for each header; five more where there is a page, for the hash of its script."""
    scene = Scene()
    names, scores = Names(scene), {}
    for role in ("stranger", "admin"):
        client = over_tls.test_client()
        if role == "admin":
            answer = send_over_tls(client, "/masuk", identifier="pengelola", password=PASSWORD)
            nonce_of(answer, https=True)
            assert names_of_cookies(answer) == {"__Host-sesi", "__Host-perangkat"}
        for row in ROWS:
            path = row.path.format_map(names)
            answer = client.open(path, method=row.method, base_url=TLS)
            if row.endpoint in FILES and answer.status_code == 200:
                check_file(answer)
                continue
            nonce_of(answer, https=True)
            is_page = b"<script" in answer.get_data()
            scores[f"{role} {row.method} {path} {answer.status_code}"] = score(answer) - (5 if is_page else 0)
        answer = send_over_tls(client, "/akun/tampilan", locale="en", theme="dark")
        nonce_of(answer, https=True)
        assert names_of_cookies(answer) >= {"__Host-bahasa", "__Host-tema"}
        for page in ("/masuk", "/keluar", "/tidak-ada"):
            assert '<html lang="en"' in client.get(page, base_url=TLS, follow_redirects=True).get_data(as_text=True)
    assert {name: points for name, points in scores.items() if points != 135} == {}


TLS = "https://localhost"


def send_over_tls(client: FlaskClient, url: str, **fields: str) -> Any:
    page = client.get("/keluar", base_url=TLS, follow_redirects=True).get_data(as_text=True)
    form = {"csrf_token": csrf_of(page), **fields}
    answer = client.post(url, data=form, base_url=TLS, headers={"Referer": f"{TLS}/keluar"})
    assert answer.status_code == 302
    return answer


def names_of_cookies(answer: Any) -> set[str]:
    return {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}


def test_signing_out_tells_the_browser_to_forget(client: FlaskClient) -> None:
    sign_in(client, a_member())
    answer = send(client, "/keluar")
    assert set(answer.headers["Clear-Site-Data"].split(", ")) >= {'"cache"', '"storage"'}


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"])
@pytest.mark.parametrize("path", ["/", "/masuk", "/sehat", "/robots.txt", "/static/dist/manifest.json"])
def test_methods_that_would_echo_or_tunnel_are_refused(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers={"X-Secret": "rahasia-tajuk"})
    assert answer.status_code in (401, 404, 405)
    assert "rahasia-tajuk" not in answer.get_data(as_text=True) + str(answer.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.git/HEAD", "/.env", "/instance/rembuk.env", "/instance/rembuk.sqlite", "/rembuk.env", "/wsgi.py",
        "/requirements.txt", "/forum/config.py", "/static/", "/static", "/static/dist/", "/static/root/", "/static/../wsgi.py",
        "/static/%2e%2e/wsgi.py", "/static/..%2fwsgi.py", "/static/dist/../../wsgi.py", "/static//etc/passwd", "/console",
        "/static/dist/app.css~", "/static/.DS_Store", "/server-status", "/metrics", "/debug", "/admin/.git/config",
    ],
)  # fmt: skip
def test_nothing_of_the_installation_is_served(client: FlaskClient, path: str) -> None:
    sign_in(client, an_admin())
    answer = client.get(path)
    assert answer.status_code == 404
    page = answer.get_data(as_text=True)
    assert "[core]" not in page
    assert "REMBUK_" not in page
    assert "Index of" not in page
    nonce_of(answer)


def test_over_https_the_cookie_is_locked_to_this_host_and_the_browser_stays_on_https(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    settings = make_settings(tmp_path, https=True, server_timing=False, database_url=app.config["SETTINGS"].database)
    other = create_app(settings, testing=True)
    answer = other.test_client().get("/masuk", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sesi=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Server-Timing" not in answer.headers
    with other.app_context():
        db.engine.dispose()


def test_server_timing_is_there_only_when_it_is_asked_for(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, a_member())
    assert re.fullmatch(
        r'sql;desc="\d+";dur=[\d.]+, cpu;dur=[\d.]+, app;dur=[\d.]+', client.get("/").headers["Server-Timing"]
    )
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"server_timing": False}))
    assert "Server-Timing" not in client.get("/").headers


def links_of(page: str) -> Iterator[str]:
    for url in re.findall(r'(?:href|src|action)="([^"]+)"', page):
        parts = urlsplit(url.replace("&amp;", "&"))
        if not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("/static/"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_no_page_that_an_admin_can_reach_by_links_changes_the_database(client: FlaskClient) -> None:
    scene = Scene()
    names = Names(scene)
    for row in ROWS:
        row.path.format_map(names)
    admin = scene.people["admin"]
    assert admin is not None
    deep = a_thread(scene.author, scene.board, tags="jalan")
    a_chain(scene.author, deep, 12)
    wide = a_thread(scene.author, scene.board)
    posts = plant(scene.author, wide, [None] * 45)
    by, voter, looks = viewer_for(scene.author), viewer_for(a_member()), viewer_for(admin)
    with transaction():
        reading.vote(voter, posts[3], on=True)
        curating.solve(by, posts[40], on=True)
        reading.save_draft(looks, "new", {"body": "Belum selesai"})
    sign_in(client, admin)
    indexer.rebuild()
    noted = frozenset({"user_sessions", "search_log"})  # the links to examples of searches are searches
    before = snapshot(noted)
    waiting, seen = [row.path.format_map(names) for row in ROWS if row.method == "GET"], set()
    waiting.remove("/masuk/tautan/sudah-lama")
    while waiting and len(seen) < 160:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code in (200, 301, 302, 405), f"{url}: {answer.status_code}"
        if answer.mimetype == "text/html":
            waiting += links_of(answer.get_data(as_text=True))
    assert len(seen) > 80
    assert snapshot(noted) == before


class TestRateLimits:
    def test_too_many_replies_are_told_to_wait_and_keep_their_text(self, client: FlaskClient, fixed_now: Any) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        sign_in(client, author)
        for n in range(ratelimit.WRITE.times):
            assert send_reply(client, thread.url, f"Balasan nomor {n} dari saya.").status_code == 303
        answer = send_reply(client, thread.url, "Balasan yang kelebihan.")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= ratelimit.WRITE.seconds
        assert "Balasan yang kelebihan." in page
        assert "Kirim lagi" in page
        nonce_of(answer)
        other = client.application.test_client()
        sign_in(other, an_admin())
        assert send_reply(other, thread.url).status_code == 303

    @pytest.mark.parametrize(
        ("limit", "url", "fields"),
        [
            (ratelimit.PREVIEW, "/pratinjau", {"body": "Teks"}),
            (ratelimit.DRAFT, "/draf", {"place": "new", "body": "Teks"}),
            (ratelimit.ACT, "/dibaca", {}),
        ],
    )
    def test_scripts_are_told_to_wait_in_json(
        self,
        client: FlaskClient,
        fixed_now: Any,
        monkeypatch: pytest.MonkeyPatch,
        limit: Any,
        url: str,
        fields: dict[str, str],
    ) -> None:
        for name in ("PREVIEW", "DRAFT", "ACT"):
            if getattr(ratelimit, name) == limit:
                monkeypatch.setattr(ratelimit, name, ratelimit.Limit(limit.name, 2, 60))
        sign_in(client, a_member())
        token = csrf_token(client)
        answers = [
            client.post(url, data={"csrf_token": token, **fields}, headers={"Accept": "application/json"})
            for _ in range(3)
        ]
        assert [answer.status_code for answer in answers[:2]] != [429, 429]
        assert answers[2].status_code == 429
        assert answers[2].json["error"]["status"] == 429
        assert int(answers[2].headers["Retry-After"]) > 0

    def test_a_try_counts_even_if_it_was_refused(self, client: FlaskClient, fixed_now: Any) -> None:
        sign_in(client, a_member())
        board = a_board()
        for _ in range(ratelimit.WRITE.times):
            assert send(client, "/diskusi/baru", board=board.slug, body="x", key=a_key()).status_code == 422
        assert send(client, "/diskusi/baru", board=board.slug, body="x", key=a_key()).status_code == 429


def test_a_static_file_says_what_it_is_and_belongs_to_this_site(client: FlaskClient) -> None:
    for address in ("/robots.txt", "/static/dist/manifest.json"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        answer.close()
