"""What makes a document stand above another: every weight, and the formulas. Both backends count with these.

A document's score is BM25F over its stems (title, body and tags are weighted and normalised by their lengths, then saturate
together), plus a plain BM25 over the untouched words at a small weight. A query is a sum of concepts; of the words that stand for
one concept the best counts alone. What a document is (solved, a solution, fresh ...) multiplies its score a little.

`rows` are numbers of documents, ascending, in whatever numbering the backend uses for a search.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search.documents import Alternative, Concept, Status, Term

# --- Words ---
TITLE = 3.0
"""A word of the title says what it is about; one that stands three times in a body says about as much."""
BODY = 1.0
TAGS = 2.0
"""Somebody chose it as a name for the subject, but a tag is wider than a title."""

K1 = 1.0
"""How slowly repetition stops to count: the second occurrence adds a third of the first. .9-1.2 were all as good."""
BODY_B = 0.6
"""How much a long body dilutes its words: .4-.75 were all as good on questions and passages made by others."""
SHORTEST = 0.3
"""A body that is shorter than this share of the average counts as so long: three words that happen to be the right ones answer little."""
TITLE_B = 0.3
"""Titles are all short: a long one is more explicit rather than diluted."""
TITLE_LENGTH = 7.0
"""Words of an ordinary title without stop words. Fixed, since replies have none and would pull an average down."""

EXACT = 0.3
"""The untouched word as a second signal beside its stem: adds .006-.009 nDCG; more takes away what stemming gives."""

# --- Documents ---
HEAD_SHARE = 0.7
"""A reply is read beneath its title: what it lacks of the query it has from its thread, at this share. A concept that both have counts
once, so that a reply which only repeats the question does not pass it."""
COVERAGE = 0.15
"""Any-of with coverage rewarded: a document that has little of the query loses up to this share. Above .2 ranking gets worse."""
SOLVED = 1.12
"""A thread with an answer that helped is what people look for: enough to pass an equal, not to pass one with a word more."""
VALIDATED = 1.15
"""A guide that is checked and in force; a little above a solved thread, because somebody vouches for it."""
SOLUTION = 1.12
"""The very post that solved it."""
HELPFUL = 0.03
"""For each doubling of the thanks that a post has (1, 3, 7, ...)."""
MOST_HELPFUL = 1.15
"""Thanks gather where readers are: they must not outweigh words."""
FRESH = 0.08
"""What is new may be worth so much more than what is old: rules change, but most answers stay true."""
FRESH_HALF_LIFE_DAYS = 365.0

GOOD_COVERAGE = 0.6
"""Sorted by date, what has less of the query's weight than this comes after all others: any-of finds something in nearly everything."""
SCORE_STEP = 0.001
"""Scores that differ by less are equal: then guides come first, then what is newer."""

_STATUS_BOOSTS = {Status.SOLVED: SOLVED, Status.VALIDATED: VALIDATED}

Floats = NDArray[np.float32]
Rows = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Averages:
    """Mean lengths in terms, over all documents: of bodies, and of untouched words (title and body together)."""

    body: float
    exact: float


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a term occurs and what it is worth there (saturated, 0 to K1 + 1). `df`: in how many documents of the whole index."""

    rows: Rows
    values: Floats
    df: int


Lookup = Callable[[Term], tuple[Occurrences, Occurrences]]
"""For a term the occurrences of its stem, and those of the untouched word."""


def idf(documents: int, df: float) -> float:
    """How much a term tells that `df` of `documents` have."""
    return math.log(1 + (max(documents - df, 0) + 0.5) / (df + 0.5))


def stem_values(
    title: Rows, body: Rows, tags: Rows, title_lengths: Rows, body_lengths: Rows, averages: Averages
) -> Floats:
    """What a stem is worth in documents, by its counts in their fields and the lengths of those."""
    frequency = TITLE * title / (1 - TITLE_B + TITLE_B * title_lengths / TITLE_LENGTH)
    frequency += BODY * body / _dilution(body_lengths, averages.body)
    frequency += TAGS * tags
    return _saturated(frequency)


def word_values(counts: Rows, lengths: Rows, averages: Averages) -> Floats:
    """What an untouched word is worth in documents, by its counts in title and body together and the lengths of these."""
    return _saturated(counts / _dilution(lengths, averages.exact))


def _dilution(lengths: Rows, average: float) -> Floats:
    shares = np.maximum(lengths / np.float32(max(average, 1.0)), np.float32(SHORTEST))
    return _floats(1 - BODY_B + BODY_B * shares)


def _saturated(frequency: Any) -> Floats:
    return _floats(frequency * (K1 + 1) / (frequency + K1))


def _floats(values: NDArray[Any]) -> Floats:
    return values.astype(np.float32, copy=False)


class Scores:
    """Of `size` documents the sum of what concepts are worth in them (`values`), and which units of the query each has (`units`).

    A unit is a word that was typed; a document that has another word for the whole concept has all units of it. Beyond 64 units the
    last one stands for the rest.
    """

    MOST_UNITS = 64

    def __init__(self, concepts: Sequence[Concept], lookup: Lookup, documents: int, size: int) -> None:
        typed = sum(len(concept.alternatives[0].terms) for concept in concepts)
        self.values: Floats = np.zeros(size, np.float32)
        self.units: NDArray[Any] = np.zeros(size, _unit_type(typed))
        self._weights: list[float] = []
        self._parts: list[list[tuple[Rows, Floats]]] = []
        self._lookup = lookup
        self._documents = documents
        for concept in concepts:
            self._add(concept)

    def coverage(self, units: NDArray[Any]) -> Floats:
        """The share of the query's weight that each of `units` (a selection or union of `self.units`) stands for."""
        total = sum(self._weights)
        if not total:
            return np.ones(len(units), np.float32)
        covered = np.zeros(len(units), np.float32)
        for first in range(0, len(self._weights), 8):
            weights = self._weights[first : first + 8]
            table = np.array([_weight_of(bits, weights) for bits in range(1 << len(weights))], np.float32)
            covered += table[(units >> units.dtype.type(first)) & units.dtype.type(len(table) - 1)]
        return covered / np.float32(total)

    def beneath(self, rows: Rows, heads: Rows) -> Floats:
        """What replies (`rows`) are worth when they are read beneath the heads of their threads."""
        worth = np.zeros(len(rows), np.float32)
        for parts in self._parts:
            own, above = self._at((rows, heads), parts)
            worth += np.maximum(own, np.float32(HEAD_SHARE) * above)
        return worth

    def _at(self, wanted: Sequence[Rows], parts: Sequence[tuple[Rows, Floats]]) -> list[Floats]:
        """The sum of `parts` in documents; looked up one by one where these are few among many."""
        if len(wanted[0]) * 200 < len(self.values):
            return [
                sum((_looked_up(rows, *part) for part in parts), np.zeros(len(rows), np.float32)) for rows in wanted
            ]
        everywhere = np.zeros_like(self.values)
        for rows, values in parts:
            everywhere[rows] += values
        return [everywhere[rows] for rows in wanted]

    def _add(self, concept: Concept) -> None:
        typed, *others = concept.alternatives
        found = [self._lookup(term) for term in typed.terms]
        weights = self._typed_weights(found, others)
        bits = [self._unit(weight) for weight in weights]
        parts = [part for stem, word in found for part in self._typed_parts(stem, word)]
        for (stem, _word), bit in zip(found, bits, strict=True):
            self.units[stem.rows] |= bit
        if others:
            parts = [self._best_of(parts, others, bits, sum(weights))]
        for rows, values in parts:
            self.values[rows] += values
        self._parts.append(parts)

    def _typed_parts(self, stem: Occurrences, word: Occurrences) -> Iterator[tuple[Rows, Floats]]:
        yield stem.rows, np.float32(idf(self._documents, stem.df)) * stem.values
        yield word.rows, np.float32(EXACT * idf(self._documents, word.df)) * word.values

    def _best_of(
        self, typed: Sequence[tuple[Rows, Floats]], others: Sequence[Alternative], bits: Sequence[Any], weight: float
    ) -> tuple[Rows, Floats]:
        """Where any alternative of a concept is, and what the best is worth there."""
        best = np.zeros_like(self.values)
        for rows, values in typed:
            best[rows] += values
        for other in others:
            rows, worth = self._all_of(other)
            best[rows] = np.maximum(best[rows], np.float32(other.weight * weight) * worth)
            for bit in bits:
                self.units[rows] |= bit
        there = np.flatnonzero(best)
        return there, best[there]

    def _typed_weights(
        self, found: Sequence[tuple[Occurrences, Occurrences]], others: Sequence[Alternative]
    ) -> list[float]:
        """What each typed word weighs. A single one with others that stand for it: as all of them together.

        So what stands for a word never outweighs it, however rare it is.
        """
        if len(found) > 1 or not others:
            return [idf(self._documents, stem.df) for stem, _word in found]
        dfs = [found[0][0].df, *(min(self._lookup(term)[0].df for term in other.terms) for other in others)]
        return [idf(self._documents, _union(dfs, self._documents))]

    def _unit(self, weight: float) -> Any:
        """The bit of one more unit."""
        if len(self._weights) == self.MOST_UNITS:
            self._weights[-1] += weight
        else:
            self._weights.append(weight)
        return self.units.dtype.type(1 << (len(self._weights) - 1))

    def _all_of(self, other: Alternative) -> tuple[Rows, Floats]:
        """Documents with all words of `other`, and what the least of them is worth there."""
        rows, worth = _both(*self._lookup(other.terms[0]))
        for term in other.terms[1:]:
            more, worth_of_it = _both(*self._lookup(term))
            rows, here, there = np.intersect1d(rows, more, assume_unique=True, return_indices=True)
            worth = np.minimum(worth[here], worth_of_it[there])
        return rows, worth


def _looked_up(wanted: Rows, rows: Rows, values: Floats) -> Floats:
    if not len(rows):
        return np.zeros(len(wanted), np.float32)
    at = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
    return _floats(np.where(rows[at] == wanted, values[at], np.float32(0)))


def _both(stem: Occurrences, word: Occurrences) -> tuple[Rows, Floats]:
    """What a term is worth by its stem, and a little more where it stands as it is."""
    worth = stem.values.copy()
    if len(stem.rows) and len(word.rows):
        at = np.minimum(np.searchsorted(stem.rows, word.rows), len(stem.rows) - 1)
        is_there = stem.rows[at] == word.rows
        worth[at[is_there]] += np.float32(EXACT) * word.values[is_there]
    return stem.rows, worth


def _union(dfs: Iterable[int], documents: int) -> float:
    """About how many documents have one of several terms, as if these knew nothing of each other."""
    missing = 1.0
    for df in dfs:
        missing *= 1 - min(1.0, df / max(documents, 1))
    return documents * (1 - missing)


def _unit_type(units: int) -> type[np.unsignedinteger[Any]]:
    if units <= 8:
        return np.uint8
    if units <= 16:
        return np.uint16
    return np.uint32 if units <= 32 else np.uint64


def _weight_of(bits: int, weights: Sequence[float]) -> float:
    return sum(weight for at, weight in enumerate(weights) if bits >> at & 1)


def final(words: Floats, coverage: Floats, boosts: Floats) -> Floats:
    """Scores of documents: what their words are worth (with the head's share), coverage rewarded, times what they are."""
    return _floats(words * (1 - COVERAGE + COVERAGE * coverage) * boosts)


def at_most(own: Floats, of_heads: Floats, boosts: Floats) -> Floats:
    """What `final` gives is never more: by what documents and their heads (0 for heads themselves) are worth alone."""
    return _floats((own + np.float32(HEAD_SHARE) * of_heads) * boosts)


def document_boosts(is_solution: NDArray[Any], helpful: NDArray[Any], age_in_days: NDArray[Any]) -> Floats:
    """For what a document is itself."""
    thanked = _THANKED[np.minimum(helpful, len(_THANKED) - 1)]
    fresh = _FRESH[np.clip(age_in_days, 0, len(_FRESH) - 1)]
    return _floats(np.where(is_solution, np.float32(SOLUTION), np.float32(1)) * thanked * fresh)


# Looked up, since there may be a hundred thousand documents to boost.
_THANKED: Floats = np.minimum(1 + HELPFUL * np.log2(1 + np.arange(100)), MOST_HELPFUL).astype(np.float32)
_FRESH: Floats = (1 + FRESH * np.exp2(-np.arange(20 * 366) / FRESH_HALF_LIFE_DAYS)).astype(np.float32)


def status_boosts(statuses: NDArray[Any]) -> Floats:
    """For what is known of the head of its group."""
    table = np.ones(max(Status) + 1, np.float32)
    for status, boost in _STATUS_BOOSTS.items():
        table[status] = boost
    return _floats(table[statuses])


# Greater than any number of score steps or seconds, so that what it is added to comes before all else.
_ABOVE_ALL = 1 << 40


def relevance_keys(scores: Floats, is_archived: NDArray[np.bool_]) -> NDArray[np.int64]:
    """What groups are ordered by, the greatest first: their scores, and archived ones after all others."""
    steps: NDArray[np.int64] = np.rint(scores / np.float32(SCORE_STEP)).astype(np.int64)
    steps -= _ABOVE_ALL * is_archived.astype(np.int64)
    return steps


def date_keys(seconds: NDArray[np.int64], coverage: Floats, is_archived: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The same by date: first what has enough of the query, then the rest, archived ones last."""
    places: NDArray[np.int64] = (coverage >= GOOD_COVERAGE).astype(np.int64) - 2 * is_archived.astype(np.int64)
    return seconds + _ABOVE_ALL * places


def first_of(
    keys: NDArray[np.int64], is_guide: NDArray[np.bool_], seconds: NDArray[np.int64], count: int
) -> NDArray[np.intp]:
    """Places of the first `count` groups in their order: by key, guides before threads, newest first, as given."""
    if count < len(keys):
        least = np.partition(keys, len(keys) - count)[len(keys) - count]
        chosen = np.flatnonzero(keys >= least)
    else:
        chosen = np.arange(len(keys))
    order = np.lexsort((-seconds[chosen], ~is_guide[chosen], -keys[chosen]))
    return chosen[order][:count]
