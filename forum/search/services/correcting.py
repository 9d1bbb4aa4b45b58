"""Did you mean: words of a query that are probably mistyped, and what they were meant to be.

The vocabulary is that of the index, and of the thesaurus and the known spellings. It holds words of places that a viewer may not
read: whoever offers a correction must have found something for this viewer with it (`leads`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from forum.search import backends
from forum.search.analysis import Token, stem
from forum.search.analysis.roots import roots, spelling
from forum.search.thesaurus import Thesaurus

# A word that stands in so many documents is meant as it stands, however rare it looks.
NEVER_FROM = 20
SHORTEST = 4
LONGEST = 30
# One slip in a short word, two in a longer one: two slips in five letters make any word out of any other.
TWO_SLIPS_FROM = 7
# A word that does occur is only suspected when what it resembles is so much more frequent, one slip away.
TIMES_AS_FREQUENT = 10
# Parts of words run together, or words torn apart, must be words that occur more than by chance.
PART_AT_LEAST = 3
SHORTEST_PART = 3
SURE_ROOT = 5
# What a common slip costs compared with any other: a neighbouring key, a letter doubled or not, two letters exchanged.
COMMON_SLIP = 0.75
# People seldom miss the first letter.
FIRST_LETTER = 0.5
# How much of the logarithm of its frequency a word must have more to make up for one more slip.
SLIP = 2.5
# Words of the thesaurus count as this frequent at least: rare in texts, but known.
KNOWN = 2
MOST_CANDIDATES = 3
MOST_SUSPECTS = 4
MOST_EXAMINED = 8
# In a vocabulary larger than this, words that stand in one document only are mostly slips themselves.
LARGE = 30_000

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    pair for row in _ROWS for a, b in pairwise(row) for pair in ((a, b), (b, a))
) | frozenset(pair for above, row in pairwise(_ROWS) for a, b in zip(above, row, strict=False) for pair in ((a, b), (b, a)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fix:
    """text[start:end] of the query may have been meant as one of `words`, the likeliest first."""

    start: int
    end: int
    words: tuple[str, ...]


class Vocabulary:
    """Words that occur, each with the number of documents; `known`: words that count as correct even where they do not occur."""

    def __init__(self, counts: Mapping[str, int], known: Collection[str] = ()) -> None:
        self._counts = counts
        self._known = frozenset(known)
        self._by_length: dict[int, list[str]] = {}
        least = 2 if len(counts) > LARGE else 1
        usual = (word for word, count in counts.items() if count >= least)
        for word in {*usual, *self._known}:
            if SHORTEST - 1 <= len(word) <= LONGEST + 2 and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)

    def count(self, word: str) -> int:
        return self._counts.get(word, 0)

    def is_known(self, word: str) -> bool:
        """Correct whether it occurs or not: a word of the dictionary, or made of one by affixes (of a short one only if it occurs:
        typos look like that).
        """
        root = stem(word)
        is_word = word in self._known or word in roots() or word in spelling()
        return is_word or (root in roots() and (len(root) >= SURE_ROOT or self.count(root) > 0))

    def alike(self, word: str, slips: int) -> list[tuple[float, str]]:
        """Words up to `slips` away, with their worth, the best first."""
        found: list[tuple[float, str]] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            choices = self._by_length.get(length, ())
            near = process.extract(word, choices, scorer=OSA.distance, score_cutoff=slips, limit=12)
            found += ((self._worth(word, choice, distance), choice) for choice, distance, _ in near if distance)
        return sorted(found, reverse=True)

    def _worth(self, word: str, choice: str, distance: float) -> float:
        cost = distance * COMMON_SLIP if distance == 1 and _is_common(word, choice) else distance
        if word[0] != choice[0]:
            cost += FIRST_LETTER
        frequency = max(self.count(choice), KNOWN if choice in self._known else 0)
        return math.log1p(frequency) - SLIP * cost


def fixes(found: Sequence[Token], vocabulary: Vocabulary) -> tuple[Fix, ...]:
    """What may be mistyped in the words `found` of a query, at most MOST_SUSPECTS; none overlapping."""
    joined = list(_torn(found, vocabulary))
    taken = {at for fix in joined for at in (fix.start, fix.end)}
    strange = [t for t in found if not {t.start, t.end} & taken and _is_strange(t, vocabulary)][:MOST_EXAMINED]
    single = (_fix(token, vocabulary) for token in strange)
    return (*joined, *(fix for fix in single if fix is not None))[:MOST_SUSPECTS]


def choose(found: Iterable[Fix], leads: Callable[[str], bool]) -> tuple[tuple[int, int, str], ...]:
    """For each fix its likeliest words that lead the viewer anywhere: (start, end, words)."""
    chosen = []
    for fix in found:
        words = next((words for words in fix.words if leads(words)), None)
        if words is not None:
            chosen.append((fix.start, fix.end, words))
    return tuple(chosen)


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each text[start:end] replaced."""
    for start, end, words in sorted(changes, reverse=True):
        text = f"{text[:start]}{words}{text[end:]}"
    return text


def _is_strange(token: Token, vocabulary: Vocabulary) -> bool:
    word = token.word
    if token.is_stop or not SHORTEST <= len(word) <= LONGEST or not word.isalpha() or vocabulary.is_known(word):
        return False
    return vocabulary.count(word) < NEVER_FROM


def _fix(token: Token, vocabulary: Vocabulary) -> Fix | None:
    word, count = token.word, vocabulary.count(token.word)
    slips = 1 if count or len(word) < TWO_SLIPS_FROM else 2
    candidates = vocabulary.alike(word, slips)
    if count:
        candidates = [one for one in candidates if vocabulary.count(one[1]) >= TIMES_AS_FREQUENT * count]
    else:
        candidates = sorted([*candidates, *_run_together(word, vocabulary)], reverse=True)
    words = tuple(candidate for _, candidate in candidates[:MOST_CANDIDATES])
    return Fix(token.start, token.end, words) if words else None


def _run_together(word: str, vocabulary: Vocabulary) -> Iterator[tuple[float, str]]:
    """suratpindah -> surat pindah."""
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        parts = word[:cut], word[cut:]
        rarer = min(map(vocabulary.count, parts))
        if rarer >= PART_AT_LEAST:
            yield math.log1p(rarer) - SLIP, " ".join(parts)


def _torn(found: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Fix]:
    """kar tu -> kartu."""
    end = 0
    for first, second in pairwise(found):
        word = first.word + second.word
        if first.start >= end and vocabulary.count(word) >= PART_AT_LEAST and word.isalpha():
            strange = [token for token in (first, second) if not _is_usual(token, vocabulary)]
            if strange:
                end = second.end
                yield Fix(first.start, second.end, (word,))


def _is_usual(token: Token, vocabulary: Vocabulary) -> bool:
    return token.is_stop or vocabulary.count(token.word) > 0 or vocabulary.is_known(token.word)


def _is_common(word: str, choice: str) -> bool:
    """Whether one slip between two words is one that hands make often."""
    if len(word) != len(choice):
        longer, shorter = sorted((word, choice), key=len, reverse=True)
        return any(a == b and longer[:i] + longer[i + 1 :] == shorter for i, (a, b) in enumerate(pairwise(longer)))
    different = [(a, b) for a, b in zip(word, choice, strict=True) if a != b]
    return len(different) == 2 or different[0] in _NEIGHBOURS


@dataclass(frozen=True, slots=True)
class _Made:
    """A vocabulary with what it was made of."""

    counts: Mapping[str, int]
    thesaurus: Thesaurus
    vocabulary: Vocabulary


_made: list[_Made] = []


def current_vocabulary(thesaurus: Thesaurus) -> Vocabulary:
    """That of the index and `thesaurus`, kept as long as both stay the same. Raises Unavailable."""
    counts = backends.current().words()
    made = _made[0] if _made else None
    if made is None or made.counts is not counts or made.thesaurus is not thesaurus:
        made = _Made(counts, thesaurus, Vocabulary(counts, thesaurus.words() | spelling().keys()))
        _made[:] = [made]
    return made.vocabulary
