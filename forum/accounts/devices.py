"""A browser and where it is, in a few plain words: enough to know one's own again, too little to follow anybody.

Only words from these tables are kept, never what a client sent.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

# The first that is in the user agent wins, so what pretends to be another stands before it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("VivoBrowser/", "vivo Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_LOOKED_AT = 512


@dataclass(frozen=True, slots=True)
class Device:
    """'' where nothing is known."""

    browser: str = ""
    system: str = ""
    place: str = ""


UNKNOWN = Device()


def device(user_agent: str | None, address: str | None) -> Device:
    """What is kept of a browser that comes with `user_agent` from `address`."""
    text = (user_agent or "")[:_LOOKED_AT]
    return Device(_word(text, _BROWSERS), _word(text, _SYSTEMS), place(address))


def _word(text: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((word for part, word in table if part in text), "")


def place(address: str | None) -> str:
    """The network of an address: three of the four numbers of IPv4, the /48 of IPv6; '' when it is none."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed.packed, 48), strict=False))
        parsed = parsed.ipv4_mapped
    return ".".join([*str(parsed).split(".")[:3], "x"])
