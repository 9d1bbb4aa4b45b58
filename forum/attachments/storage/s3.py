"""An S3-compatible store, asked by path (`endpoint/bucket/key`): PUT, GET, HEAD, DELETE and the listing, no more.

A PUT is complete or not there. The store says when it got a content last; putting it again makes it new, so the collector, which
looks before it removes, leaves alone what was just put (within the moment between its two requests nothing can be promised;
its grace of a day makes that moment harmless: only what nobody named for a day is looked at).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx
from defusedxml.ElementTree import fromstring

from forum.attachments.storage import Stored
from forum.attachments.storage.signing import EMPTY, Keys, query_of, signed
from forum.core import clock

PREFIX = "rembuk/"
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_SPOOL = 1 << 20


class S3Storage:
    """Contents in a bucket under `rembuk/<hash>`."""

    def __init__(self, endpoint: str, bucket: str, region: str, access_key: str, secret_key: str) -> None:
        self._base = f"{endpoint.rstrip('/')}/{bucket}"
        self._keys = Keys(access_key, secret_key, region)
        # The address of the store is a setting; it is asked directly, whatever proxies the environment names.
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)

    def put(self, digest: str, source: Path) -> None:
        with source.open("rb") as file:
            self._ask("PUT", f"/{PREFIX}{digest}", digest, content=file)

    def open(self, digest: str) -> BinaryIO:
        spool = cast("BinaryIO", tempfile.SpooledTemporaryFile(_SPOOL))  # noqa: SIM115 - the caller closes it
        try:
            self._fetch(f"{self._base}/{PREFIX}{digest}", spool)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return spool

    def _fetch(self, url: str, into: BinaryIO) -> None:
        try:
            with self._client.stream("GET", url, headers=self._headers("GET", url, EMPTY)) as answer:
                _check(answer)
                for piece in answer.iter_bytes():
                    into.write(piece)
        except httpx.HTTPError as error:
            raise OSError(f"the store does not answer: {error}") from error

    def exists(self, digest: str) -> bool:
        return self._about(digest) is not None

    def delete(self, digest: str, before: datetime) -> bool:
        at = self._about(digest)
        if at is None or at >= before:
            return False
        self._ask("DELETE", f"/{PREFIX}{digest}")
        return True

    def iterate(self, prefix: str = "") -> Iterator[Stored]:
        further: dict[str, str] = {}
        while True:
            listing = self._ask("GET", "", query={"list-type": "2", "prefix": f"{PREFIX}{prefix}", **further})
            root = fromstring(listing.content, forbid_dtd=True)
            for one in root.findall("{*}Contents"):
                key, size, at = (one.findtext(f"{{*}}{name}") or "" for name in ("Key", "Size", "LastModified"))
                yield Stored(key.removeprefix(PREFIX), int(size), datetime.fromisoformat(at))
            if root.findtext("{*}IsTruncated") != "true":
                return
            further = {"continuation-token": root.findtext("{*}NextContinuationToken") or ""}

    def tidy(self, before: datetime) -> int:
        return 0

    def _about(self, digest: str) -> datetime | None:
        try:
            answer = self._ask("HEAD", f"/{PREFIX}{digest}")
        except FileNotFoundError:
            return None
        return parsedate_to_datetime(answer.headers["last-modified"]).astimezone(UTC)

    def _headers(self, method: str, url: str, content_hash: str) -> dict[str, str]:
        return signed(method, url, self._keys, clock.now(), content_hash)

    def _ask(
        self, method: str, path: str, content_hash: str = EMPTY, *, query: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        url = f"{self._base}{path}" + (f"?{query_of(query)}" if query else "")
        try:
            answer = self._client.request(method, url, headers=self._headers(method, url, content_hash), **more)
        except httpx.HTTPError as error:
            raise OSError(f"the store does not answer: {error}") from error
        _check(answer)
        return answer


def _check(answer: httpx.Response) -> None:
    """Raises FileNotFoundError, or OSError with what the store said."""
    if answer.status_code == 404:
        raise FileNotFoundError("not in the store")
    if answer.status_code >= 300:
        raise OSError(f"the store answered {answer.status_code}")
