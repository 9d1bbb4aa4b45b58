"""What documents of a snapshot score for a plan: of some exactly, of all what they score at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search import ranking
from forum.search.backends.whoosh_snapshot import Snapshot
from forum.search.documents import Plan
from forum.search.ranking import Floats, Rows, Scores

ENOUGH = 2000
"""Documents that are scored exactly at first. Ten times as many take a millisecond more."""
WIDER = 4


@dataclass(frozen=True, slots=True)
class Leaders:
    """Documents of which some may be on the page, by their places in what was given, with their scores."""

    places: NDArray[np.intp]
    scores: Floats


class Judge:
    """Scores for one plan."""

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot = snapshot
        self._boosts = snapshot.boosts(plan.today)
        self._scores = Scores(plan.concepts, snapshot.occurrences, snapshot.count, snapshot.size)

    @property
    def matching(self) -> Rows:
        """Documents with any of the words."""
        return np.flatnonzero(self._scores.units != 0)

    def units(self, rows: Rows) -> NDArray[Any]:
        """The units of the query that documents have, with those of their heads."""
        units: NDArray[Any] = self._scores.units[rows] | self._scores.units[self._snapshot.above[rows]]
        return units

    def coverage(self, units: NDArray[Any]) -> Floats:
        return self._scores.coverage(units)

    def scores(self, rows: Rows) -> Floats:
        """Exactly."""
        worth = self._scores.values[rows]
        replies = np.flatnonzero(self._snapshot.is_reply[rows])
        beneath = rows[replies]
        worth[replies] = self._scores.beneath(beneath, self._snapshot.above[beneath])
        return ranking.final(worth, self.coverage(self.units(rows)), self._boosts[rows])

    def leaders(self, rows: Rows, groups: NDArray[np.int32], count: int) -> Leaders:
        """Enough of `rows` that the first `count` of their `groups` are among them, each by its best document.

        Most documents cannot get to the top, whatever exactly they score; so it is not asked.
        """
        size = max(ENOUGH, 4 * count)
        if len(rows) <= size:
            return Leaders(np.arange(len(rows)), self.scores(rows))
        most = self._at_most(rows)
        while len(rows) > size:
            order = np.argpartition(most, len(rows) - size)
            leaders = Leaders(order[-size:], self.scores(rows[order[-size:]]))
            others_have = float(most[order[-size]])
            if self._score_of(leaders, groups, count) > others_have + ranking.SCORE_STEP:
                return leaders
            size *= WIDER
        return Leaders(np.arange(len(rows)), self.scores(rows))

    def _at_most(self, rows: Rows) -> Floats:
        of_heads = self._scores.values[self._snapshot.above[rows]] * self._snapshot.is_reply[rows]
        return ranking.at_most(self._scores.values[rows], of_heads, self._boosts[rows])

    def _score_of(self, leaders: Leaders, groups: NDArray[np.int32], count: int) -> float:
        """That of the group in place `count`, by its best document; 0 where there are fewer groups."""
        best = np.zeros(len(self._snapshot.heads.row), np.float32)
        np.maximum.at(best, groups[leaders.places], leaders.scores)
        best = best[best > 0]  # few groups have leaders, and sorting out a great many equal values takes long
        return float(np.partition(best, len(best) - count)[len(best) - count]) if count <= len(best) else 0.0
