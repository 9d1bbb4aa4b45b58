"""What a page of a thread costs when the thread has 20, 2,000 or 20,000 replies."""

from __future__ import annotations

import re

from forum.demo.scale import scale
from tests.bench.installation import Measured, installation, measure

SIZES = (20, 2_000, 20_000)


def main() -> None:
    """Print a table: statements, CPU and bytes for each size and way of looking, and the ratio to the smallest."""
    print("\nThread pages (CPU in ms: median and 95th percentile; sizes in bytes)")
    print(f"{'page':<34}{'replies':>9}{'shown':>7}{'SQL':>5}{'CPU':>8}{'p95':>8}{'ratio':>7}{'HTML':>9}{'brotli':>8}")
    with installation() as (_app, client):
        urls = {replies: scale(1, replies).first_url for replies in SIZES}
        for label, query in (
            ("first page", "?urut=terlama"),
            ("most helpful first", "?urut=bermanfaat"),
            ("by time", "?tampilan=datar"),
        ):
            base: Measured | None = None
            for replies, url in urls.items():
                found = measure(client, url + query)
                base = base or found
                _row(label, replies, found, base)
        for label, page in (("last page", "halaman="), ("last page by time", "tampilan=datar&halaman=")):
            for replies, url in urls.items():
                last = _last_page(client.get(f"{url}?{page}1").get_data(as_text=True))
                found = measure(client, f"{url}?{page}{last}")
                _row(label, replies, found, found)
        member = client.get("/diskusi").get_data(as_text=True)
        url = re.findall(r'href="(/diskusi/\d+-[^"?#]+)"', member)[-1]
        found = measure(client, url)
        _row("a sample thread", 0, found, found)


def _last_page(html: str) -> int:
    return max((int(page) for page in re.findall(r"halaman=(\d+)", html)), default=1)


def _row(label: str, replies: int, found: Measured, base: Measured) -> None:
    shown = len(re.findall(r'<article id="p-', found.text)) - 1
    print(
        f"{label:<34}{replies or '':>9}{shown:>7}{found.statements:>5}{found.cpu:>8.1f}{found.worst:>8.1f}"
        f"{found.cpu / base.cpu:>7.2f}{found.size:>9}{found.compressed:>8}"
    )
