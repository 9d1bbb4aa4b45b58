"""Guessing passwords is slowed down, without letting a guesser keep the owner out.

Failed tries are counted in windows of five minutes: per address (IPv6: per /64 network, which is what one customer gets), and
per identifier as it was typed, known or not, so that the answer does not tell which accounts exist. A browser that has
signed in to an account before carries a signed device cookie: its tries are counted for itself. So an attacker who keeps an
account's count full stops new devices only, for no longer than the attack and five minutes, and never the owner's usual
browser; a one-time link from an admin opens in any case. (OWASP, "Slow Down Online Guessing Attacks with Device Cookies".)
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

import structlog
from itsdangerous import BadData, URLSafeSerializer

from forum.core import ratelimit
from forum.core.errors import TooMany
from forum.core.ratelimit import SECOND_FACTOR, SECOND_FACTOR_DAY, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, Limit

DEVICE_DAYS = 180

Counted = tuple[Limit, str]

log = structlog.get_logger()


def network_of(address: str | None) -> str:
    """The address as it is counted: an IPv4 address itself, of IPv6 the /64 network."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="device")


def device_cookie(secret: str, user_id: int) -> str:
    """A cookie that says: this browser has signed in as `user_id`. It opens nothing."""
    return str(_serializer(secret).dumps([user_id, secrets.token_urlsafe(9)]))


def device_of(secret: str, cookie: str | None, user_id: int | None) -> str | None:
    """The name of the device, when `cookie` is one of ours for `user_id`."""
    if not cookie or user_id is None:
        return None
    try:
        owner, nonce = _serializer(secret).loads(cookie)
    except (BadData, ValueError, TypeError):
        return None
    return str(nonce) if owner == user_id else None


def count_try(address: str | None, identifier: str, device: str | None) -> list[Counted]:
    """Count a try before the password is looked at; returns what was counted. Raises TooMany when a limit is reached."""
    who = f"device:{device}" if device else hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()
    return _count([(SIGN_IN_ADDRESS, network_of(address)), (SIGN_IN_ACCOUNT, who)])


def count_code(user_id: int, device: str | None) -> list[Counted]:
    """Count a try of a second-step code before it is looked at. Raises TooMany when a limit is reached.

    A browser that has come in before is counted for itself here too: whoever knows the password and tries codes elsewhere
    does not keep its owner out.
    """
    who = f"device:{device}" if device else f"user:{user_id}"
    return _count([(SECOND_FACTOR, who), (SECOND_FACTOR_DAY, who)])


def _count(counted: list[Counted]) -> list[Counted]:
    for limit, key in counted:
        try:
            ratelimit.hit(limit, key)
        except TooMany:
            log.warning("sign_in_throttled", limit=limit.name)
            raise
    return counted


def forgive(counted: list[Counted]) -> None:
    """The try was the owner's: it does not count."""
    for limit, key in counted:
        ratelimit.give_back(limit, key)
