"""A search over one snapshot: which documents, one line for each group, facets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search import ranking
from forum.search.backends.whoosh_schema import KINDS, NOTHING, SLUGS, key_of
from forum.search.backends.whoosh_scoring import Judge
from forum.search.backends.whoosh_snapshot import GUIDE, REPLY, THREAD, Snapshot
from forum.search.documents import Facet, Filters, Found, Kind, Match, Plan, Sort, Status
from forum.search.ranking import Rows

MOST_PHRASES = 200
"""So many of the best documents are checked for the phrases of a query: reading their texts is what it costs."""
MOST_COUNTED_BY_VALUE = 1 << 16

Mask = NDArray[np.bool_]
Places = NDArray[np.int32]
Counts = dict[int | str, int]


def search(snapshot: Snapshot, plan: Plan) -> Found:
    """What `plan` finds in `snapshot`."""
    return _Search(snapshot, plan).found()


class _Search:
    """`rows` are documents, `places` those of their groups, in arrays of the same length."""

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._columns = snapshot.columns
        self._heads = snapshot.heads
        self._judge = Judge(snapshot, plan)
        self._narrowed = _narrowed(snapshot, plan.filters)
        self._is_truncated = False

    def found(self) -> Found:
        everything = self._rows()
        if self._plan.phrase_check and self._plan.phrase_terms:
            everything = self._with_phrases(everything)
        rows = everything
        if self._plan.filters.kinds:
            rows = rows[self._of_kinds(rows)]
        places = self._places(rows)
        present = self._present(places)
        passing = present & self._all_narrowed()
        return Found(
            matches=self._matches(rows, places, passing),
            total=int(np.count_nonzero(passing)),
            facets=self._facets(everything, present) if self._plan.with_facets else {},
            at_least=self._is_truncated,
        )

    def _places(self, rows: Rows) -> Places:
        places: Places = self._columns["place"][rows]
        return places

    # --- Which documents ---

    def _rows(self) -> Rows:
        """Documents that have some of the words, are of groups that the viewer may see, and pass the filters on documents."""
        rows = self._matching()
        kept = self._allowed()[self._places(rows)]
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
        return _only(rows, kept)

    def _matching(self) -> Rows:
        terms = self._plan.phrase_terms
        if terms:
            rows = self._snapshot.stem(terms[0].stem).rows
            for term in terms[1:]:
                rows = np.intersect1d(rows, self._snapshot.stem(term.stem).rows, assume_unique=True)
            return rows
        if self._plan.concepts:
            return self._judge.matching
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
            allowed &= self._present(self._places(self._snapshot.postings(SLUGS, slug).documents))
        excluded = self._excluded()
        if excluded is not None:
            allowed[self._places(np.flatnonzero(excluded & ~self._snapshot.is_reply))] = False
        return allowed

    def _excluded(self) -> Mask | None:
        """Documents with a word that none may have."""
        if not self._plan.excluded:
            return None
        excluded = np.zeros(self._snapshot.size, np.bool_)
        for term in self._plan.excluded:
            excluded[self._snapshot.stem(term.stem).rows] = True
        return excluded

    def _with_phrases(self, rows: Rows) -> Rows:
        """Of the best under all filters, and of the best under those on documents alone, what has the phrases."""
        assert self._plan.phrase_check  # noqa: S101 - for the type checker
        scores = self._judge.scores(rows)
        narrowed = self._all_narrowed()[self._places(rows)]
        if self._plan.filters.kinds:
            narrowed &= self._of_kinds(rows)
        self._is_truncated = int(np.count_nonzero(narrowed)) > MOST_PHRASES
        best = np.union1d(_best(scores, np.flatnonzero(narrowed)), _best(scores, np.arange(len(rows))))
        keys = self._keys(rows[best])
        passed = set(self._plan.phrase_check(keys)) if keys else set()
        return rows[best[np.array([key in passed for key in keys], np.bool_)]]

    def _keys(self, rows: Rows) -> list[str]:
        return [key_of(number) for number in self._columns["key"][rows].tolist()]

    def _of_kinds(self, rows: Rows) -> Mask:
        """Documents of groups that a thread or a guide heads, or that are replies, as is asked for."""
        kinds = self._plan.filters.kinds
        is_guide = self._heads.is_guide[self._places(rows)]
        kept = np.zeros(len(rows), np.bool_)
        if Kind.GUIDE in kinds:
            kept |= is_guide
        if Kind.THREAD in kinds:
            kept |= ~is_guide
        if Kind.REPLY in kinds:
            kept |= self._snapshot.is_reply[rows]
        return kept

    # --- Groups ---

    def _present(self, places: Rows) -> Mask:
        present = np.zeros(len(self._heads.row), np.bool_)
        present[places] = True
        return present

    def _all_narrowed(self, but: Facet | None = None) -> Mask:
        """Groups that pass all filters about heads, but for that of one facet."""
        together = np.ones(len(self._heads.row), np.bool_)
        for facet, mask in self._narrowed.items():
            if facet is not but:
                together &= mask
        return together

    def _matches(self, rows: Rows, places: Places, passing: Mask) -> tuple[Match, ...]:
        """The best document of each group on the page; sorted by date, the latest."""
        plan = self._plan
        is_by_date = plan.sort is Sort.DATE or not (plan.concepts or plan.phrase_terms)
        kept = passing[places]
        rows, places = _only(rows, kept), _only(places, kept)
        page = self._latest(rows, places) if is_by_date else self._best(rows, places, passing)
        return self._lines(rows, places, page)

    def _best(self, rows: Rows, places: Places, passing: Mask) -> Rows:
        """The best documents of the groups on the page, in their order."""
        count = self._plan.offset + self._plan.limit
        is_open = self._heads.status != Status.ARCHIVED
        if not is_open.all() and np.count_nonzero(passing & is_open) >= count:
            kept = is_open[places]
            rows, places = rows[kept], places[kept]
        leaders = self._judge.leaders(rows, places, count)
        rows, places = rows[leaders.places], places[leaders.places]
        best = self._greatest(places, leaders.scores)
        groups = np.flatnonzero(self._present(places))
        page = self._page(groups, ranking.relevance_keys(best[groups], ~is_open[groups]))
        return self._standing_for(page, rows, places, leaders.scores >= best[places])

    def _latest(self, rows: Rows, places: Places) -> Rows:
        """The same, the latest documents by date."""
        seconds = self._columns["seconds"][rows].astype(np.int64)
        latest = self._greatest(places, seconds)
        groups = np.flatnonzero(self._present(places))
        covered = self._greatest(places, self._judge.coverage(self._judge.units(rows)))[groups]
        keys = ranking.date_keys(latest[groups], covered, self._heads.status[groups] == Status.ARCHIVED)
        return self._standing_for(self._page(groups, keys), rows, places, seconds >= latest[places])

    def _greatest(self, places: Places, values: NDArray[Any]) -> NDArray[Any]:
        """The greatest of `values`, none of which is negative, in each group."""
        greatest = np.zeros(len(self._heads.row), values.dtype)
        np.maximum.at(greatest, places, values)
        return greatest

    def _page(self, groups: Rows, keys: NDArray[np.int64]) -> Rows:
        """Those of `groups` that are on the page, in their order."""
        seconds = self._columns["seconds"][self._heads.row[groups]].astype(np.int64)
        count = self._plan.offset + self._plan.limit
        return groups[ranking.first_of(keys, self._heads.is_guide[groups], seconds, count)[self._plan.offset :]]

    def _standing_for(self, groups: Rows, rows: Rows, places: Places, is_best: Mask) -> Rows:
        """For each of `groups` its best document, the earliest of equals."""
        candidates = np.flatnonzero(self._present(groups)[places] & is_best)[::-1]
        chosen = np.zeros(len(self._heads.row), np.int64)
        chosen[places[candidates]] = rows[candidates]
        return chosen[groups]

    def _lines(self, rows: Rows, places: Places, page: Rows) -> tuple[Match, ...]:
        """`page`: a document for each line; `rows`: whatever was found in their groups."""
        groups = self._places(page)
        same = np.flatnonzero(self._present(groups)[places])
        units = dict(zip(groups.tolist(), self._judge.units(page), strict=True))
        for place, some in zip(places[same].tolist(), self._judge.units(rows[same]), strict=True):
            units[place] |= some
        if not units:
            return ()
        coverage = self._judge.coverage(np.array(list(units.values())))
        shown = zip(self._keys(page), self._heads.number[groups], self._judge.scores(page), coverage, strict=True)
        return tuple(Match(key, int(group), float(score), float(share)) for key, group, score, share in shown)

    # --- Facets ---

    def _facets(self, everything: Rows, present: Mask) -> Mapping[Facet, Counts]:
        """`everything`: whatever kinds are asked for; `present`: groups with something of these kinds."""
        heads = self._heads
        counted: dict[Facet, Counts] = {Facet.KIND: self._kinds(everything)}
        values = {Facet.STATUS: heads.status, Facet.BOARD: heads.board, Facet.UNIT: heads.unit, Facet.YEAR: heads.year}
        passing = np.flatnonzero(present & self._all_narrowed())
        for facet, table in values.items():
            is_filtered = facet in self._narrowed
            groups = np.flatnonzero(present & self._all_narrowed(but=facet)) if is_filtered else passing
            counted[facet] = _counts(table[groups])
        return counted

    def _kinds(self, rows: Rows) -> Counts:
        """Groups headed by a thread, by a guide, and with replies among `rows`."""
        is_guide, narrowed = self._heads.is_guide, self._all_narrowed()
        present = self._present(self._places(rows)) & narrowed
        with_replies = self._present(self._places(rows[self._snapshot.is_reply[rows]])) & narrowed
        counts = {THREAD: present & ~is_guide, REPLY: with_replies, GUIDE: present & is_guide}
        return {KINDS[kind].value: int(np.count_nonzero(mask)) for kind, mask in counts.items() if mask.any()}


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


def _only(values: NDArray[Any], kept: Mask) -> NDArray[Any]:
    """Those that are kept; mostly all are, and copying them would be in vain."""
    return values if kept.all() else values[kept]


def _best(scores: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Those of `places` with the highest scores, as many as are checked for phrases."""
    if len(places) <= MOST_PHRASES:
        return places
    return places[np.argpartition(-scores[places], MOST_PHRASES)[:MOST_PHRASES]]


def _counts(values: NDArray[Any]) -> Counts:
    """How often each value occurs, NOTHING left out."""
    values = values[values != NOTHING] if values.dtype.kind == "i" else values
    if not len(values):
        return {}
    if int(values.max()) >= MOST_COUNTED_BY_VALUE or int(values.min()) < 0:
        found, counts = np.unique(values, return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))
    counted = np.bincount(values)
    found = np.flatnonzero(counted)
    return dict(zip(found.tolist(), counted[found].tolist(), strict=True))
