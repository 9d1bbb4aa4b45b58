"""Under which names this site may be asked for. A request that names another is none of ours, whatever it wants."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Nothing of the request comes back in the answer, and nothing can be loaded or framed by it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def parts_of(address: str | None) -> SplitResult:
    """The parts of an address that a browser (or whoever) sent; of one that cannot be read, none."""
    try:
        return urlsplit(address or "")
    except ValueError:
        return urlsplit("")


def name_of(host: str) -> str:
    """A Host header without its port."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() and not name.endswith(":") else host).strip("[]")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(name_of(host))
    except ValueError:
        return False
    return True


class OwnHosts:
    """Passes on what asks for one of `names`; answers everything else with a plain 400.

    `addresses`: any address in figures is ours too. While somebody tries the site out that is how others reach it, and no page of
    another site can pretend to be one (which takes a name that it has pointed here).
    """

    def __init__(self, app: WSGIApplication, names: Iterable[str], *, addresses: bool) -> None:
        self.app, self.names, self.addresses = app, tuple(names), addresses

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        host = (environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")).lower()
        if (self.names and host_is_trusted(host, self.names)) or (
            self.addresses and host_is_trusted(host) and _is_address(host)
        ):
            return self.app(environ, start)
        answer = Response("Alamat situs ini tidak dikenal.\n", 400, HEADERS, mimetype="text/plain")
        return answer(environ, start)


class WithoutNul:
    """Puts the sign for what cannot be read (U+FFFD) in place of NUL in addresses: PostgreSQL refuses text that has one."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        # Paths come as the bytes of UTF-8, each as a character.
        environ["PATH_INFO"] = environ.get("PATH_INFO", "").replace("\0", "\ufffd".encode().decode("latin-1"))
        environ["QUERY_STRING"] = environ.get("QUERY_STRING", "").replace("%00", "%EF%BF%BD")
        return self.app(environ, start)
