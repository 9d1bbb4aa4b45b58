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
from forum.search.documents import Facet, Filters, Kind, Plan, Sort, Status
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
        self._score(question, heads, places)

    def _score(self, question: Question, heads: NDArray[Any], places: Places) -> None:
        count = len(self.rows)
        by_words = bool(question.concepts) and not self._plan.phrase_terms
        words = scored(question, np.concatenate([self.rows, heads]))
        own = words.values[:count]
        self.found: Mask = own > 0 if by_words else np.ones(count, dtype=np.bool_)
        is_reply = self.rows["is_head"] == 0
        self._units = words.units[:count] | words.units[count:][places]
        self._coverage_of = words.coverage
        self.coverage: Floats = words.coverage(self._units)
        boosts = ranking.status_boosts(self.head["status"]) * ranking.document_boosts(
            self.rows["is_solution"], self.rows["helpful"], self._plan.today.toordinal() - EPOCH - self.rows["day"]
        )
        held = np.where(is_reply, words.beneath(np.arange(count), count + places), own)
        self.scores: Floats = ranking.final(held, self.coverage, boosts)

    def best(self, mask: Mask, count: int) -> Best:
        """The first `count` groups of the rows of `mask`, in the order that the plan asks for."""
        places = np.flatnonzero(mask)
        if not len(places):
            return Best(places, np.zeros(0, dtype=np.float32), 0)
        groups, inverse = np.unique(self.rows["grp"][places], return_inverse=True)
        worth = self._worth(places)
        in_groups = np.lexsort((-places, worth, inverse))
        starts = np.searchsorted(inverse[in_groups], np.arange(len(groups)))
        best = in_groups[np.append(starts[1:], len(places)) - 1]
        coverage = np.maximum.reduceat(self.coverage[places[in_groups]], starts)
        units = np.bitwise_or.reduceat(self._units[places[in_groups]], starts)
        head = self.head[places[best]]
        is_archived = head["status"] == Status.ARCHIVED
        if self._is_by_date:
            keys = ranking.date_keys(worth[best], coverage, is_archived)
        else:
            keys = ranking.relevance_keys(worth[best], is_archived)
        first = ranking.first_of(keys, groups % 2 == 1, head["at"], count)
        return Best(places[best[first]], self._coverage_of(units[first]), len(groups))

    @property
    def _is_by_date(self) -> bool:
        return self._plan.sort is Sort.DATE or not (self._plan.concepts or self._plan.phrase_terms)

    def _worth(self, places: Places) -> NDArray[Any]:
        """By what one row of a group stands for it."""
        worth: NDArray[Any] = self.rows["at"][places] if self._is_by_date else self.scores[places]
        return worth

    def within(self, filters: Filters, mask: Mask, without: Facet | None = None) -> Mask:
        """The rows of `mask` that all filters let through, but for that of one facet."""
        for facet, own in filtering.facet_masks(filters, self.rows, self.head).items():
            if facet is not without:
                mask = mask & own
        return mask

    def counted(self, facet: Facet, mask: Mask) -> Mapping[int | str, int]:
        """How many groups of the rows of `mask` have each value of `facet`."""
        _groups, first = np.unique(self.rows["grp"][mask], return_index=True)
        values, counts = np.unique(self.head[COLUMNS[facet]][mask][first], return_counts=True)
        pairs = zip(values.tolist(), counts.tolist(), strict=True)
        if facet is Facet.KIND:
            replied = len(np.unique(self.rows["grp"][mask & (self.rows["kind"] == filtering.REPLY)]))
            kinds: dict[int | str, int] = {KINDS[kind].value: count for kind, count in pairs}
            return kinds | ({Kind.REPLY.value: replied} if replied else {})
        return {value: count for value, count in pairs if value != NOTHING or facet is Facet.STATUS}
