"""A small S3-like server: it keeps objects in memory and refuses what is not signed as documented."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION, BUCKET = "AKIDCONTOH", "rahasia+contoh/kunci", "id-jkt-1", "rembuk-uji"
PER_PAGE = 2
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})"
)


class Bucket:
    """The objects, and what was refused."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.refused: list[str] = []
        self.url = ""
        self.broken = False


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _serve(self) -> None:
        body = self._body()
        if self.bucket.broken:
            self._answer(500)
            return
        if why := self._fault(body):
            self.bucket.refused.append(why)
            self._answer(403)
            return
        path = urlsplit(self.path).path
        key = path.removeprefix(f"/{BUCKET}").removeprefix("/")
        getattr(self, f"_{self.command.lower()}")(key, body)

    do_GET = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815

    def _put(self, key: str, body: bytes) -> None:
        self.bucket.objects[key] = (body, datetime.now(UTC))
        self._answer(200)

    def _delete(self, key: str, body: bytes) -> None:
        self.bucket.objects.pop(key, None)
        self._answer(204)

    def _get(self, key: str, body: bytes) -> None:
        if not key:
            self._list()
        elif key in self.bucket.objects:
            content, at = self.bucket.objects[key]
            self._answer(200, content, Last_Modified=at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    _head = _get

    def _list(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        keys = sorted(key for key in self.bucket.objects if key.startswith(asked["prefix"]))
        start = int(asked.get("continuation-token", "0"))
        shown = keys[start : start + PER_PAGE]
        more = start + PER_PAGE < len(keys)
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.bucket.objects[key][0])}</Size>"
            f"<LastModified>{self.bucket.objects[key][1].strftime('%Y-%m-%dT%H:%M:%S.000Z')}</LastModified></Contents>"
            for key in shown
        )
        token = f"<NextContinuationToken>{start + PER_PAGE}</NextContinuationToken>" if more else ""
        xml = (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>"
        )
        self._answer(200, xml.encode())

    def _fault(self, body: bytes) -> str:
        """What is wrong with the signature, computed here from the request as it came."""
        found = _AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        if not found:
            return "no authorization"
        access, day, region, names, signature = found.groups()
        moment, said = self.headers["x-amz-date"], self.headers["x-amz-content-sha256"]
        at = datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=15):
            return "clock"
        if (access, region, day) != (ACCESS, REGION, moment[:8]) or "host" not in names.split(";"):
            return "scope"
        if said != hashlib.sha256(body).hexdigest():
            return "content"
        parts = urlsplit(self.path)
        query = "&".join(
            f"{quote(name, safe='-._~')}={quote(value, safe='-._~')}"
            for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
        )
        headers = "".join(f"{name}:{(self.headers[name] or '').strip()}\n" for name in names.split(";"))
        canonical = f"{self.command}\n{parts.path}\n{query}\n{headers}\n{names}\n{said}"
        scope = f"{day}/{region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return "" if hmac.new(key, text.encode(), "sha256").hexdigest() == signature else "signature"


@contextmanager
def s3_server() -> Iterator[Bucket]:
    bucket = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
