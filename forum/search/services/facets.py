"""Facets as they are shown: names of what was counted, the chosen values marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from forum.search.documents import Facet, Filters, Found, Kind, Status
from forum.search.services.filtering import KIND_LABELS, KINDS, LABELS, STATUS_LABELS, STATUSES, Known
from forum.search.services.results import FacetValue, FacetView

# What a facet offers at most; those with most hits. The chosen ones are always among them.
MOST_VALUES = 30

Named = tuple[int | str, str, str]
"""The number in the index, what the address carries, and the name."""


def views(found: Found, filters: Filters, known: Known) -> tuple[FacetView, ...]:
    """All facets with at least one value, in their order."""
    kinds: dict[int | str, Named] = {
        kind.value: (kind.value, slug, str(KIND_LABELS[kind])) for slug, kind in KINDS.items()
    }
    made = (
        _view(Facet.KIND, found, filters.kinds, kinds.values()),
        _view(Facet.STATUS, found, filters.statuses, _statuses()),
        _view(Facet.BOARD, found, filters.boards, ((board.id, board.slug, board.name) for board in known.boards)),
        _view(Facet.UNIT, found, filters.units, ((unit.id, unit.slug, unit.name) for unit in known.units)),
        _view(Facet.YEAR, found, filters.years, _years(found.facets.get(Facet.YEAR, {}), filters.years)),
    )
    return tuple(view for view in made if view.values)


def _statuses() -> Iterable[Named]:
    return ((int(status), slug, str(STATUS_LABELS[status])) for slug, status in STATUSES.items())


def _years(counted: Mapping[int | str, int], chosen: Iterable[int]) -> Iterable[Named]:
    years = {int(year) for year in counted} | set(chosen)
    return ((year, str(year), str(year)) for year in sorted(years, reverse=True))


def _view(
    facet: Facet, found: Found, chosen: frozenset[Kind] | frozenset[Status] | frozenset[int], named: Iterable[Named]
) -> FacetView:
    counted = found.facets.get(facet, {})
    active = {value.value if isinstance(value, Kind) else int(value) for value in chosen}
    values = [
        FacetValue(slug, name, counted.get(number, 0), number in active)
        for number, slug, name in named
        if counted.get(number, 0) or number in active
    ]
    if len(values) > MOST_VALUES:
        least = sorted((value.count for value in values), reverse=True)[MOST_VALUES - 1]
        values = [value for value in values if value.is_active or value.count >= least][:MOST_VALUES]
    return FacetView(facet.value, str(LABELS[facet.value]), tuple(values))
