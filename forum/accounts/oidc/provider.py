"""The one provider that was configured: its metadata and keys, kept for a while, and its endpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import quote_plus, urlsplit

import structlog
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from forum.accounts.oidc.errors import Refused, Unreachable
from forum.accounts.oidc.http import Caller
from forum.config import Settings, words
from forum.core import clock

Object = dict[str, Any]

KEEP = 3600.0
# Keys may be rotated at any time; but whoever sends tokens with invented key names must not make us ask each time.
ASK_AGAIN = 60.0
# While the provider is down, nobody waits for it again and again.
REST = 10.0
ASKED = ("token_endpoint", "jwks_uri", "userinfo_endpoint")
VISITED = ("authorization_endpoint", "end_session_endpoint")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MAX_TOKEN = 100_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class _Kept:
    """An object that is fetched when it is missing or old; an old one serves while a new one cannot be had."""

    def __init__(self, fetch: Callable[[], Object]) -> None:
        self._fetch, self._lock = fetch, Lock()
        self._value: Object | None = None
        self._at = self._failed_at = 0.0
        self._failure = ""

    def get(self, max_age: float = KEEP) -> Object:
        now = clock.now().timestamp()
        if self._value is not None and 0 <= now - self._at < max_age:
            return self._value
        with self._lock:
            if self._value is None or not 0 <= now - self._at < max_age:
                self._renew(now)
            if self._value is None:
                raise Unreachable(self._failure)
            return self._value

    def _renew(self, now: float) -> None:
        if 0 <= now - self._failed_at < REST:
            return
        try:
            self._value = self._fetch()
        except Unreachable as error:
            self._failed_at, self._failure = now, error.code
            log.warning("sso_unreachable", why=error.code)
            return
        self._at, self._failed_at = now, 0.0


class Provider:
    """Speaks with the provider of `settings`. Made once for each process; safe for threads."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._scopes = settings.oidc_scopes
        self.acr_values = sorted(words(settings.oidc_acr_values))
        issuer = urlsplit(self.issuer)
        self._scheme, self._hosts = (
            issuer.scheme,
            {issuer.netloc.lower()} | {host.lower() for host in words(settings.oidc_hosts)},
        )
        self._caller = Caller()
        self._metadata = _Kept(self._discover)
        self._keys = _Kept(lambda: self._caller.get(self.metadata()["jwks_uri"]))

    def close(self) -> None:
        """Let go of its connections."""
        self._caller.close()

    def metadata(self) -> Object:
        """What the provider publishes about itself. Raises Unreachable."""
        return self._metadata.get()

    def keys(self, *, renewed: bool = False) -> list[Object]:
        """Its public keys for signatures; `renewed`: not those of long ago, since one was missing among them."""
        listed = self._keys.get(ASK_AGAIN if renewed else KEEP).get("keys")
        return [key for key in listed if _signs(key)] if isinstance(listed, list) else []

    def _discover(self) -> Object:
        found = self._caller.get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise Unreachable("another_issuer")
        for name in (*ASKED, *VISITED):
            if name in NEEDED or found.get(name) is not None:
                self._check_address(name, found.get(name))
        methods = found.get("code_challenge_methods_supported")
        if methods is not None and "S256" not in methods:
            raise Unreachable("no_pkce")
        return found

    def _check_address(self, name: str, address: object) -> None:
        """Only addresses of the provider itself, as safe as the issuer's own: nothing else is asked or sent to."""
        text = address if isinstance(address, str) else ""
        try:
            parts = urlsplit(text)
        except ValueError:
            raise Unreachable(f"bad_{name}") from None
        if any(not "!" <= char <= "~" for char in text):
            raise Unreachable(f"bad_{name}")
        if parts.scheme != self._scheme or parts.netloc.lower() not in self._hosts:
            raise Unreachable(f"bad_{name}")

    def authorization_url(
        self, *, redirect_uri: str, state: str, nonce: str, verifier: str, locale: str, again: bool = False
    ) -> str:
        """Where the browser goes to sign in; `again`: even who is signed in there already."""
        url: str = prepare_grant_uri(
            self.metadata()["authorization_endpoint"],
            client_id=self.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=self._scopes,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            ui_locales=locale,
            acr_values=" ".join(self.acr_values) or None,
            prompt="login" if again else None,
            max_age="0" if again else None,
        )
        return url

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
        """The tokens for a code. Raises Refused when the provider does not take it, Unreachable."""
        url = self.metadata()["token_endpoint"]
        body = prepare_token_request("authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier)
        url, headers, body = self._authenticated(url, body)
        status, answer = self._caller.post(url, headers, body)
        if status >= 500 or status == 429:
            raise Unreachable(f"status_{status}")
        if status != 200 or "error" in answer:
            raise Refused("code_not_taken")
        return Tokens(_token(answer, "id_token"), _token(answer, "access_token"))

    def _authenticated(self, url: str, body: str) -> tuple[str, dict[str, str], str]:
        offered = self.metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in offered:  # RFC 6749, 2.3.1: both are encoded as in a form
            client = ClientAuth(quote_plus(self.client_id), quote_plus(self._secret), "client_secret_basic")
        else:
            client = ClientAuth(self.client_id, self._secret, "client_secret_post")
        prepared: tuple[str, dict[str, str], str] = client.prepare("POST", url, {}, body)
        return prepared

    def userinfo(self, access_token: str, subject: str) -> Object:
        """Further claims about the person. Raises Refused when they are about somebody else, Unreachable."""
        url = self.metadata().get("userinfo_endpoint")
        if url is None:
            return {}
        if not access_token.isascii() or not access_token.isprintable():
            raise Refused("bad_access_token")
        found = self._caller.get(url, {"Authorization": f"Bearer {access_token}"})
        if found.get("sub") != subject:
            raise Refused("another_subject")
        return found

    def end_session_url(self, *, back: str, state: str, id_token: str) -> str | None:
        """Where the browser goes to sign out there as well; None where the provider has no such place. Raises Unreachable."""
        endpoint = self.metadata().get("end_session_endpoint")
        if endpoint is None:
            return None
        hint = {"id_token_hint": id_token} if id_token else {}
        asked = {**hint, "client_id": self.client_id, "post_logout_redirect_uri": back, "state": state}
        url: str = add_params_to_uri(endpoint, list(asked.items()))
        return url


def _token(answer: Object, name: str) -> str:
    token = answer.get(name)
    if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN:
        raise Refused(f"no_{name}")
    return token


def _signs(key: object) -> bool:
    """A public key for signatures. A symmetric one has no business in a public list."""
    return isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
