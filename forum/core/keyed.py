"""Hashes that only this installation can make: they join what belongs together and tell nobody what it was."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app


def digest(purpose: str, text: str) -> str:
    """64 hexadecimal digits for `text`, by the secret of the installation; another `purpose` gives others."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
