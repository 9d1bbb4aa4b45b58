"""What a page of a list costs at 10,000 and at 1,000,000 posts, at the beginning and a thousand pages on."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient

from forum.demo.scale import scale
from tests.bench.installation import Measured, installation, measure

# (threads, replies in each): 10,000 and 1,000,000 posts.
SMALL, LARGE = (500, 19), (50_000, 19)
FAR = 1_000
LISTS = ("/diskusi", "/diskusi?daftar=belum-selesai", "/papan/infrastruktur", "/tag/skala-1", "/")


def main() -> None:
    """Print a table: each list's first page at both sizes, and its page FAR (or last) at the larger; ratios to the smaller."""
    print("\nLists (CPU in ms: median and 95th percentile)")
    print(f"{'list':<34}{'posts':>10}{'page':>7}{'SQL':>5}{'CPU':>8}{'p95':>8}{'ratio':>7}{'HTML':>9}")
    base: dict[str, Measured] = {}
    with installation() as (_app, client):
        made = scale(*SMALL).posts
        for url in LISTS:
            base[url] = measure(client, url)
            _row(url, made, 1, base[url], base[url])
    with installation() as (_app, client):
        made = scale(*LARGE).posts
        for url in LISTS:
            _row(url, made, 1, measure(client, url), base[url])
            page, far = _walk(client, url)
            _row(url, made, page, measure(client, far), base[url])


def _walk(client: FlaskClient, url: str) -> tuple[int, str]:
    """Follow "older" up to page FAR, or as far as the list goes: number and address of that page."""
    page = 1
    while page < FAR and (
        older := re.search(r'<a[^>]*rel="next"[^>]*href="([^"]+)"', client.get(url).get_data(as_text=True))
    ):
        url, page = unescape(older.group(1)), page + 1
    return page, url


def _row(url: str, posts: int, page: int, found: Measured, base: Measured) -> None:
    print(
        f"{url.split('&setelah')[0]:<34}{posts:>10}{page:>7}{found.statements:>5}{found.cpu:>8.1f}{found.worst:>8.1f}"
        f"{found.cpu / base.cpu:>7.2f}{found.size:>9}"
    )
