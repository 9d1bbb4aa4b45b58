"""Encryption of what this installation alone must read: values in the database, fields that travel through a browser.

Fernet (AES-128-CBC, HMAC-SHA256) under a key that HKDF derives from the secret of the installation. Each purpose has a key of
its own, so what was sealed for one cannot be opened, or put in, as another.
"""

from __future__ import annotations

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from forum.core import clock


def _fernet(purpose: str) -> Fernet:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"rembuk:{purpose}".encode()).derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))


def seal(purpose: str, text: str) -> str:
    """`text`, readable only through `unseal` with the same purpose."""
    now = int(clock.now().timestamp())
    return _fernet(purpose).encrypt_at_time(text.encode("utf-8", "surrogatepass"), now).decode()


def unseal(purpose: str, token: str, *, within: timedelta | None = None) -> str | None:
    """What was sealed; None when it was not sealed here for this purpose, was changed, or is older than `within`."""
    fernet, now = _fernet(purpose), int(clock.now().timestamp())
    data = token.encode("utf-8", "replace")
    try:
        if within is None:
            return fernet.decrypt(data).decode("utf-8", "surrogatepass")
        return fernet.decrypt_at_time(data, int(within.total_seconds()), now).decode("utf-8", "surrogatepass")
    except InvalidToken:
        return None
