"""The passage of a text that answers a query best, and the words in it that do: inflected forms and synonyms included.

Time is linear in the length of a text. Words are analysed when a process meets them first; after that, which of the words of a text
answer a query is a matter of intersecting sets, and where they stand is left to one regular expression.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from forum.search.analysis.words import pairs, words_of
from forum.search.documents import Alternative, Concept, Term
from forum.search.services.results import Part, Parts

# Characters of a passage; three lines on a phone, two elsewhere. It may run on a little to end with a word.
PASSAGE = 220
# How far before the first answering word a passage may begin, if a sentence begins there; else it begins LEAD before.
SENTENCE = 80
LEAD = 40
# What lies beyond is not looked at: a snippet is no reason to read a book.
LONGEST_TEXT = 20_000
# Each further place of the same word is worth little beside another word of the query.
REPETITION = 0.1
CACHED_WORDS = 20_000
KNOWN_PIECES = 100_000
MOST_MARKS = 400

_WORD = re.compile(r"\w+(?:[-.'\u2010\u2011\u2018\u2019]\w+)*")
_SENTENCE_END = re.compile(r"[.!?:]\s+|\n+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Stems that answer concept number `concept` when all of them stand in the text."""

    concept: int
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    concepts: frozenset[int]


class _Pieces:
    """What stands between blanks in texts seen so far ("hilang.", "(KTP-el)"), by the stems in it. Shared by all searches.

    Pieces are known only after they can be found by their stems, so that threads do not wait for each other.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._by_stem: dict[str, set[str]] = {}

    def learn(self, pieces: set[str]) -> None:
        new = pieces - self._known
        if not new:
            return
        if len(self._known) > KNOWN_PIECES:
            self._known, self._by_stem = set(), {}
            new = pieces
        for piece in new:
            for form in _WORD.findall(piece):
                for stem in stems_of(form):
                    self._by_stem.setdefault(stem, set()).add(piece)
        self._known |= new

    def having(self, stem: str) -> set[str]:
        return self._by_stem.get(stem, _NONE)


_NONE: set[str] = set()
_pieces = _Pieces()


class Marker:
    """Finds what answers `concepts` (and the words of phrases) in any number of texts."""

    def __init__(self, concepts: Sequence[Concept], phrase_terms: Iterable[Term] = ()) -> None:
        plain = (Concept((Alternative((term,)),)) for term in phrase_terms)
        self._wanted = [wanted for n, concept in enumerate((*concepts, *plain)) for wanted in _wanted(n, concept)]
        stems = {stem for wanted in self._wanted for stem in wanted.stems}
        self._joined = {term: parts for term, parts in _parts().items() if term in stems}
        self._stems = stems.union(*(part for parts in self._joined.values() for part in parts))

    def title(self, text: str) -> Parts:
        """The whole of a short text, with what answers the query marked."""
        return _parted(text, 0, len(text), self._marks(text))

    def snippet(self, text: str) -> Parts:
        """The best passage of `text`, with "…" where it was cut; its beginning where nothing answers. Blanks are single."""
        text = text[:LONGEST_TEXT]
        marks = self._marks(text)
        start, end = _passage(text, *_best(marks))
        parts = [(_BLANKS.sub(" ", part), is_marked) for part, is_marked in _parted(text, start, end, marks)]
        if start:
            parts.insert(0, ("… ", False))
        if end < len(text):
            parts.append((" …", False))
        return tuple(_merged(parts))

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where words stand that answer, in order."""
        return [(mark.start, mark.end) for mark in self._marks(text)]

    def answered(self, text: str) -> frozenset[int]:
        """The numbers of the concepts that `text` answers."""
        return frozenset[int]().union(*self._concepts(self._forms(text)).values())

    def _marks(self, text: str) -> list[_Mark]:
        """Where words stand that answer, in order, none overlapping."""
        found = self._forms(text)
        concepts = self._concepts(found)
        if not concepts:
            return []
        marks = []
        for start, end, stems in self._paired(_places(text, found), found):
            answered = frozenset[int]().union(*(concepts.get(stem, ()) for stem in stems))
            if answered:
                marks.append(_Mark(start, end, answered))
        return marks

    def _paired(
        self, places: Iterable[tuple[int, int, str]], found: dict[str, frozenset[str]]
    ) -> list[tuple[int, int, frozenset[str]]]:
        """Places with their stems; two neighbours that are one term of the query are one place."""
        paired: list[tuple[int, int, frozenset[str]]] = []
        for start, end, form in places:
            stems = found[form]
            pair = self._joining(paired[-1][2], stems) if paired and start - paired[-1][1] == 1 else None
            if pair:
                start, stems = paired.pop()[0], stems | pair
            paired.append((start, end, stems))
        return paired

    def _joining(self, first: frozenset[str], second: frozenset[str]) -> frozenset[str]:
        """The terms that two neighbours are together."""
        return frozenset(
            term for term, ways in self._joined.items() if any(a in first and b in second for a, b in ways)
        )

    def _forms(self, text: str) -> dict[str, frozenset[str]]:
        """The different words of `text` that have a stem of the query, as they are written, with those stems."""
        pieces = set(text.split())
        _pieces.learn(pieces)
        answering = set[str]().union(*(pieces & _pieces.having(stem) for stem in self._stems))
        forms = (form for piece in answering for form in _WORD.findall(piece))
        found = ((form, stems_of(form) & self._stems) for form in forms)
        return {form: stems for form, stems in found if stems}

    def _concepts(self, found: dict[str, frozenset[str]]) -> dict[str, frozenset[int]]:
        """Stems of the text -> the concepts that they answer, each with all the words that it needs."""
        present = {stem for stems in found.values() for stem in stems}
        present.update(term for term, ways in self._joined.items() if any(set(way) <= present for way in ways))
        answering: dict[str, set[int]] = {}
        for wanted in self._wanted:
            if wanted.stems <= present:
                for stem in wanted.stems:
                    answering.setdefault(stem, set()).add(wanted.concept)
        return {stem: frozenset(concepts) for stem, concepts in answering.items()}


def _wanted(number: int, concept: Concept) -> Iterable[_Wanted]:
    """Of what was typed each word answers by itself; what may stand for it only as a whole."""
    typed, *others = concept.alternatives
    yield from (_Wanted(number, frozenset((term.stem,))) for term in typed.terms)
    yield from (_Wanted(number, frozenset(term.stem for term in other.terms)) for other in others)


@lru_cache(maxsize=CACHED_WORDS)
def stems_of(form: str) -> frozenset[str]:
    """The stems of what stands between blanks: more than one for "jalan-jembatan"."""
    return frozenset(word.stem for word in words_of(form))


@lru_cache(maxsize=1)
def _parts() -> dict[str, tuple[tuple[str, str], ...]]:
    """Terms that are written as two words -> the stems of these."""
    ways: dict[str, list[tuple[str, str]]] = {}
    for first, seconds in pairs().items():
        for second, term in seconds.items():
            ways.setdefault(term, []).append((first, second))
    return {term: tuple(many) for term, many in ways.items()}


def _places(text: str, forms: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where `forms` stand in `text` as whole words: start, end, form; in order, the longest where they overlap."""
    found: list[tuple[int, int, str]] = []
    for form in forms:
        at = text.find(form)
        while at >= 0 and len(found) < MOST_MARKS:
            end = at + len(form)
            if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                found.append((at, -end, form))
            at = text.find(form, end)
    apart: list[tuple[int, int, str]] = []
    for start, minus_end, form in sorted(found):
        if not apart or start >= apart[-1][1]:
            apart.append((start, -minus_end, form))
    return apart


def _best(marks: Sequence[_Mark]) -> tuple[int, int]:
    """From the first to the last mark of the stretch that answers most, the earliest of equals."""
    best, chosen = -1.0, (0, 0)
    counts: Counter[int] = Counter()
    first = 0
    for last, mark in enumerate(marks):
        counts.update(mark.concepts)
        while mark.end - marks[first].start > PASSAGE - LEAD and first < last:
            counts.subtract(marks[first].concepts)
            first += 1
        worth = sum(1 + REPETITION * (count - 1) for count in counts.values() if count > 0)
        if worth > best + 1e-9:
            best, chosen = worth, (marks[first].start, mark.end)
    return chosen


def _passage(text: str, first: int, last: int) -> tuple[int, int]:
    """Where the passage around text[first:last] begins and ends: at a sentence if one is near, else between words."""
    if len(text) <= PASSAGE:
        return 0, len(text)
    start = _beginning(text, first)
    end = min(len(text), max(last, start + PASSAGE))
    if end < len(text):
        blank = text.rfind(" ", last, end + 1)
        end = blank if blank > last else end
    elif first:  # the end of the text: what room there is goes before
        start = min(start, _word_start(text, max(0, end - PASSAGE)))
    return start, end


def _beginning(text: str, first: int) -> int:
    if first <= LEAD:
        return 0
    sentences = [match.end() for match in _SENTENCE_END.finditer(text, max(0, first - SENTENCE), first)]
    return sentences[-1] if sentences else _word_start(text, first - LEAD)


def _word_start(text: str, at: int) -> int:
    """The beginning of the first word that begins at or after `at`, if there is one near."""
    blank = _BLANKS.search(text, max(0, at - 1), at + LEAD) if at else None
    return blank.end() if blank else at


def _parted(text: str, start: int, end: int, marks: Sequence[_Mark]) -> Parts:
    parts: list[Part] = []
    at = start
    for mark in marks:
        if mark.start >= at and mark.end <= end:
            parts += [(text[at : mark.start], False), (text[mark.start : mark.end], True)]
            at = mark.end
    parts.append((text[at:end], False))
    return tuple(_merged(parts))


def _merged(parts: Iterable[Part]) -> Iterable[Part]:
    """Without empty parts, and neighbours of one kind joined."""
    for is_marked, group in groupby((part for part in parts if part[0]), key=lambda part: part[1]):
        yield "".join(text for text, _ in group), is_marked
