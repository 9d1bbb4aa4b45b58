"""Which documents of the PostgreSQL index are read and scored for a query: all that match where these are not too many.

Where they are, the documents with a rare word of the query are read, and of those that have nothing but frequent ones the
likeliest to be on top: with all of the frequent words, and with one of them strongly. What is left out is a document that has
some of the frequent words, in passing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.search.backends.postgres_rows import Branch

MOST_CANDIDATES = 4000
"""Rows that a search reads and scores, a few milliseconds for each thousand; up to here totals are exact."""
SHARE_OF_FREQUENT = 0.375
"""So much room there is for frequent words at least, however many documents the rare ones have."""
ENOUGH = 20
# Frequent words that are looked for together; the rarest of them tell more than the rest.
MOST_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A concept: the stems that a document with it has one of, how many documents have, and how many have one strongly."""

    stems: tuple[int, ...]
    size: int
    strong_size: int

    @property
    def strongly(self) -> Wanted:
        return Wanted(tuple(-stem for stem in self.stems), self.strong_size, self.strong_size)


def choose(wanted: Sequence[Wanted], documents: int, most: int = MOST_CANDIDATES) -> tuple[list[Branch], bool]:
    """What to read for a query of which a document needs one concept, and whether that is all that matches."""
    rare: list[Wanted] = []
    room = most
    by_size = sorted(wanted, key=lambda concept: concept.size)
    for concept in by_size:
        if concept.size > room:
            break
        rare.append(concept)
        room -= concept.size
    branches = [Branch((tuple(stem for concept in rare for stem in concept.stems),), most)] if rare else []
    frequent = by_size[len(rare) :]
    if frequent:
        branches += _likeliest(frequent, documents, max(room, int(most * SHARE_OF_FREQUENT)))
    return branches, not frequent


def _likeliest(frequent: Sequence[Wanted], documents: int, room: int) -> Iterator[Branch]:
    """Of the documents with frequent words, the likeliest first, until there is no room; the rarest word comes first."""
    for together in _combinations(frequent[:MOST_TOGETHER], documents, room):
        size = _size(together, documents)
        if size < 1:
            continue
        limit = min(room, max(int(1.5 * size), ENOUGH))
        yield Branch(tuple(concept.stems for concept in together), limit)
        room -= min(limit, int(size) + 1)
        if room < ENOUGH:
            return


def _combinations(together: Sequence[Wanted], documents: int, room: int) -> Iterator[tuple[Wanted, ...]]:
    """Concepts that a document has at once, from the strictest to the widest demand."""
    everything = tuple(together)
    if len(everything) > 1:
        if _size(everything, documents) > room:
            for at, concept in enumerate(everything):
                yield (*everything[:at], concept.strongly, *everything[at + 1 :])
        yield everything
    for concept in everything:
        yield (concept.strongly,)
    if len(everything) > 2:
        yield everything[:2]
    yield everything[:1]


def _size(together: Sequence[Wanted], documents: int) -> float:
    """About how many documents have all of these, as if words did not know of one another."""
    size = float(documents)
    for concept in together:
        size *= min(1.0, concept.size / max(documents, 1))
    return size
