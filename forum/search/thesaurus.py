"""Words that stand for one another, applied when a query is planned.

What stands in an entry is analysed as any text is, so that inflected forms are known too, and "kartu tanda penduduk", "KTP-el" and
"e-KTP" find each other. Of phrases that overlap in a query the longest counts; a word inside it is not looked up again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from forum.search.analysis import Token, tokens
from forum.search.documents import Alternative, Term

SYNONYMS = "synonyms"
BROADER = "broader"
SYNONYM_WEIGHT = 0.8
BROADER_WEIGHT = 0.6
LONGEST_TERM = 80
MOST_TERMS = 40

Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A group of `terms` that stand for one another ('synonyms'), or a `head` that finds narrower `terms` too ('broader')."""

    relation: str
    head: str
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` (exclusive) are a phrase of the thesaurus, for which `alternatives` may stand, best first."""

    start: int
    end: int
    alternatives: tuple[Alternative, ...]


class Thesaurus:
    """Entries, made ready to be looked up. It never changes, and knows nothing but the entries that it was made of."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._found: dict[Stems, dict[Stems, Alternative]] = {}
        self._lengths: dict[str, set[int]] = {}
        for entry in entries:
            self._add(entry)

    def spans(self, found: Sequence[Token]) -> list[Span]:
        """The phrases of the thesaurus in a text, in order, none overlapping; stop words between the words do not matter."""
        places = [i for i, token in enumerate(found) if not token.is_stop]
        stems = tuple(found[i].stem for i in places)
        taken: set[int] = set()
        spans = []
        for first, last, phrase in sorted(self._matches(stems), key=lambda match: (match[0] - match[1], match[0])):
            if taken.isdisjoint(range(first, last)):
                taken.update(range(first, last))
                spans.append(Span(places[first], places[last - 1] + 1, self._alternatives(phrase)))
        return sorted(spans, key=lambda span: span.start)

    def words(self) -> frozenset[str]:
        """Every word of the entries: correct, whether any document has it or not."""
        alternatives = (alternative for found in self._found.values() for alternative in found.values())
        return frozenset(term.word for alternative in alternatives for term in alternative.terms)

    def _matches(self, stems: Stems) -> Iterator[tuple[int, int, Stems]]:
        for first, stem in enumerate(stems):
            for length in self._lengths.get(stem, ()):
                phrase = stems[first : first + length]
                if phrase in self._found:
                    yield first, first + len(phrase), phrase

    def _alternatives(self, phrase: Stems) -> tuple[Alternative, ...]:
        return tuple(sorted(self._found[phrase].values(), key=lambda alternative: -alternative.weight))

    def _add(self, entry: Entry) -> None:
        members = [terms for terms in map(_analysed, entry.terms) if terms]
        phrases = [_analysed(entry.head)] if entry.relation == BROADER else members
        for phrase in phrases:
            for member in members:
                self._link(phrase, Alternative(member, entry.weight))

    def _link(self, phrase: tuple[Term, ...], alternative: Alternative) -> None:
        """Let `phrase` find `alternative`, unless that holds every word of it anyway. Of two weights the higher counts."""
        stems, other = _stems(phrase), _stems(alternative.terms)
        if not stems or set(stems) <= set(other):
            return
        known = self._found.setdefault(stems, {})
        self._lengths.setdefault(stems[0], set()).add(len(stems))
        if other not in known or known[other].weight < alternative.weight:
            known[other] = alternative


def parse_terms(text: str) -> tuple[str, ...]:
    """Terms from comma-separated text: small letters, single blanks, each once, none empty or longer than LONGEST_TERM."""
    lowered = unicodedata.normalize("NFKC", text).lower().replace("\n", ",")
    terms = (" ".join(term.split())[:LONGEST_TERM].rstrip() for term in lowered.split(","))
    return tuple(dict.fromkeys(term for term in terms if term))[:MOST_TERMS]


@cache
def shipped() -> tuple[Entry, ...]:
    """The entries that come with the program, until curators change them."""
    return (*_read("thesaurus.txt"), *_read("thesaurus_broader.txt"))


def _read(name: str) -> Iterator[Entry]:
    text = resources.files("forum.search").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        if content:
            yield _entry(content)


def _entry(line: str) -> Entry:
    """An entry from its line: "term, term | weight" or "head => term, term | weight"; the weight may be left out."""
    words, _, weight = line.partition("|")
    head, arrow, narrower = words.partition("=>")
    if arrow:
        return Entry(BROADER, head.strip(), parse_terms(narrower), float(weight or BROADER_WEIGHT))
    return Entry(SYNONYMS, "", parse_terms(words), float(weight or SYNONYM_WEIGHT))


def _analysed(text: str) -> tuple[Term, ...]:
    """The words of a term without stop words, or with them if there is nothing else."""
    found = tokens(text)
    kept = [token for token in found if not token.is_stop] or found
    return tuple(Term(token.stem, token.word) for token in kept)


def _stems(terms: Iterable[Term]) -> Stems:
    return tuple(term.stem for term in terms)
