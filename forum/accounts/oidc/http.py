"""Asking the provider: with limits on time, size and number, without following it anywhere else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

import httpx

from forum.accounts.oidc.errors import Unreachable

MAX_BYTES = 256 * 1024
# For each step of the network; and for an answer as a whole, however steadily it drips.
TIMEOUT = httpx.Timeout(5.0, connect=3.0)
DEADLINE = 10.0
# A provider that hangs may hold up so many threads of a process, and no more: the rest of the site goes on.
AT_ONCE = 4
PATIENCE = 2.0


class Caller:
    """A client for the addresses of one provider. Safe for threads; connections are kept."""

    def __init__(self) -> None:
        self._client = httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Rembuk"},
        )
        self._turns = BoundedSemaphore(AT_ONCE)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at `url`. Raises Unreachable for anything else."""
        status, answer = self._ask("GET", url, headers or {}, None)
        if status != 200:
            raise Unreachable(f"status_{status}")
        return answer

    def post(self, url: str, headers: Mapping[str, str], body: str) -> tuple[int, dict[str, Any]]:
        """Send a form; the status and the JSON object of the answer. Raises Unreachable for what is no JSON object."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", url, {**form, **headers}, body)

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, dict[str, Any]]:
        try:
            with self._turn(), self._client.stream(method, url, headers=headers, content=body) as response:
                return response.status_code, _object(_read(response))
        except httpx.TimeoutException:
            raise Unreachable("slow") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unreachable("down") from None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Unreachable("busy")
        try:
            yield
        finally:
            self._turns.release()


def _read(response: httpx.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unreachable("encoded")
    until, body = time.monotonic() + DEADLINE, bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unreachable("too_large")
        if time.monotonic() > until:
            raise Unreachable("slow")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreachable("no_json") from None
    if not isinstance(value, dict):
        raise Unreachable("no_json")
    return value
