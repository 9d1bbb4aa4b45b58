"""Threads and guides like a text: shown while a title is typed, so that nothing is asked twice, and below what is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.search import backends, planning
from forum.search.analysis import tokens
from forum.search.documents import Concept, Kind, Match, Status
from forum.search.services import asking
from forum.search.services.highlighting import LONGEST_TEXT, Marker
from forum.search.services.results import Hit
from forum.search.services.thesaurus import current as current_thesaurus
from forum.search.sources import Card
from forum.search.thesaurus import Thesaurus

# The first line of a text is its title; so much of what follows says more about it.
TITLE = 200
BODY = 300
MOST_CONCEPTS = 12
# Likeness (0-1) is the share of the weight of the text that the other's title has, and half of what only its best document has: long
# threads speak of everything, titles do not. On the sample content, titles put in other words have .54 to 1 of what they came from,
# and titles of other things at most .40, but for some of three words.
IN_TEXT = 0.5
ALIKE = 0.5
# What the body is about counts less than what the title is about.
OF_BODY = 0.5
# One word alone is not alike to anything.
LEAST_CONCEPTS = 2
# So many are looked at for each that is wanted.
CANDIDATES = 3
_DONE = frozenset((Status.SOLVED, Status.VALIDATED))


def similar(
    viewer: Viewer, text: str, *, without: int | None = None, limit: int = 5, thesaurus: Thesaurus | None = None
) -> tuple[Hit, ...]:
    """What is clearly like `text` (a title, or a title, a line break and more), the most alike first; nothing for most texts.

    `without`: a group that is left out: that of the text itself. A fixed number of SQL statements. Raises Unavailable.
    """
    title, _, body = text.strip()[: TITLE + BODY].partition("\n")
    named, more = _concepts(one_line(title), one_line(body), thesaurus or current_thesaurus())
    concepts = (*named, *more)
    if len(concepts) < LEAST_CONCEPTS:
        return ()
    plan = replace(
        asking.plan_for(viewer),
        concepts=concepts,
        limit=CANDIDATES * limit,
        with_facets=False,
        without_groups=frozenset(() if without is None else (without,)),
    )
    answer = asking.show(viewer, plan, asking.find(plan))
    marker, weights = Marker(concepts), [*_weights(named), *(OF_BODY * weight for weight in _weights(more))]
    alike = [(_likeness(card, marker, weights), match, card) for match, card in answer.shown]
    alike = [one for one in alike if one[0] >= ALIKE]
    alike.sort(key=_rank)
    return tuple(_hit(match, card, marker) for _, match, card in alike[:limit])


def _concepts(title: str, body: str, thesaurus: Thesaurus) -> tuple[tuple[Concept, ...], tuple[Concept, ...]]:
    """What the title is about, and the rarest of what the body is about besides."""
    named = planning.concepts(tokens(title), thesaurus)[:MOST_CONCEPTS]
    more = [concept for concept in planning.concepts(tokens(body), thesaurus) if concept not in named] if body else []
    weights = _weights(more)
    known = [i for i, weight in enumerate(weights) if weight < _unknown()]
    rarest = sorted(known, key=lambda i: -weights[i])[: MOST_CONCEPTS - len(named)]
    return named, tuple(more[i] for i in rarest)


def _weights(concepts: Sequence[Concept]) -> list[float]:
    """How much each says: the idf of its commonest word as typed."""
    terms = [term for concept in concepts for term in concept.alternatives[0].terms]
    counts = iter(backends.current().frequencies(terms))
    count = backends.current().document_count()
    return [_idf(max(next(counts) for _ in concept.alternatives[0].terms), count) for concept in concepts]


def _idf(frequency: int, count: int) -> float:
    return math.log1p((count - frequency + 0.5) / (frequency + 0.5))


def _unknown() -> float:
    """The weight of a word that no document has."""
    return _idf(0, backends.current().document_count())


def _likeness(card: Card, marker: Marker, weights: Sequence[float]) -> float:
    in_title = marker.answered(card.title)
    in_text = marker.answered(card.text[:LONGEST_TEXT]) - in_title
    if (
        not in_title and card.kind is Kind.GUIDE
    ):  # guides are long and named with care; a question may have a poor title
        return 0.0
    held = sum(weights[i] for i in in_title) + IN_TEXT * sum(weights[i] for i in in_text)
    return held / sum(weights)


def _rank(found: tuple[float, Match, Card]) -> tuple[float, bool, float]:
    """The most alike first; of equals those that were solved."""
    likeness, match, card = found
    return -round(likeness, 1), card.status not in _DONE, -match.score


def _hit(match: Match, card: Card, marker: Marker) -> Hit:
    return Hit(card, marker.title(card.title), marker.snippet(card.text), match.score, match.coverage, True)
