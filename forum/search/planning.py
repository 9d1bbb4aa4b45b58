"""From the words of a query to the concepts that it asks about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forum.search.analysis import Token
from forum.search.documents import Alternative, Concept, Term
from forum.search.thesaurus import Thesaurus

MOST_CONCEPTS = 24
MOST_ALTERNATIVES = 12


def concepts(found: Sequence[Token], thesaurus: Thesaurus) -> tuple[Concept, ...]:
    """What `found` asks about: a phrase of the thesaurus is one concept, every other word one; the same twice counts once.

    Stop words are left out, unless there is nothing else.
    """
    asked = [token for token in found if not token.is_stop]
    planned = _planned(asked, thesaurus) if asked else (_concept([token]) for token in found)
    distinct: dict[frozenset[str], Concept] = {}
    for concept in planned:
        distinct.setdefault(frozenset(term.stem for term in concept.alternatives[0].terms), concept)
    return tuple(distinct.values())[:MOST_CONCEPTS]


def _planned(asked: Sequence[Token], thesaurus: Thesaurus) -> Iterator[Concept]:
    done = 0
    for span in thesaurus.spans(asked):
        yield from (_concept([token]) for token in asked[done : span.start])
        yield _concept(asked[span.start : span.end], span.alternatives)
        done = span.end
    yield from (_concept([token]) for token in asked[done:])


def _concept(typed: Sequence[Token], others: tuple[Alternative, ...] = ()) -> Concept:
    terms = dict.fromkeys(Term(token.stem, token.word) for token in typed)
    return Concept((Alternative(tuple(terms)), *others)[:MOST_ALTERNATIVES])
