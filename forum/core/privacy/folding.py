"""One spelling for digits, blanks and dashes, character by character: places in the folded text are places in the text."""

from __future__ import annotations

import unicodedata
from functools import cache

# Shown as nothing, so that a number broken up by one looks whole to whoever reads it.
_INVISIBLE = (0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)
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
    table.update((code, chr(code - 0xFEE0)) for code in _FULL_WIDTH)
    table.update(dict.fromkeys(_INVISIBLE, INVISIBLE))
    table[ord("\t")] = " "
    table[ord("\u2212")] = "-"
    return table


def fold(text: str) -> str:
    """`text` with every digit as 0-9, every blank, dash and full-width sign as in ASCII; as long as it was."""
    if text.isascii():
        return text.replace("\t", " ")
    return text.translate(_table())
