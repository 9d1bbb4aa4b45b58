"""What is found: where it stands and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    NIK = "nik"
    KK = "kk"
    NIP = "nip"
    NPWP = "npwp"
    JKN = "jkn"
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    PLATE = "plate"
    PASSPORT = "passport"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` looks like a `kind`."""

    kind: Kind
    start: int
    end: int


# What may stand between two digits of one number.
SEP = "[ .\\-_\u200b]{0,3}"


def run(most: int, least: int | None = None) -> str:
    """A pattern for `least` (default: `most`) to `most` digits, grouped in whatever way."""
    return rf"\d(?:{SEP}\d){{{(least or most) - 1},{most - 1}}}"


_NO_DIGITS = {ord(char): None for char in " .-_/()+\u200b"}


def digits_of(written: str) -> str:
    """The digits of a folded number."""
    return written.translate(_NO_DIGITS)


def digits(*classes: str) -> str:
    """A pattern for one digit of each class ("0-9"), grouped in whatever way."""
    return SEP.join(f"[{one}]" for one in classes)


def is_part(text: str, start: int, end: int) -> bool:
    """A number in groups that goes on before or behind with a dot or dash is a piece of something longer."""
    if text[start:end].isdigit():
        return False
    goes_on_before = start > 1 and text[start - 1] in ".-" and text[start - 2].isdigit()
    return goes_on_before or (text[end : end + 1] in (".", "-") and text[end + 1 : end + 2].isdigit())
