"""Which terms there are in a field, with the number of documents that have each (deleted ones included).

Reading them all takes a second for each hundred thousand. So what is read is kept: of large segments, which seldom change, all
together, of small ones each alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from forum.search.backends.whoosh_segments import Segment, readable

LARGE = 2000
"""Documents of a segment whose terms are kept together with those of others."""
BEHIND_ALL = "\U0010ffff"

Terms = list[tuple[str, int]]


@dataclass
class Kept:
    """Terms of the large segments of one state of the index."""

    of: frozenset[str]
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def ordered(self) -> Sequence[str]:
        return sorted(self.counts)


class Vocabularies:
    """Those of an index. Threads may come at once: the worst is that two do the same."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._small: dict[tuple[str, str], Terms] = {}

    def counts(self, of: str, segments: Iterable[Segment]) -> Mapping[str, int]:
        """All terms of a field. Raises Unavailable."""
        kept, rest = self._parted(of, segments)
        if not rest:
            return kept.counts
        together = dict(kept.counts)
        _add(together, rest)
        return together

    def beginning(self, of: str, prefix: str, segments: Iterable[Segment]) -> Mapping[str, int]:
        """Terms of a field that begin with `prefix`. Raises Unavailable."""
        kept, rest = self._parted(of, segments)
        first, last = (bisect_left(kept.ordered, end) for end in (prefix, prefix + BEHIND_ALL))
        found = {term: kept.counts[term] for term in kept.ordered[first:last]}
        _add(found, rest, prefix)
        return found

    def _parted(self, of: str, segments: Iterable[Segment]) -> tuple[Kept, list[Terms]]:
        """What is kept of the large segments, and what the others have."""
        large = {segment.name: segment for segment in segments if segment.size >= LARGE}
        kept = self._kept.get(of)
        if kept is None or kept.of != large.keys():
            kept = Kept(frozenset(large))
            _add(kept.counts, (_terms(segment, of) for segment in large.values()))
            self._kept[of] = kept
        small = [segment for segment in segments if segment.name not in large]
        terms = {(segment.name, of): self._small.get((segment.name, of)) or _terms(segment, of) for segment in small}
        # Replaced as a whole: what is left of segments that are gone goes with it.
        others = {key: found for key, found in self._small.items() if key[1] != of}
        self._small = others | terms
        return kept, list(terms.values())


def _terms(segment: Segment, of: str) -> Terms:
    with readable():
        return segment.terms(of)


def _add(counts: dict[str, int], terms: Iterable[Terms], prefix: str = "") -> None:
    for found in terms:
        for term, count in found:
            if term.startswith(prefix):
                counts[term] = counts.get(term, 0) + count
