"""What rows of the PostgreSQL index hold of a query: the counts that were read with them, as `ranking` wants to see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search import ranking
from forum.search.backends.postgres_vectors import MOST_IN_BODY, unpack
from forum.search.documents import Concept, Term
from forum.search.ranking import Averages, Floats, Occurrences

# Terms that are looked up for one query; what was typed comes first, so that only words of the thesaurus can be left out.
MOST_TERMS = 64

NOWHERE = np.zeros(0, dtype=np.intp)
NOTHING = Occurrences(NOWHERE, NOWHERE.astype(np.float32), 0)


@dataclass(frozen=True, slots=True)
class Known:
    """A term that occurs: its number, in how many documents, and in how many strongly."""

    number: int
    df: int
    strong_df: int


@dataclass(frozen=True, slots=True)
class Question:
    """The concepts of a plan, and the stems and words of them that occur: rows are read with their counts in this order."""

    concepts: tuple[Concept, ...]
    stems: Mapping[str, Known]
    words: Mapping[str, Known]
    documents: int
    averages: Averages


def all_terms(concepts: Sequence[Concept]) -> list[Term]:
    """At most `MOST_TERMS`, those that were typed first."""
    typed = [term for concept in concepts for term in concept.alternatives[0].terms]
    others = [term for concept in concepts for other in concept.alternatives[1:] for term in other.terms]
    return list(dict.fromkeys([*typed, *others]))[:MOST_TERMS]


def scored(question: Question, rows: NDArray[Any]) -> ranking.Scores:
    """Rows are numbered as they stand."""
    counts = rows["counts"].T.astype(np.int32)
    stems = _stem_values(counts[: len(question.stems)], rows, question.averages)
    words = ranking.word_values(counts[len(question.stems) :] & MOST_IN_BODY, rows["exact_length"], question.averages)
    of_stem = _occurrences(question.stems, stems)
    of_word = _occurrences(question.words, words)

    def lookup(term: Term) -> tuple[Occurrences, Occurrences]:
        return of_stem.get(term.stem, NOTHING), of_word.get(term.word, NOTHING)

    return ranking.Scores(question.concepts, lookup, question.documents, len(rows))


def _stem_values(counts: NDArray[Any], rows: NDArray[Any], averages: Averages) -> Floats:
    titles, bodies, tags = unpack(counts)
    return ranking.stem_values(titles, bodies, tags, rows["title_length"], rows["body_length"], averages)


def _occurrences(known: Mapping[str, Known], values: Floats) -> dict[str, Occurrences]:
    found = {}
    for (term, about), of_term in zip(known.items(), values, strict=True):
        there = np.flatnonzero(of_term)
        found[term] = Occurrences(there, of_term[there], about.df)
    return found
