"""What a plan lets through: as conditions for PostgreSQL, and as masks over rows that were read.

Conditions keep rows from being read that would not count. Facets are masks always, since each is counted under the filters of the
others; they are conditions too where not everything that matches can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Text, cast, false, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY

from forum.search.backends.postgres_rows import Narrowing, has_all, has_any, heads, numbers
from forum.search.backends.postgres_tables import documents
from forum.search.backends.postgres_writing import EPOCH, KINDS, NOTHING
from forum.search.documents import Facet, Filters, Kind, Plan, Term

REPLY = KINDS.index(Kind.REPLY)
Mask = NDArray[np.bool_]


def always(plan: Plan, generation: int, known: Mapping[Term, int]) -> Narrowing:
    """The conditions that are not facets. `known`: the numbers of the stems of the plan's terms, those that occur."""
    filters = plan.filters
    of_document = _of_document(plan)
    of_head: list[ColumnElement[bool]] = []
    if filters.tags:
        slugs = cast(literal(list(filters.tags), ARRAY(Text)), ARRAY(Text))
        of_head.append(heads.c.tag_slugs.op("@>", is_comparison=True)(slugs))
    if plan.phrase_terms:
        wanted = [known.get(term) for term in plan.phrase_terms]
        of_document.append(has_all(documents, [number for number in wanted if number]) if all(wanted) else false())
    if excluded := [known[term] for term in plan.excluded if term in known]:
        of_document.append(not_(has_any(documents, excluded)))
        of_head.append(not_(has_any(heads, excluded)))
    return Narrowing(generation, of_document, of_head)


def _of_document(plan: Plan) -> list[ColumnElement[bool]]:
    """Conditions on what stands in the columns of a document."""
    filters, conditions = plan.filters, []
    if left_out := plan.hidden_groups | plan.without_groups:
        conditions.append(documents.c.grp != func.all(numbers(left_out, BigInteger)))
    if filters.authors:
        conditions.append(_one_of(documents.c.author_id, filters.authors))
    if filters.since:
        conditions.append(documents.c.day >= _day(filters.since))
    if filters.until:
        conditions.append(documents.c.day <= _day(filters.until))
    return conditions


def with_facets(narrowing: Narrowing, plan: Plan, filters: Filters) -> Narrowing:
    """`narrowing`, and what else a row needs that the viewer may read under `filters`."""
    of_document, of_head = list(narrowing.of_document), list(narrowing.of_head)
    if plan.readable_boards is not None:
        of_head.append(_one_of(heads.c.board_id, plan.readable_boards | {NOTHING}))
    for column, values in (
        (heads.c.board_id, filters.boards),
        (heads.c.unit_id, filters.units),
        (heads.c.status, filters.statuses),
        (heads.c.year, filters.years),
    ):
        if values:
            of_head.append(_one_of(column, [int(value) for value in values]))
    if filters.kinds:
        of_kinds = _one_of(heads.c.kind, [KINDS.index(kind) for kind in filters.kinds])
        of_head.append(or_(of_kinds, documents.c.kind == REPLY) if Kind.REPLY in filters.kinds else of_kinds)
    return Narrowing(narrowing.generation, of_document, of_head)


def readable(plan: Plan, boards: NDArray[Any]) -> Mask:
    """Heads on these boards may be read."""
    if plan.readable_boards is None:
        return np.ones(len(boards), dtype=np.bool_)
    return np.isin(boards, list(plan.readable_boards | {NOTHING}))


def facet_masks(filters: Filters, rows: NDArray[Any], head: NDArray[Any]) -> dict[Facet, Mask]:
    """For each facet, the rows that its filter lets through; `head`: for each row that of its group."""
    masks = {Facet.KIND: _is_in(head["kind"], [KINDS.index(kind) for kind in filters.kinds])}
    if Kind.REPLY in filters.kinds:
        masks[Facet.KIND] |= rows["kind"] == REPLY
    masks[Facet.STATUS] = _is_in(head["status"], [int(status) for status in filters.statuses])
    masks[Facet.BOARD] = _is_in(head["board_id"], filters.boards)
    masks[Facet.UNIT] = _is_in(head["unit_id"], filters.units)
    masks[Facet.YEAR] = _is_in(head["year"], filters.years)
    return masks


def _is_in(values: NDArray[Any], chosen: Collection[int]) -> Mask:
    return np.isin(values, list(chosen)) if chosen else np.ones(len(values), dtype=np.bool_)


def _one_of(column: ColumnElement[Any], values: Collection[int]) -> ColumnElement[bool]:
    return column == func.any(numbers(values, BigInteger))


def _day(day: date) -> int:
    return day.toordinal() - EPOCH
