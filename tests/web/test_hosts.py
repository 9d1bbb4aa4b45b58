"""Under which names the site answers, what it believes of proxies, and where its links and redirects can lead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from forum.accounts.login import safe_next
from forum.app import create_app
from forum.config import Settings, SettingsError, load_settings
from forum.core.db import db
from tests.conftest import _fresh_globals, make_settings, post
from tests.factories.accounts import PASSWORD, a_member, an_admin, sign_in
from tests.factories.argon2 import cheap_argon2
from tests.factories.discussions import a_board, a_thread
from tests.factories.forms import csrf_token, send
from tests.factories.guides import a_guide

__all__ = ["cheap_argon2"]

SITE = "https://rembuk.contoh.go.id"
PRODUCTION = {"env": "production", "https": True, "base_url": SITE, "server_timing": False}
Make = Callable[..., Flask]


@pytest.fixture
def make(app: Flask, tmp_path: Path) -> Iterator[Make]:
    """Makes the application with other settings, on the same database."""
    others: list[Flask] = []

    def made(**changes: Any) -> Flask:
        other = create_app(
            make_settings(tmp_path, database_url=app.config["SETTINGS"].database, **changes), testing=True
        )
        other.before_request_funcs.setdefault(None, []).insert(0, _fresh_globals)
        others.append(other)
        return other

    yield made
    for other in others:
        with other.app_context():
            db.engine.dispose()


def status(app: Flask, host: str, path: str = "/masuk", **headers: str) -> int:
    """Without a test client, which cannot make sense of some hosts itself."""
    environ = EnvironBuilder(path, headers=headers).get_environ()
    environ["HTTP_HOST"] = host
    return int(run_wsgi_app(app, environ, buffered=True)[1].split()[0])


class TestHosts:
    FOREIGN = (
        "evil.example", "evil.example:443", "rembuk.contoh.go.id.evil.example", "evil-rembuk.contoh.go.id", "contoh.go.id",
        "localhost", "127.0.0.1", "127.0.0.1:8000", "[::1]", "rembuk.contoh.go.id@evil.example", "rembuk.contoh.go.id:80@evil",
        "rembuk.contoh.go.id/", "rembuk.contoh.go.id#", "rembuk.contoh.go.id, evil.example", "rembuk.contoh.go.id:99999",
        "rembuk.contoh.go.id:abc", ".rembuk.contoh.go.id", "rembuk.contoh.go.id.", "x.rembuk.contoh.go.id", "", " ", "*",
        "rembuk.contoh.go.id evil", "rembuk.contoh.go.id\tevil", "rembuk\u0000.contoh.go.id", "xn--rembuk-9za.contoh.go.id",
    )  # fmt: skip

    def test_in_production_only_the_address_of_the_site_is_served(self, make: Make) -> None:
        other = make(**PRODUCTION)
        for host in ("rembuk.contoh.go.id", "rembuk.contoh.go.id:443", "REMBUK.contoh.go.id"):
            assert status(other, host) == 200, host
        assert {host: got for host in self.FOREIGN if (got := status(other, host)) != 400} == {}

    @pytest.mark.parametrize(
        "path", ["/", "/masuk", "/sehat", "/robots.txt", "/static/dist/manifest.json", "/tidak-ada"]
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "TRACE"])
    def test_another_host_gets_a_plain_400_that_repeats_nothing(self, make: Make, path: str, method: str) -> None:
        answer = make(**PRODUCTION).test_client().open(
            path, method=method, headers={"Host": "evil.example"}, data={"body": "<b>evil</b>"}
        )  # fmt: skip
        assert answer.status_code == 400
        assert answer.mimetype == "text/plain"
        assert "evil" not in answer.get_data(as_text=True) + str(answer.headers)
        assert "Set-Cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_further_names_can_be_trusted(self, make: Make) -> None:
        other = make(**PRODUCTION, trusted_hosts="intranet.contoh.go.id, .pemda.local")
        for host in ("rembuk.contoh.go.id", "intranet.contoh.go.id", "rembuk.pemda.local", "a.b.pemda.local:8443"):
            assert status(other, host) == 200, host
        for host in ("x.intranet.contoh.go.id", "pemda.local.evil", "evilpemda.local"):
            assert status(other, host) == 400, host

    def test_in_development_so_are_this_machine_and_addresses_in_figures(self, app: Flask) -> None:
        for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.7:8000"):
            assert status(app, host) == 200, host
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil", "[::1"):
            assert status(app, host) == 400, host

    @pytest.mark.parametrize("name", ["https://rembuk", "a b", "rembuk:8000", "a/b", "*", "..", "a,,b/", "[::1]"])
    def test_what_is_no_name_stops_the_start(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
        monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
        monkeypatch.setenv("REMBUK_TRUSTED_HOSTS", name)
        with pytest.raises(SettingsError, match="REMBUK_TRUSTED_HOSTS"):
            load_settings()

    @pytest.mark.parametrize(
        "url", ["rembuk.contoh", "javascript:alert(1)", "https://", "//x", "https://a/?b", "https://a/#c"]
    )
    def test_what_is_no_address_stops_the_start(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
    ) -> None:
        monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
        monkeypatch.setenv("REMBUK_BASE_URL", url)
        with pytest.raises(SettingsError, match="REMBUK_BASE_URL"):
            load_settings()


class TestProxies:
    FORWARDED: ClassVar = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "666", "X-Forwarded-Prefix": "/evil", "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
        "X-Real-IP": "203.0.113.9", "X-Original-URL": "/admin", "X-Rewrite-URL": "/admin", "X-HTTP-Method-Override": "DELETE",
        "X-Host": "evil.example", "True-Client-IP": "203.0.113.9", "Client-IP": "203.0.113.9",
    }  # fmt: skip

    def seen(self, app: Flask, **headers: str) -> dict[str, str]:
        found: dict[str, str] = {}

        def look() -> None:
            found.update(
                host=request.host, address=request.remote_addr or "", scheme=request.scheme, root=request.script_root
            )

        app.before_request_funcs.setdefault(None, []).append(look)
        try:
            answer = app.test_client().get("/masuk", headers=headers)
        finally:
            app.before_request_funcs[None].remove(look)
        return {**found, "status": str(answer.status_code)}

    def test_without_proxies_nothing_that_a_client_says_is_believed(self, app: Flask) -> None:
        plain = {"host": "localhost", "address": "127.0.0.1", "scheme": "http", "root": "", "status": "200"}
        assert self.seen(app, **self.FORWARDED) == plain

    def test_one_proxy_is_believed_its_own_word_and_not_what_the_client_put_before_it(self, make: Make) -> None:
        other = make(**PRODUCTION, trusted_proxies=1)
        told = {
            "X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Host": "evil.example, rembuk.contoh.go.id",
            "X-Forwarded-Proto": "http, https", "X-Forwarded-Prefix": "/evil",
        }  # fmt: skip
        assert self.seen(other, **told) == {
            "host": "rembuk.contoh.go.id", "address": "203.0.113.9", "scheme": "https", "root": "", "status": "200",
        }  # fmt: skip

    def test_a_host_that_the_proxy_passes_on_is_checked_as_well(self, make: Make) -> None:
        other = make(**PRODUCTION, trusted_proxies=1)
        assert status(other, "rembuk.contoh.go.id", **{"X-Forwarded-Host": "evil.example"}) == 400

    def test_a_client_cannot_take_another_address_to_be_counted_under(self, make: Make) -> None:
        other = make(**PRODUCTION, trusted_proxies=2)
        chain = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.2", "X-Forwarded-Host": "rembuk.contoh.go.id"}
        # Two proxies, of which only the inner one names a host: then the outer one's is missing, and none is believed.
        assert self.seen(other, Host="rembuk.contoh.go.id", **chain)["address"] == "203.0.113.9"


class TestLinks:
    def test_links_that_are_handed_over_lead_to_the_site_however_it_was_asked(self, make: Make) -> None:
        other = make(**PRODUCTION, trusted_hosts="intranet.contoh.go.id", staff_second_factor=False)
        client, person = other.test_client(), a_member()
        address = "https://intranet.contoh.go.id"
        page = client.get("/masuk", base_url=address).get_data(as_text=True)
        admin = an_admin()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        there = {"base_url": address, "headers": {"Referer": f"{address}/masuk"}}
        client.post(
            "/masuk", data={"csrf_token": token[1], "identifier": admin.username, "password": PASSWORD}, **there
        )
        page = client.get(f"/admin/pengguna/{person.username}", base_url=address).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        page = client.post(
            f"/admin/pengguna/{person.username}/tautan", data={"csrf_token": token[1]}, **there
        ).get_data(as_text=True)  # fmt: skip
        assert f"{SITE}/masuk/tautan/" in page
        assert "intranet.contoh.go.id" not in page
        guide = client.get(f"/panduan/{a_guide().slug}", base_url=address).get_data(as_text=True)
        assert f"{SITE}/panduan/" in guide
        assert "intranet.contoh.go.id" not in guide

    def test_production_cannot_be_started_without_the_address_of_the_site(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
        monkeypatch.setenv("REMBUK_ENV", "production")
        monkeypatch.setenv("REMBUK_HTTPS", "1")
        with pytest.raises(SettingsError, match="needs REMBUK_BASE_URL"):
            load_settings()
        monkeypatch.setenv("REMBUK_BASE_URL", SITE)
        assert load_settings().hosts == ("rembuk.contoh.go.id",)

    def test_every_redirect_stays_on_the_site(self, client: FlaskClient) -> None:
        """Redirects are relative, so no Host header can bend them."""
        author = a_member()
        thread = a_thread(author, a_board())
        for path in ("/", f"/diskusi/{thread.thread_id}", "/profil", "/masuk"):
            sign_in(client, author)
            answer = client.get(path)
            if answer.status_code in (301, 302, 303, 308):
                assert answer.headers["Location"].startswith("/")
                assert not answer.headers["Location"].startswith("//")


# What follows "next=": each of these was once enough somewhere to leave a site through its sign-in page.
TRICKS = [
    "https://evil.example", "http://evil.example", "//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..",
    "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r/evil.example", "/ /evil.example", "\t//evil.example", " //evil.example", "\u00a0//evil.example", "\x00//evil.example",
    "/\x00/evil.example", "https:evil.example", "https:/evil.example", "http:///evil.example", "HTTPS://evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "ftp://evil.example", "file:///etc/passwd", "evil.example", "evil.example/masuk", "@evil.example",
    "localhost@evil.example", "https://localhost@evil.example", "https://localhost.evil.example", "//localhost@evil.example",
    "https://evil.example#localhost", "https://evil.example?localhost", "//evil.example:80", "//[::1]", "//127.0.0.1.evil.example",
    "?next=//evil.example", "#//evil.example", ".evil.example", "..//evil.example", "./\\evil.example", "%2f%2fevil.example",
    "/%5cevil.example", "/%2f/evil.example", "/..//evil.example", "/.//evil.example", "/;@evil.example", "/。evil.example",
    "//evil。example", "/\u2028/evil.example", "／／evil.example", "/／evil.example", "http://evil.example\\@localhost",
    "https://[evil.example", "//\u0000evil.example", "/\x0b/evil.example", "/\x0c/evil.example", "/\x1f/evil.example",
    "/evil\r\nLocation: https://evil.example", "/x\r\nSet-Cookie: sesi=jahat", "/x%0d%0aSet-Cookie:%20sesi=jahat", "",
]  # fmt: skip


def lands_here(location: str) -> bool:
    """Whether a browser on the site that is told to go to `location` stays there (the rules of the URL standard)."""
    told = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    target = urlsplit(urljoin("http://localhost/masuk", told))
    return target.scheme == "http" and target.netloc == "localhost" and not re.match(r"^/{2,}", told)


class TestRedirects:
    def test_there_are_many(self) -> None:
        assert len(set(TRICKS)) >= 60

    @pytest.mark.parametrize("trick", TRICKS)
    def test_no_next_leads_out(self, client: FlaskClient, trick: str) -> None:
        with client.application.test_request_context("/masuk"):
            assert lands_here(safe_next(trick))
        person = a_member()
        answer = post(client, "/masuk", identifier=person.username, password=PASSWORD, next=trick)
        assert answer.status_code == 302
        assert lands_here(answer.headers["Location"]), answer.headers["Location"]
        assert "jahat" not in "".join(answer.headers.getlist("Set-Cookie"))
        for answer in (
            client.get("/masuk", query_string={"next": trick}),
            send(client, "/akun/tampilan", theme="dark", next=trick),
        ):
            assert answer.status_code == 302
            assert lands_here(answer.headers["Location"]), answer.headers["Location"]
            assert "jahat" not in "".join(answer.headers.getlist("Set-Cookie"))

    @pytest.mark.parametrize("trick", TRICKS)
    def test_no_referrer_leads_out(self, client: FlaskClient, trick: str) -> None:
        if any(ord(char) > 255 or char in "\r\n" for char in trick):
            trick = trick.encode().decode("latin-1").replace("\r", "").replace("\n", "")
        author = a_member()
        thread = a_thread(author, a_board())
        sign_in(client, author)
        for referrer in (trick, f"http://localhost{trick}", f"http://localhost/{trick}"):
            token = csrf_token(client)
            answer = client.post("/dibaca", data={"csrf_token": token}, headers={"Referer": referrer})
            assert answer.status_code == 303
            assert lands_here(answer.headers["Location"]), referrer
            answer = client.post(
                f"/kiriman/{thread.post_id}/bermanfaat", data={"on": "1"}, headers={"Referer": referrer}
            )
            assert answer.status_code in (303, 400)

    def test_a_stranger_is_led_back_to_where_they_wanted_to_go(self, client: FlaskClient) -> None:
        person = a_member()
        for target in ("/diskusi?urut=baru&x=1", "/panduan", "/cari?q=a%2Fb//c", "/"):
            assert (
                post(client, "/masuk", identifier=person.username, password=PASSWORD, next=target).headers["Location"]
                == target
            )
            send(client, "/keluar")


SPLITTING = (
    "%0d%0aSet-Cookie:%20a=b",
    "%0aX-Evil:%201",
    "%0d",
    "%E5%98%8A%E5%98%8DSet-Cookie:a=b",
    "%c4%8d%c4%8aX-Evil:1",
    "%00",
)


@pytest.mark.parametrize("break_", SPLITTING)
def test_no_answer_can_be_split(client: FlaskClient, break_: str) -> None:
    author = a_member()
    thread = a_thread(author, a_board("jalan"))
    guide = a_guide()
    sign_in(client, author)
    paths = [
        f"/diskusi/{thread.thread_id}-{break_}", f"/diskusi/{thread.thread_id}-x?a={break_}", f"/papan/jalan{break_}",
        f"/masuk?next=/{break_}", f"/panduan/{guide.slug}/markdown?x={break_}", f"/panduan/{guide.slug}{break_}/markdown",
        f"/cari?q={break_}", f"/profil/{break_}", f"/tag/{break_}", f"/{break_}", f"/static/{break_}",
    ]  # fmt: skip
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 301, 302, 308, 404, 503), path  # 503: this test has no search index
        assert "X-Evil" not in answer.headers
        assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("a=b")]
        assert not [value for _, value in answer.headers if "\r" in value or "\n" in value]


def test_a_setting_is_what_the_application_has(make: Make) -> None:
    settings: Settings = make(**PRODUCTION).config["SETTINGS"]
    assert settings.hosts == ("rembuk.contoh.go.id",)
