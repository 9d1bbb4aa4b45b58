"""A provider that a test can let say anything: an HTTP server in a thread, with keys of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

from forum.core import clock

CLIENT, SECRET = "rembuk", "rahasia-klien-yang-cukup-panjang-untuk-hs256"
CODE = "kode-rahasia-123"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
EVERY = JWSRegistry(algorithms=["RS256", "HS256", "none"], strict_check_header=False)
PERSON = {
    "sub": "subjek-1", "name": "Budi Siregar", "preferred_username": "budi", "email": "budi@contoh.go.id",
    "email_verified": True, "sid": "sesi-1",
}  # fmt: skip


@lru_cache(maxsize=16)
def key_of(kid: str, whose: str = "the provider's") -> RSAKey:
    """Always the same key for the same names: making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


class Hostile:
    """What it answers, to be changed by a test. `answers` replaces a path's answer by (status, body)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = key_of("satu")
        self.published = [self.key.as_dict(private=False)]
        self.metadata: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/end",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.delay = 0.0
        self.asked: list[str] = []
        self.posted: list[dict[str, str]] = []
        self.used: set[str] = set()
        self.id_token = ""

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """Those of a good ID token, changed; None removes one."""
        now = int(clock.now().timestamp())
        good = {**PERSON, "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce}
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def logout_claims(self, **changes: Any) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        good = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "nomor-1", "sid": "sesi-1",
            "sub": "subjek-1", "events": {EVENT: {}},
        }  # fmt: skip
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key, registry=EVERY)

    def sign_by_secret(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), registry=EVERY)

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self.metadata).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": self.published}).encode()
        if path == "/token":
            return self._tokens(form)
        return 404, b"{}"

    def _tokens(self, form: dict[str, str]) -> tuple[int, bytes]:
        """A code is good once, as everywhere."""
        code = form.get("code", "")
        if code in self.used:
            return 400, b'{"error": "invalid_grant"}'
        self.used.add(code)
        return 200, json.dumps({"access_token": "akses-1", "token_type": "Bearer", "id_token": self.id_token}).encode()


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """A token without a signature: header, claims, and nothing behind the last dot."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none", **header}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


@contextmanager
def hostile_provider() -> Iterator[Hostile]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            provider.posted.append({**form, "Authorization": self.headers.get("Authorization", "")})
            self._reply(form)

        def _reply(self, form: dict[str, str]) -> None:
            provider.asked.append(self.path)
            time.sleep(provider.delay)
            status, body = provider.answer(self.path, form)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # the reader had enough
                self.close_connection = True

        def log_message(self, *about: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Hostile(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def begin(client: FlaskClient, start: str = "/masuk/sso") -> dict[str, str]:
    """Press the button; what the browser takes to the provider."""
    answer = client.get(start)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def come_back(client: FlaskClient, hostile: Hostile, state: str, **changes: str | None) -> Any:
    answer = {"code": CODE, "state": state, "iss": hostile.issuer, **changes}
    return client.get(f"/masuk/sso/kembali?{urlencode({n: v for n, v in answer.items() if v is not None})}")


def sign_in_at(client: FlaskClient, hostile: Hostile, **claims: Any) -> Any:
    """The whole way, in a browser that is signed out, with claims that differ from those of PERSON."""
    client.delete_cookie("sesi")
    asked = begin(client)
    hostile.used.clear()
    hostile.id_token = hostile.sign(hostile.claims(asked["nonce"], **claims))
    return come_back(client, hostile, asked["state"])
