"""One spelling for digits, blanks and dashes, character by character: places in the folded text are places in the text."""

from __future__ import annotations

import unicodedata
from functools import cache

# Shown as nothing, so that a number broken up by one looks whole to whoever reads it.
# Besides these: what only formats (Cf), and what is drawn over another character (Mn, Me).
_INVISIBLE = (0x115F, 0x1160, 0x3164, 0xFFA0)
# Dots that are no full stop. (U+2022 is what masks.)
_DOTS = (0x00B7, 0x0387, 0x2024, 0x2027, 0x2219, 0x22C5, 0x30FB)
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_LAST = 0x1FBFA
INVISIBLE = "\u200b"


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0x80, _LAST):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            table[code] = str(unicodedata.decimal(char))
        elif category == "Zs":
            table[code] = " "
        elif category == "Pd":
            table[code] = "-"
        elif category in ("Cf", "Mn", "Me"):
            table[code] = INVISIBLE
    table.update((code, chr(code - 0xFEE0)) for code in _FULL_WIDTH)
    table.update(dict.fromkeys(_INVISIBLE, INVISIBLE))
    table.update(dict.fromkeys(_DOTS, "."))
    table[ord("\t")] = " "
    table[ord("\u2212")] = "-"
    return table


def fold(text: str) -> str:
    """`text` with every digit as 0-9, every blank, dash and full-width sign as in ASCII; as long as it was."""
    if text.isascii():
        return text.replace("\t", " ")
    return text.translate(_table())
