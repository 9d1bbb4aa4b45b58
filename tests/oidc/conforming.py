"""The conforming provider (npm oidc-provider) as a process, our site as a server, and a browser without a screen between them."""

from __future__ import annotations

import html
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
from flask import Flask
from werkzeug.serving import make_server

HERE = Path(__file__).parent
SECRET = "rahasia+klien/untuk:uji"


@contextmanager
def conforming_provider(port: int, site: str) -> Iterator[str]:
    """The provider on `port`, which knows one client: the site at `site`. Yields its issuer."""
    command = ["node", str(HERE / "provider.mjs"), str(port), site]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            told = []
            for line in process.stdout:
                told.append(line)
                if line.strip() == "ready":
                    break
            else:
                raise AssertionError("the provider did not start: " + "".join(told))
            # What it goes on to say is read, so that a full pipe never stops it.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def serving(app: Flask, port: int) -> Iterator[str]:
    """The site, for real browsers and for the provider."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """Follows redirects and `Refresh`, keeps cookies for each host apart, sends the form of a page."""

    def __init__(self) -> None:
        self._jars: dict[str, httpx.Client] = {}
        self.page: httpx.Response

    def close(self) -> None:
        for client in self._jars.values():
            client.close()

    def _client(self, url: str) -> httpx.Client:
        return self._jars.setdefault(urlsplit(url).netloc, httpx.Client(timeout=20))

    def open(self, url: str, data: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(20):
            method = "GET" if data is None else "POST"
            self.page = self._client(url).request(method, url, data=data)
            onward = self.page.headers.get("Location") or self.page.headers.get("Refresh", "").partition("url=")[2]
            if not onward:
                return self.page
            url, data = urljoin(url, onward), None
        raise AssertionError("too many redirects")

    def send(self, which: str = "<form", **fields: str) -> httpx.Response:
        """Send the first form of the page after the text `which`, with its hidden fields and `fields`."""
        text = self.page.text[self.page.text.index(which) :]
        form = text[text.index("<form") : text.index("</form>")]
        action = re.search(r'action="([^"]*)"', form)
        hidden = {
            html.unescape(name[1]): html.unescape(value[1])
            for tag in re.findall(r"<input[^>]*>", form)
            if (name := re.search(r'name="([^"]*)"', tag)) and (value := re.search(r'value="([^"]*)"', tag))
        }
        target = urljoin(str(self.page.url), html.unescape(action[1]) if action else "")
        return self.open(target, {**hidden, **fields})
