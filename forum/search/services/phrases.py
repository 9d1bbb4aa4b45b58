"""Quoted phrases: words that must follow one another, by their stems in the order of the text.

An index has no order of words. It gives the documents that have all words of a phrase, and these are judged by their texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from forum.search import sources
from forum.search.analysis import Token, tokens
from forum.search.documents import Alternative, Concept, Kind, Term
from forum.search.services.highlighting import Marker

# Documents whose texts are read for one search: the best that have all the words.
MOST_TEXTS = 200
# Places of its first word that are looked at in one text.
MOST_PLACES = 50
# Characters that a word and the blank after it take in a text, at most usually.
WORD_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems in order, from the first word that an index has to the last; stop words between them count too."""

    stems: tuple[str, ...]
    terms: tuple[Term, ...]


def phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    """What is quoted in a query. A phrase of nothing but stop words is left out: no index has them."""
    return tuple(phrase for phrase in map(_phrase, texts) if phrase is not None)


def _phrase(text: str) -> Phrase | None:
    found = tokens(text)
    while found and found[0].is_stop:
        del found[0]
    while found and found[-1].is_stop:
        del found[-1]
    kept = [Term(token.stem, token.word) for token in found if not token.is_stop]
    return Phrase(tuple(token.stem for token in found), tuple(dict.fromkeys(kept))) if kept else None


class Checker:
    """Judges documents by their texts: those that have each of `asked` as it stands."""

    def __init__(self, asked: Sequence[Phrase]) -> None:
        self._asked = [(phrase, Marker([Concept((Alternative((phrase.terms[0],)),))])) for phrase in asked]

    def __call__(self, keys: Sequence[str]) -> Collection[str]:
        """Those of `keys`, best first, that have all phrases. One statement a source; keys beyond MOST_TEXTS have none."""
        texts = texts_of(keys[:MOST_TEXTS])
        return frozenset(key for key, text in texts.items() if self.accepts(text))

    def accepts(self, text: str) -> bool:
        return all(_stands_in(text, phrase, marker) for phrase, marker in self._asked)


def _stands_in(text: str, phrase: Phrase, first: Marker) -> bool:
    if len(phrase.stems) == 1:
        return bool(first.places(text))
    length = WORD_LENGTH * (len(phrase.stems) + 1)
    starts = first.places(text)[:MOST_PLACES]
    return any(_stems(tokens(text[at : at + length]), len(phrase.stems)) == phrase.stems for at, _ in starts)


def _stems(found: Sequence[Token], count: int) -> tuple[str, ...]:
    return tuple(token.stem for token in found[:count])


def texts_of(keys: Collection[str]) -> dict[str, str]:
    """Title and text of documents, from whatever source has them."""
    found: dict[str, str] = {}
    for source in sources.all_sources():
        own = [key for key in keys if Kind(key.partition(":")[0]) in source.kinds]
        if own:
            found.update(source.texts(own))
    return found
