"""How results are ranked: every weight of search in one place, with its reason, and the formulas that both backends share.

Measured on natural questions over passages of other people (see docs/search.md), not tuned to one set. A change here needs no rebuild.

BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009): the frequencies of a term in title, body and tags are weighted
and normalised by the length of their field, joined, and only then saturated, so that a word in the title counts more but not twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from forum.search.documents import Plan, Status

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

# Saturation: from the second occurrence on a word adds little. 0.9 to 1.2 are equally good; short posts want the lower end.
K1 = 1.0


@dataclass(frozen=True, slots=True)
class Field:
    """`weight` of one occurrence, and `b`: how much a long field counts against it (0 not at all, 1 in proportion)."""

    weight: float
    b: float


# A title is short and chosen with care; its length says little. Tags are few and chosen from a list. In bodies 0.4 to 0.75 are equally good.
TITLE = Field(2.5, 0.3)
BODY = Field(1.0, 0.6)
TAGS = Field(1.5, 0.0)

# The word as it was typed, beside its stem: settles which of two forms is meant. 0.2 and 0.3 gain .006 to .009 nDCG, 0.5 less.
EXACT = 0.3
EXACT_B = 0.6

# All of the words rather than one of them three times. BM25 does most of this already: more than 0.1 costs nDCG on long questions.
COVERAGE = 0.1

# A reply is read beneath the title and question of its thread, so half of what those hold is held by it too.
HEAD_SHARE = 0.5

# What solved a problem before what was said about it. Below the difference that one more matching word makes.
SOLVED = 1.12
VALIDATED = 1.25
UNVALIDATED = 1.08
REVIEW_DUE = 1.05
SOLUTION_POST = 1.15
# Each doubling of "helpful" adds 3 %, at most 15 %.
HELPFUL_STEP, HELPFUL_MOST = 0.03, 0.15
# Rules change: after five years a text has lost 10 %, and never loses more.
AGE_YEARS, AGE_LOSS = 5.0, 0.10
# Archived guides stand behind everything else, whatever they hold.
ARCHIVED_LAST = -1.0e4
# By date, only what holds a fair part of what the best result holds: else one common word would fill the list.
BY_DATE_SHARE = 0.35

STATUS_FACTOR: dict[Status, float] = {
    Status.SOLVED: SOLVED,
    Status.VALIDATED: VALIDATED,
    Status.UNVALIDATED: UNVALIDATED,
    Status.REVIEW_DUE: REVIEW_DUE,
}

DAY = 24 * 3600


def idf(frequency: float, documents: float) -> float:
    """What a term that occurs in `frequency` of `documents` is worth: ln(1 + (N - n + 0.5) / (n + 0.5)), never below 0."""
    frequency = min(frequency, documents)
    return float(np.log1p((documents - frequency + 0.5) / (frequency + 0.5)))


def weighted(frequencies: Floats, lengths: NDArray[np.generic], average: float, field: Field) -> Floats:
    """The share of one field in the joined frequency of BM25F, for documents with these frequencies and field lengths."""
    norm = (1.0 - field.b) + field.b * (lengths.astype(np.float32) / np.float32(max(average, 1.0)))
    return (field.weight * frequencies / norm).astype(np.float32)


def saturated(joined: Floats) -> Floats:
    """From 0 to K1 + 1, less and less for each further occurrence."""
    return (joined * np.float32(K1 + 1.0) / (joined + np.float32(K1))).astype(np.float32)


def status_factors() -> Floats:
    """The factor of a group by the number of its status."""
    factors = np.ones(max(Status) + 1, dtype=np.float32)
    for status, factor in STATUS_FACTOR.items():
        factors[status] = factor
    return factors


def document_factors(
    created: NDArray[np.int64], helpful: NDArray[np.generic], solution: NDArray[np.bool_], today: date
) -> Floats:
    """Boosts of documents: the accepted solution, helpful votes, age. `created`: seconds since 1970."""
    now = datetime.combine(today, time(), UTC).timestamp() + DAY
    years = np.clip((now - created) / (365.25 * DAY), 0.0, AGE_YEARS)
    votes = np.minimum(HELPFUL_STEP * np.log2(1.0 + helpful.astype(np.float32)), HELPFUL_MOST)
    solved = np.where(solution, SOLUTION_POST, 1.0)
    return ((1.0 - AGE_LOSS * years / AGE_YEARS) * (1.0 + votes) * solved).astype(np.float32)


def concept_weight(typed: list[float], union: float, documents: float) -> float:
    """What a concept is worth when an alternative stands for it. `typed`: idf of each word that was typed; `union`: in how many
    documents any alternative occurs, at most.

    By its own, rarer words a concept would outshine the rest of the query wherever a common synonym stands; a phrase is worth as
    much more as it has words.
    """
    worth = idf(union, documents)
    most = max(typed, default=0.0)
    return worth * (sum(typed) / most) if most > 0 else worth


def rewarded(score: Floats, coverage: Floats) -> Floats:
    """Scores with the reward for coverage (0 to 1)."""
    return (score * ((1.0 - COVERAGE) + COVERAGE * coverage)).astype(np.float32)


def asks_for_words(plan: Plan) -> bool:
    """Whether there is anything to rank by."""
    return bool(plan.concepts or plan.phrase_terms)
