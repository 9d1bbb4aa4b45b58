"""A search over one snapshot: which documents, what they score, one line for each group, facets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search import ranking
from forum.search.backends.whoosh_schema import KINDS, NOTHING, SLUGS, key_of
from forum.search.backends.whoosh_snapshot import GUIDE, REPLY, THREAD, Snapshot
from forum.search.documents import Facet, Filters, Found, Kind, Match, Plan, Sort, Status
from forum.search.ranking import Floats, Rows, Scores

MOST_PHRASES = 200
"""So many of the best documents are checked for the phrases of a query: reading their texts is what it costs."""
MOST_COUNTED_BY_PLACE = 1 << 16

Mask = NDArray[np.bool_]
Counts = dict[int | str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Documents that match, with the place of their group, their score, the units of the query they have and what share of it."""

    rows: Rows
    places: NDArray[np.int32]
    scores: Floats
    units: NDArray[Any]
    coverage: Floats

    def only(self, kept: Mask) -> Candidates:
        return Candidates(*(getattr(self, name)[kept] for name in self.__slots__))

    def __len__(self) -> int:
        return len(self.rows)


def search(snapshot: Snapshot, plan: Plan) -> Found:
    """What `plan` finds in `snapshot`."""
    return _Search(snapshot, plan).found()


class _Search:
    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._columns = snapshot.columns
        self._heads = snapshot.heads
        self._scores = Scores(plan.concepts, snapshot.occurrences, snapshot.count, snapshot.size)
        self._narrowed = _narrowed(snapshot, plan.filters)
        self._is_truncated = False

    def found(self) -> Found:
        candidates = self._scored(self._rows())
        if self._plan.phrase_check and self._plan.phrase_terms:
            candidates = self._with_phrases(candidates)
        kinds = self._plan.filters.kinds
        wanted = candidates.only(self._of_kinds(candidates, kinds)) if kinds else candidates
        groups = np.flatnonzero(self._present(wanted) & _all(self._narrowed.values(), len(self._heads.row)))
        return Found(
            matches=self._matches(wanted, groups),
            total=len(groups),
            facets=self._facets(candidates, wanted) if self._plan.with_facets else {},
            at_least=self._is_truncated,
        )

    # --- Which documents ---

    def _rows(self) -> Rows:
        """Documents that have some of the words, are of groups that the viewer may see, and pass the filters on documents."""
        rows = self._matching()
        places = self._columns["place"][rows]
        kept = self._allowed()[places]
        filters = self._plan.filters
        if filters.authors:
            kept &= np.isin(self._columns["author"][rows], list(filters.authors))
        if filters.since:
            kept &= self._columns["day"][rows] >= filters.since.toordinal()
        if filters.until:
            kept &= self._columns["day"][rows] <= filters.until.toordinal()
        excluded = self._excluded()
        if excluded is not None:
            kept &= ~excluded[rows]
        found: Rows = rows[kept]
        return found

    def _matching(self) -> Rows:
        terms = self._plan.phrase_terms
        if terms:
            rows: Rows = self._snapshot.stem(terms[0].stem).rows
            for term in terms[1:]:
                rows = np.intersect1d(rows, self._snapshot.stem(term.stem).rows, assume_unique=True)
            return rows
        if self._plan.concepts:
            return np.flatnonzero(self._scores.units)
        live = self._snapshot.live
        return np.arange(self._snapshot.size) if live is None else np.flatnonzero(live)

    def _allowed(self) -> Mask:
        """Groups that may be found at all, by place."""
        plan = self._plan
        allowed: Mask = self._heads.row != NOTHING
        if plan.readable_boards is not None:
            allowed &= np.isin(self._heads.board, [*plan.readable_boards, NOTHING])
        allowed[self._snapshot.places_of([*plan.hidden_groups, *plan.without_groups])] = False
        for slug in plan.filters.tags:
            tagged = np.zeros(len(allowed), np.bool_)
            tagged[self._columns["place"][self._snapshot.postings(SLUGS, slug).documents]] = True
            allowed &= tagged
        excluded = self._excluded()
        if excluded is not None:
            heads = np.flatnonzero(excluded & (self._columns["kind"] != REPLY))
            allowed[self._columns["place"][heads]] = False
        return allowed

    def _excluded(self) -> Mask | None:
        """Documents with a word that none may have."""
        if not self._plan.excluded:
            return None
        excluded = np.zeros(self._snapshot.size, np.bool_)
        for term in self._plan.excluded:
            excluded[self._snapshot.stem(term.stem).rows] = True
        return excluded

    # --- What they score ---

    def _scored(self, rows: Rows) -> Candidates:
        columns, heads = self._columns, self._heads
        places = columns["place"][rows]
        words, units = self._scores.values[rows], self._scores.units[rows]
        replies = np.flatnonzero(columns["kind"][rows] == REPLY)
        above = heads.row[places[replies]]
        words[replies] = self._scores.beneath(rows[replies], above)
        units[replies] |= self._scores.units[above]
        age = self._plan.today.toordinal() - columns["day"][rows]
        boosts = ranking.document_boosts(columns["is_solution"][rows], columns["helpful"][rows], age)
        boosts *= ranking.status_boosts(heads.status)[places]
        coverage = self._scores.coverage(units)
        return Candidates(rows, places, ranking.final(words, coverage, boosts), units, coverage)

    def _with_phrases(self, candidates: Candidates) -> Candidates:
        """Of the best under all filters, and of the best under those on documents alone, what has the phrases."""
        assert self._plan.phrase_check  # noqa: S101 - for the type checker
        narrowed = _all(self._narrowed.values(), len(self._heads.row))[candidates.places]
        if self._plan.filters.kinds:
            narrowed &= self._of_kinds(candidates, self._plan.filters.kinds)
        self._is_truncated = int(narrowed.sum()) > MOST_PHRASES
        best = np.union1d(_best(candidates, np.flatnonzero(narrowed)), _best(candidates, np.arange(len(candidates))))
        keys = [key_of(number) for number in self._columns["key"][candidates.rows[best]].tolist()]
        passed = set(self._plan.phrase_check(keys)) if keys else set()
        kept = np.zeros(len(candidates), np.bool_)
        kept[best] = [key in passed for key in keys]
        return candidates.only(kept)

    # --- Groups ---

    def _of_kinds(self, candidates: Candidates, kinds: Collection[Kind]) -> Mask:
        """Documents of groups that a thread or a guide heads, or that are replies."""
        is_guide = self._heads.is_guide[candidates.places]
        kept = np.zeros(len(candidates), np.bool_)
        if Kind.GUIDE in kinds:
            kept |= is_guide
        if Kind.THREAD in kinds:
            kept |= ~is_guide
        if Kind.REPLY in kinds:
            kept |= self._columns["kind"][candidates.rows] == REPLY
        return kept

    def _present(self, candidates: Candidates) -> Mask:
        present = np.zeros(len(self._heads.row), np.bool_)
        present[candidates.places] = True
        return present

    def _matches(self, candidates: Candidates, groups: NDArray[np.intp]) -> tuple[Match, ...]:
        """The best document of each group on the page; sorted by date, the latest."""
        plan, heads = self._plan, self._heads
        is_by_date = plan.sort is Sort.DATE or not (plan.concepts or plan.phrase_terms)
        seconds = self._columns["seconds"][candidates.rows].astype(np.int64)
        worth = seconds if is_by_date else candidates.scores
        best = self._greatest(candidates, worth)
        is_archived = heads.status[groups] == Status.ARCHIVED
        if is_by_date:
            keys = ranking.date_keys(best[groups], self._greatest(candidates, candidates.coverage)[groups], is_archived)
        else:
            keys = ranking.relevance_keys(best[groups], is_archived)
        ages = self._columns["seconds"][heads.row[groups]].astype(np.int64)
        order = ranking.first_of(keys, heads.is_guide[groups], ages, plan.offset + plan.limit)[plan.offset :]
        return self._lines(candidates, groups[order], worth >= best[candidates.places])

    def _greatest(self, candidates: Candidates, values: NDArray[Any]) -> NDArray[Any]:
        """The greatest of `values` in each group, by place."""
        greatest = np.zeros(len(self._heads.row), values.dtype)
        np.maximum.at(greatest, candidates.places, values)
        return greatest

    def _lines(self, candidates: Candidates, groups: NDArray[np.intp], is_best: Mask) -> tuple[Match, ...]:
        on_page = np.zeros(len(self._heads.row), np.bool_)
        on_page[groups] = True
        shown: dict[int, int] = {}
        units = dict.fromkeys(groups.tolist(), self._scores.units.dtype.type(0))
        for at in np.flatnonzero(on_page[candidates.places]).tolist():
            place = int(candidates.places[at])
            units[place] |= candidates.units[at]
            if is_best[at]:
                shown.setdefault(place, at)
        coverage = self._scores.coverage(np.array(list(units.values()), self._scores.units.dtype))
        return tuple(
            Match(
                key=key_of(int(self._columns["key"][candidates.rows[shown[place]]])),
                group=int(self._heads.number[place]),
                score=float(candidates.scores[shown[place]]),
                coverage=float(share),
            )
            for place, share in zip(units, coverage, strict=True)
        )

    # --- Facets ---

    def _facets(self, candidates: Candidates, wanted: Candidates) -> Mapping[Facet, Counts]:
        heads = self._heads
        values = {Facet.STATUS: heads.status, Facet.BOARD: heads.board, Facet.UNIT: heads.unit, Facet.YEAR: heads.year}
        present = self._present(wanted)
        counted: dict[Facet, Counts] = {Facet.KIND: self._kinds(candidates)}
        for facet, table in values.items():
            others = (mask for of, mask in self._narrowed.items() if of is not facet)
            counted[facet] = _counts(table[present & _all(others, len(present))])
        return counted

    def _kinds(self, candidates: Candidates) -> Counts:
        """Groups headed by a thread, by a guide, and with replies among what was found; whatever kinds are asked for."""
        is_guide = self._heads.is_guide
        others = _all(self._narrowed.values(), len(is_guide))
        present = self._present(candidates) & others
        is_reply = self._columns["kind"][candidates.rows] == REPLY
        with_replies = self._present(candidates.only(is_reply)) & others
        counts = {THREAD: present & ~is_guide, REPLY: with_replies, GUIDE: present & is_guide}
        return {KINDS[kind].value: int(mask.sum()) for kind, mask in counts.items() if mask.any()}


def _narrowed(snapshot: Snapshot, filters: Filters) -> dict[Facet, Mask]:
    """For each facet about heads that is filtered by, the groups that pass."""
    heads = snapshot.heads
    asked: dict[Facet, tuple[NDArray[Any], Iterable[int]]] = {
        Facet.STATUS: (heads.status, map(int, filters.statuses)),
        Facet.BOARD: (heads.board, filters.boards),
        Facet.UNIT: (heads.unit, filters.units),
        Facet.YEAR: (heads.year, filters.years),
    }
    chosen = {facet: (table, list(values)) for facet, (table, values) in asked.items()}
    return {facet: np.isin(table, values) for facet, (table, values) in chosen.items() if values}


def _all(masks: Iterable[Mask], size: int) -> Mask:
    together = np.ones(size, np.bool_)
    for mask in masks:
        together &= mask
    return together


def _best(candidates: Candidates, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Those of `places` with the highest scores, as many as are checked for phrases."""
    if len(places) <= MOST_PHRASES:
        return places
    return places[np.argpartition(-candidates.scores[places], MOST_PHRASES)[:MOST_PHRASES]]


def _counts(values: NDArray[Any]) -> Counts:
    """How often each value occurs, NOTHING left out."""
    values = values[values != NOTHING] if values.dtype.kind == "i" else values
    if not len(values):
        return {}
    if int(values.max()) >= MOST_COUNTED_BY_PLACE or int(values.min()) < 0:
        found, counts = np.unique(values, return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))
    counted = np.bincount(values)
    found = np.flatnonzero(counted)
    return dict(zip(found.tolist(), counted[found].tolist(), strict=True))
