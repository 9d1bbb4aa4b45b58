"""What people search for, and in vain. Queries are counted by their folded form, in a range of days.

A query that looks personal (`SearchLog.looks_personal`) is shown only if two people typed it on one day: what several look for is a
topic, what one looks for may be a person. The hash of the searcher changes daily, so people are counted for each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CTE, ColumnElement, Select, case, func, select

from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.search.models import SearchLog

RANGES = (7, 30, 90)
BRIEF = 10
PER_PAGE = 50
# Beyond this nobody reads on.
MOST_PAGES = 100
_DAY = 8


class Table(StrEnum):
    """The three questions: what is searched most, what finds nothing good, what is found but never opened."""

    TOP = "terbanyak"
    VAIN = "tanpa-hasil"
    UNOPENED = "tidak-dibuka"


@dataclass(frozen=True, slots=True)
class QueryLine:
    """A query. `people`: counted anew each day. `good`: good hits of its last search. `opened`: how often a result was opened."""

    words: str
    searches: int
    people: int
    good: int
    opened: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TablePage:
    lines: tuple[QueryLine, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """All searches of the range, those with no good hit, and those with one of which nothing was opened."""

    searches: int
    vain: int
    unopened: int


def totals(days: int) -> Totals:
    """One statement."""
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((SearchLog.good == 0, 1), else_=0)), 0),
            func.coalesce(func.sum(case(((SearchLog.good > 0) & (SearchLog.opened == 0), 1), else_=0)), 0),
        ).where(*_in_range(days))
    ).one()
    return Totals(*map(int, row))


def table(which: Table, days: int, page: int = 1, per_page: int = PER_PAGE) -> TablePage:
    """A page of one table, the most frequent first. One statement. Raises NotFound for a page far beyond any use."""
    if page > MOST_PAGES:
        raise NotFound
    rows = db.session.execute(_lines(which, days).offset((page - 1) * per_page).limit(per_page + 1)).all()
    return TablePage(tuple(QueryLine(*row) for row in rows[:per_page]), page, len(rows) > per_page)


def overview(days: int) -> dict[Table, TablePage]:
    """The beginning of each table. Three statements."""
    return {which: table(which, days, per_page=BRIEF) for which in Table}


def _in_range(days: int) -> Sequence[ColumnElement[bool]]:
    return SearchLog.at >= clock.now() - timedelta(days=days), SearchLog.normal != ""


def _lines(which: Table, days: int) -> Select[str, int, int, int, int, datetime]:
    queries = _by_query(days)
    last = SearchLog
    lines = (
        select(
            last.words,
            queries.c.searches,
            queries.c.people,
            last.good,
            queries.c.opened,
            last.at,
        )
        .join(queries, last.id == queries.c.last_id)
        .order_by(queries.c.searches.desc(), last.at.desc(), last.id.desc())
    )
    if which is Table.VAIN:
        return lines.where(last.good == 0)
    if which is Table.UNOPENED:
        return lines.where(last.good > 0, queries.c.opened == 0)
    return lines


def _by_query(days: int) -> CTE:
    """Each query of the range that may be shown."""
    day = func.substr(SearchLog.searcher, 1, _DAY)
    daily = (
        select(
            SearchLog.normal,
            func.count().label("searches"),
            func.count(SearchLog.searcher.distinct()).label("people"),
            func.sum(SearchLog.opened).label("opened"),
            func.max(SearchLog.id).label("last_id"),
            func.max(case((SearchLog.looks_personal, 1), else_=0)).label("is_personal"),
        )
        .where(*_in_range(days))
        .group_by(SearchLog.normal, day)
        .cte("daily")
    )
    return (
        select(
            func.sum(daily.c.searches).label("searches"),
            func.sum(daily.c.people).label("people"),
            func.sum(daily.c.opened).label("opened"),
            func.max(daily.c.last_id).label("last_id"),
        )
        .group_by(daily.c.normal)
        .having((func.max(daily.c.is_personal) == 0) | (func.max(daily.c.people) >= 2))
        .cte("queries")
    )
