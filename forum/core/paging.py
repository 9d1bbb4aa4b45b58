"""Two ways through long lists: numbered pages where the order is stored, keyset cursors everywhere else."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from forum.core.clock import now
from forum.core.errors import NotFound

MAX_ID = 2**63 - 1
MAX_PAGE = 10_000_000


class Cursor(NamedTuple):
    """A place in a list ordered by (moment, id), and the direction in which to read on from it."""

    moment: datetime
    id: int
    backwards: bool = False

    def encode(self) -> str:
        raw = f"{'b' if self.backwards else 'f'}{self.moment.timestamp():.6f}:{self.id}"
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Cursor | None:
    """The cursor in an address; None for the first page. Raises NotFound when it is not one of ours."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        seconds, key = raw[1:].split(":")
        backwards = {"f": False, "b": True}[raw[0]]
        return Cursor(datetime.fromtimestamp(float(seconds), now().tzinfo), parse_id(key), backwards)
    except (binascii.Error, ValueError, OverflowError, OSError, IndexError, KeyError):
        raise NotFound from None


def with_query(path: str, **parameters: object) -> str:
    """`path` with those parameters that are not None."""
    given = {name: str(value) for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def parse_id(text: str) -> int:
    """A row id out of an address: plain ASCII digits, not beyond 2^63-1. Raises NotFound."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not 0 < int(text) <= MAX_ID:
        raise NotFound
    return int(text)


def parse_page(text: str | None) -> int:
    """A page number out of an address, from 1; nothing means 1. Raises NotFound for anything else."""
    if not text:
        return 1
    page = parse_id(text)
    if page > MAX_PAGE:
        raise NotFound
    return page


def page_window(page: int, pages: int) -> list[int | None]:
    """The page numbers to link: first, last, and two on each side of `page`; None marks a gap."""
    wanted = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    links: list[int | None] = []
    for before, number in zip([0, *wanted], wanted, strict=False):
        if number - before > 1:
            links.append(None)
        links.append(number)
    return links
