"""What every answer carries, and that looking changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core import ratelimit
from forum.core.db import transaction
from forum.discussions.services import curating, reading
from forum.search import indexer
from tests.conftest import make_settings
from tests.factories.accounts import a_member, an_admin, sign_in, viewer_for
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_chain, a_key, a_thread, plant
from tests.factories.forms import csrf_token, send, send_reply
from tests.factories.snapshot import snapshot
from tests.policy.permissions import ROLES, ROWS
from tests.web.test_access_walk import Names, Scene

__all__ = ["cheap_argon2"]

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def nonce_of(answer: Any) -> str:
    """Checks the headers of an answer; returns its nonce."""
    for name, value in FIXED.items():
        assert answer.headers.get(name) == value, name
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})'", policy.pop("script-src"))
    assert nonce
    assert policy == POLICY
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers
    page = answer.get_data(as_text=True)
    if answer.mimetype == "text/html" and "<html" in page:
        for tag in re.findall(r"<script[^>]*>", page):
            assert f'nonce="{nonce[1]}"' in tag
        assert not re.search(r"<[^>]*\s(?:on[a-z]+|style)=", page)
        assert not re.search(r"<style|javascript:|https?://(?!localhost)[^\"]*\.(?:js|css|woff2?)", page)
    for cookie in answer.headers.getlist("Set-Cookie"):
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


def test_over_https_the_cookie_is_locked_to_this_host_and_the_browser_stays_on_https(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    from forum.app import create_app

    settings = make_settings(tmp_path, https=True, server_timing=False, database_url=app.config["SETTINGS"].database)
    other = create_app(settings, testing=True)
    answer = other.test_client().get("/masuk", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sesi=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Server-Timing" not in answer.headers


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
