"""What is asked of a search and what comes back: finished data for pages, commands and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forum.search.documents import Sort
from forum.search.sources import Card

# A stretch of text, and whether it answers the query (`<mark>`). The texts are plain: who shows them escapes them.
Part = tuple[str, bool]
Parts = tuple[Part, ...]

PER_PAGE = 20
MAX_PAGES = 50


@dataclass(frozen=True, slots=True)
class Request:
    """A search as it is asked. `text` may hold operators; the tuples hold what the facets of the address say, as it stands there.

    `kinds`: panduan, diskusi, balasan. `boards`, `units`: slugs. `sort`: relevansi or terbaru; anything else is relevansi.
    `as_typed`: no word is corrected.
    """

    text: str = ""
    kinds: Sequence[str] = ()
    statuses: Sequence[str] = ()
    boards: Sequence[str] = ()
    units: Sequence[str] = ()
    years: Sequence[str] = ()
    sort: str = Sort.RELEVANCE.value
    page: int = 1
    as_typed: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A thread or guide that was found, by its best document. `is_good`: likely to be what is looked for."""

    card: Card
    title_parts: Parts
    snippet_parts: Parts
    score: float
    coverage: float
    is_good: bool


@dataclass(frozen=True, slots=True)
class FacetValue:
    """`value`: what the address carries; `count`: how many hits there are with it, whatever else of this facet is chosen."""

    value: str
    label: str
    count: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """`name`: the parameter of the address (jenis, status, papan, opd, tahun). Values without hits are shown only while active."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is active, and what is left when it is taken away.

    `name`, `value`: the parameter of the address that sets it, both '' for an operator within the text. `text`: the query (`q`)
    without it.
    """

    name: str
    value: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """`words`: the query with typos mended. `applied`: the hits are those of `words`; else it is only offered. `original`: as typed."""

    words: str
    applied: bool
    original: str


@dataclass(frozen=True, slots=True)
class FilterHint:
    """Without `chip` there would be `count` hits."""

    chip: Chip
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results.

    `query`: the text as typed (one line, bounded); `words`: it without operators, for the form that asks the forum. `total` counts
    threads and guides; with `at_least` there may be more. `good`: the number of good hits on this page; `is_good`: there is one
    anywhere. `notes`: sentences on what was read otherwise than meant. `too_short`: too little to search for. `fewer_filters` and
    `near_words`: ways on when nothing good was found. `pages` is at least 1.
    """

    query: str
    words: str
    request: Request
    hits: tuple[Hit, ...] = ()
    total: int = 0
    at_least: bool = False
    facets: tuple[FacetView, ...] = ()
    chips: tuple[Chip, ...] = ()
    notes: tuple[str, ...] = ()
    correction: Correction | None = None
    good: int = 0
    is_good: bool = False
    fewer_filters: tuple[FilterHint, ...] = ()
    near_words: tuple[str, ...] = ()
    too_short: bool = False
    page: int = 1
    pages: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind`: panduan, diskusi, tag or cari (the last entry: search for what is typed). `label` as it is shown."""

    kind: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """What is like a thread or a guide. `guides`: (title, address) of what was made from it; `section`: of the navigation."""

    title: str
    url: str
    hits: tuple[Hit, ...]
    section: str
    guides: tuple[tuple[str, str], ...] = ()
