"""What pages weigh on the wire: the first visit and the next."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import NewVisitor, Site
from tests.browser.visitor import Visitor

FIRST, AGAIN, REQUESTS = 60_000, 20_000, 10


class Scale:
    """Weighs what a page loads, in bytes on the wire with headers."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.urls: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        session = visitor.context.new_cdp_session(visitor.page)
        session.send("Network.enable")
        session.on(
            "Network.requestWillBeSent", lambda event: self.urls.update({event["requestId"]: event["request"]["url"]})
        )
        session.on("Network.loadingFinished", self._finished)

    def _finished(self, event: Any) -> None:
        self.bytes[event["requestId"]] = int(event["encodedDataLength"])

    def weigh(self, path: str) -> dict[str, int]:
        """Load `path` and give back each request that used the wire, with its size."""
        self.urls.clear()
        self.bytes.clear()
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return {urlsplit(self.urls[one]).path: size for one, size in self.bytes.items() if size and one in self.urls}


@pytest.mark.parametrize("page", ["sample", "twenty branches", "results"])
def test_a_page_is_light(visitor: NewVisitor, site: Site, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    reader = visitor("pegawai", width=360)
    scale = Scale(reader)
    paths = {
        "sample": site.sample_thread,
        "twenty branches": site.seed["wide"]["url"],
        "results": "/cari?q=lampu+jalan+padam",
    }
    path = reader.context.request.get(paths[page]).url
    first, again = scale.weigh(path), scale.weigh(path)
    table = [path, *(f"{size:>10,} {again.get(address, 0):>8,}  {address}" for address, size in first.items())]
    table.append(f"{sum(first.values()):>10,} {sum(again.values()):>8,}  in {len(first)} and {len(again)} requests")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(table) + "\n")
    assert sum(first.values()) <= FIRST
    assert len(first) <= REQUESTS
    assert sum(again.values()) <= AGAIN
