"""Folding: letters as they are compared. Case, width, accents and invisible characters make no difference."""

from __future__ import annotations

import unicodedata

_INVISIBLE: dict[int, str | None] = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), None)
_PLAIN = _INVISIBLE | {0x2010: "-", 0x2011: "-", 0x2018: "'", 0x2019: "'", 0x02BC: "'"}


def fold(text: str) -> str:
    """`text` in small letters, compatibility forms resolved, without accents, hyphens and apostrophes plain.

    Lengths may change.
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", kept).translate(_PLAIN)
