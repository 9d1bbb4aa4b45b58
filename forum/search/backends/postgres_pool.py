"""The documents that a search has read, scored, and put together by groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search import ranking
from forum.search.backends import postgres_filters as filtering
from forum.search.backends.postgres_filters import Mask
from forum.search.backends.postgres_rows import Reader
from forum.search.backends.postgres_scoring import Question, scored
from forum.search.backends.postgres_writing import EPOCH, KINDS, NOTHING
from forum.search.documents import Facet, Filters, Plan, Sort, Status
from forum.search.ranking import Floats

Places = NDArray[np.intp]

COLUMNS = {
    Facet.KIND: "kind",
    Facet.STATUS: "status",
    Facet.BOARD: "board_id",
    Facet.UNIT: "unit_id",
    Facet.YEAR: "year",
}


@dataclass(frozen=True, slots=True)
class Best:
    """The first of the groups by their best rows, places in the pool; `coverage` is that of the group; `total` counts all groups."""

    rows: Places
    coverage: Floats
    total: int


class Pool:
    """Rows whose head is there and may be read. `head`: for each row that of its group (itself, if it is one).

    `found`: the rows that have anything of the question themselves, not by their head alone; all, if nothing is asked.
    """

    def __init__(self, rows: NDArray[Any], reader: Reader, plan: Plan, question: Question, generation: int) -> None:
        own = rows[rows["is_head"] == 1]
        missing = np.setdiff1d(rows["grp"], own["grp"])
        heads = np.concatenate([own, reader.heads_of(missing.tolist(), generation)]) if len(missing) else own
        heads = heads[np.argsort(heads["grp"])]
        heads = heads[filtering.readable(plan, heads["board_id"])]
        self._plan = plan
        self.rows: NDArray[Any] = rows[np.isin(rows["grp"], heads["grp"])]
        places: Places = np.searchsorted(heads["grp"], self.rows["grp"])
        self.head: NDArray[Any] = heads[places]
        self._is_archived: Mask = self.head["status"] == Status.ARCHIVED
        self._score(question, heads, places)

    def _score(self, question: Question, heads: NDArray[Any], places: Places) -> None:
        count = len(self.rows)
        words = scored(question, np.concatenate([self.rows, heads]))
        own, of_head = words.values[:count], words.values[count:][places]
        self.found: Mask = own > 0 if question.concepts else np.ones(count, dtype=np.bool_)
        is_reply = self.rows["is_head"] == 0
        self._units = words.units[:count] | words.units[count:][places]
        self._coverage_of = words.coverage
        self.coverage: Floats = words.coverage(self._units)
        boosts = ranking.status_boosts(self.head["status"]) * ranking.document_boosts(
            self.rows["is_solution"], self.rows["helpful"], self._plan.today.toordinal() - EPOCH - self.rows["day"]
        )
        held = own + np.where(is_reply, np.float32(ranking.HEAD_SHARE) * of_head, np.float32(0))
        self.scores: Floats = ranking.final(held, self.coverage, boosts)

    def best(self, mask: Mask, count: int) -> Best:
        """The first `count` groups of the rows of `mask`, in the order that the plan asks for."""
        places = np.flatnonzero(mask)
        if not len(places):
            return Best(places, np.zeros(0, dtype=np.float32), 0)
        keys, at = self._keys()[places], self.rows["at"][places].astype(np.int64)
        groups, inverse = np.unique(self.rows["grp"][places], return_inverse=True)
        in_groups = np.lexsort((at, keys, inverse))
        starts = np.searchsorted(inverse[in_groups], np.arange(len(groups)))
        last = np.append(starts[1:], len(places)) - 1
        units = np.bitwise_or.reduceat(self._units[places[in_groups]], starts)
        best = in_groups[last]
        first = ranking.first_of(keys[best], groups % 2 == 1, at[best], count)
        return Best(places[best[first]], self._coverage_of(units[first]), len(groups))

    def _keys(self) -> NDArray[np.int64]:
        """What the rows are ordered by, the greatest first."""
        if self._plan.concepts and self._plan.sort is Sort.RELEVANCE:
            return ranking.relevance_keys(self.scores, self._is_archived)
        return ranking.date_keys(self.rows["at"].astype(np.int64), self.coverage, self._is_archived)

    def within(self, filters: Filters, mask: Mask, without: Facet | None = None) -> Mask:
        """The rows of `mask` that all filters let through, but for that of one facet."""
        for facet, own in filtering.facet_masks(filters, self.head).items():
            if facet is not without:
                mask = mask & own
        return mask

    def counted(self, facet: Facet, mask: Mask) -> Mapping[int | str, int]:
        """How many groups of the rows of `mask` have each value of `facet`."""
        _groups, first = np.unique(self.rows["grp"][mask], return_index=True)
        values, counts = np.unique(self.head[COLUMNS[facet]][mask][first], return_counts=True)
        pairs = zip(values.tolist(), counts.tolist(), strict=True)
        if facet is Facet.KIND:
            return {KINDS[kind].value: count for kind, count in pairs}
        return {value: count for value, count in pairs if value != NOTHING or facet is Facet.STATUS}
