"""The employee number (NIP of a PNS, NI PPPK): checked, kept as 18 digits, and never turned into anything else.

Structure (Peraturan Kepala BKN 22/2007; for PPPK the letters of BKN on NI PPPK): YYYYMMDD of birth, YYYY of appointment, two
digits that are its month for a PNS (01-12) and a contract or batch code for a PPPK (21 and up), sex 1 or 2, and a serial
from 001. A month check alone would wrongly turn away PPPK staff. Nothing is derived from it.
"""

from __future__ import annotations

import re
from datetime import date

from forum.core import clock

LENGTH = 18
FIRST_APPOINTMENT = 1970
FIRST_BIRTH = 1900
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")


def digits_of(text: str) -> str | None:
    """The 18 digits in `text`, with or without spaces, dots and dashes between them; None when it is not that."""
    digits = _SEPARATORS.sub("", text)
    return digits if len(digits) == LENGTH and digits.isascii() and digits.isdigit() else None


def parse(text: str) -> str | None:
    """The number as 18 digits; None when `text` cannot be a NIP."""
    digits = digits_of(text)
    if digits is None:
        return None
    year, code = int(digits[8:12]), int(digits[12:14])
    valid = (
        _is_birthday(digits[:8])
        and FIRST_APPOINTMENT <= year <= clock.now().year
        and (1 <= code <= 12 or code >= 21)
        and digits[14] in "12"
        and digits[15:] != "000"
    )
    return digits if valid else None


def _is_birthday(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= FIRST_BIRTH and born < clock.now().date()
