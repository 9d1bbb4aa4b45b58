"""How text becomes terms: one analysis for documents and queries.

Text -> chunks -> folded words in canonical form -> informal spelling mended -> stem. Two words that are one term (tanggung jawab,
pertanggungjawaban; P. Siantar) become one. Stop words are flagged, and left out of indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forum.search.analysis.folding import fold
from forum.search.analysis.stemmer import stem
from forum.search.analysis.words import CHUNK, Word, pairs, words_of

__all__ = ["ANALYSIS_VERSION", "Token", "fold", "index_terms", "stem", "tokens"]

ANALYSIS_VERSION = 2
"""Moves with anything that changes terms, data files included: an index written with another version is rebuilt."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: `word` folded, in canonical form and mended spelling; `text[start:end]` is what stands there."""

    word: str
    stem: str
    start: int
    end: int
    is_stop: bool


def tokens(text: str) -> list[Token]:
    """All words of `text` in order, none overlapping; stop words are flagged."""
    found: list[Token] = []
    for word, offset in _words(text):
        token = Token(word.word, word.stem, offset + word.start, offset + word.end, word.is_stop)
        joined = pairs().get(found[-1].stem, {}).get(token.stem) if found else None
        if joined:
            token = Token(joined, joined, found.pop().start, token.end, False)
        found.append(token)
    return found


def index_terms(text: str) -> tuple[list[str], list[str]]:
    """Stems and words of `text` for an index: as `tokens` gives them, without stop words."""
    table = pairs()
    stems: list[str] = []
    words: list[str] = []
    following: dict[str, str] | None = None
    last_is_kept = False
    for chunk in CHUNK.findall(text.lower() if text.isascii() else text):
        for word in words_of(chunk):
            joined = following.get(word.stem) if following else None
            if joined and last_is_kept:
                stems[-1] = words[-1] = joined
            elif joined or not word.is_stop:
                stems.append(joined or word.stem)
                words.append(joined or word.word)
            last_is_kept = bool(joined) or not word.is_stop
            following = table.get(joined or word.stem)
    return stems, words


def _words(text: str) -> Iterator[tuple[Word, int]]:
    for match in CHUNK.finditer(text):
        for word in words_of(match[0]):
            yield word, match.start()
