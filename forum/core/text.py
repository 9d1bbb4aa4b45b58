"""Small helpers for lines of text that people type."""

from __future__ import annotations

import re
import unicodedata

# Blank to the eye though Unicode calls them letters or symbols: Hangul fillers and the empty Braille pattern.
_LOOKS_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def one_line(text: str) -> str:
    """`text` as one visible line: NFC, without control, zero-width and direction-changing characters, single spaces.

    A text that shows nothing comes back empty, so "is it filled in?" is one comparison.
    """
    shown = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text) if _is_shown(char))
    return _SPACES.sub(" ", shown).strip()


def _is_shown(char: str) -> bool:
    return char.isspace() or (
        unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Co") and char not in _LOOKS_EMPTY
    )


def fold(text: str) -> str:
    """The form by which names are compared: lower case, accents and punctuation dropped, single spaces."""
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", one_line(text).casefold()) if not unicodedata.combining(char)
    )
    return _NOT_WORD.sub(" ", plain).strip()


def slugify(text: str, length: int = 60) -> str:
    """Words of `text` joined by hyphens, for an address; '' when nothing of it can be kept."""
    return fold(text).replace(" ", "-")[:length].strip("-")
