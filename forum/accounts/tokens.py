"""Secrets that a browser or a link carries: made here, kept only as digests."""

from __future__ import annotations

import hashlib
import secrets


def make() -> str:
    """A new secret of 256 bits, fit for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps of `token`. Unsalted on purpose: it is found by it, and 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
