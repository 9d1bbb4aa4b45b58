"""Codes of an authenticator app (TOTP, RFC 6238), and the recovery codes that stand in for it."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pyotp
import segno
from argon2.low_level import Type, hash_secret_raw

from forum.accounts import passwords

PERIOD = 30
DIGITS = 6
# A phone's clock may be half a minute off in either direction.
STEPS_OFF = 1
RECOVERY_CODES = 10
# Without what is mistaken for something else when read from paper: 0 o, 1 i l.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF = 5


def make_secret() -> str:
    """A new shared secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that `code` is of; None for a code of none of the steps around `now`. Compares in constant time."""
    current = int(now.timestamp()) // PERIOD
    generator = pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD)
    found = None
    for step in range(current - STEPS_OFF, current + STEPS_OFF + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def setup_address(secret: str, username: str, site: str) -> str:
    """The otpauth: address that an app takes over, by QR code or by a tap."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD).provisioning_uri(name=username, issuer_name=site)


def qr_svg(address: str) -> bytes:
    """`address` as a QR code, black on white whatever the page's theme is; no script and no style in it."""
    file = BytesIO()
    segno.make(address, error="m").save(file, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return file.getvalue()


def in_groups(secret: str) -> str:
    """The secret in groups of four, for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed as a code, without blanks and dashes. It can be one or the other, by its look."""

    text: str

    @property
    def is_app_code(self) -> bool:
        return len(self.text) == DIGITS and self.text.isascii() and self.text.isdigit()

    @property
    def is_recovery_code(self) -> bool:
        return len(self.text) == 2 * _HALF and all(char in _ALPHABET for char in self.text)


def typed(text: str) -> Typed:
    return Typed(
        "".join(char for char in text[:64].lower() if not char.isspace() and char not in "-\u2010\u2011\u2013")
    )


def make_recovery_codes() -> tuple[str, ...]:
    """New codes of 49 bits each: `k7m2p-x4q9r`."""
    return tuple(f"{_half()}-{_half()}" for _ in range(RECOVERY_CODES))


def _half() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))


def make_salt() -> str:
    return secrets.token_hex(16)


def recovery_hash(code: Typed, salt: str) -> str:
    """The argon2id hash of a recovery code. One salt for the codes of a person, so that looking for one costs one hash."""
    cost = passwords.COST
    digest = hash_secret_raw(
        code.text.encode(), bytes.fromhex(salt), cost.passes, cost.memory_kib, cost.lanes, 32, Type.ID
    )
    return digest.hex()
