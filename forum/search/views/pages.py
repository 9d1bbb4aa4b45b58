"""The page of results, and the word that one of them was opened."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import structlog
from flask import Blueprint, render_template, request
from sqlalchemy.exc import OperationalError

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.paging import page_window
from forum.core.viewer import Viewer
from forum.search import forms
from forum.search.documents import Sort, Unavailable
from forum.search.services import log
from forum.search.services.results import MAX_PAGES, PER_PAGE, Chip, Hit, Request, Results
from forum.search.services.searching import search

RECENTLY_SOLVED = Request(statuses=("selesai",), sort=Sort.DATE.value)
MOST_RECENT = 5

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Link:
    """`label`: what is added or left out; `count`: how many there would be then."""

    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Paging:
    """Numbered pages; gaps in `links` are None."""

    pages: int
    previous: str | None
    next: str | None
    links: tuple[PageLink | None, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`results` with the addresses of everything that one can do next. `log_id`: None where this search was not counted."""

    results: Results
    is_answered: bool
    sorts: tuple[tuple[str, str, bool], ...]
    chips: tuple[Link, ...]
    clear_url: str
    fewer_filters: tuple[Link, ...]
    near_words: tuple[Link, ...]
    corrected_url: str
    as_typed_url: str
    paging: Paging
    ask_url: str
    log_id: int | None = None
    recent: tuple[Hit, ...] = ()

    @property
    def most(self) -> int | None:
        """How many results are shown at most, on the last page of more than that."""
        most = MAX_PAGES * PER_PAGE
        return most if self.results.page == MAX_PAGES and self.results.total > most else None

    @property
    def seconds(self) -> float:
        return max(0.01, round(self.results.seconds, 2))


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(forms.PAGE, view_func=results)
    blueprint.add_url_rule("/cari/dibuka", view_func=opened, methods=["POST"])


def results() -> str | tuple[str, int]:
    """The page of results; 503, with other ways on, while there is no index."""
    asked = forms.asked(request.args)
    who = viewer()
    ratelimit.hit_here(ratelimit.SEARCH, who.id)
    try:
        found = search(who, asked)
    except Unavailable as error:
        logger.warning("search_unavailable", reason=str(error))
        page = render_template("search/unavailable.html", text=asked.text, ask_url=forms.ask_address(asked.text, asked))
        return page, 503
    if asked.page > found.pages:
        raise NotFound
    recent = () if _is_answered(found) else _recently_solved(who)
    return render_template("search/results.html", page=_page(found, _recorded(found), recent))


def _recently_solved(who: Viewer) -> tuple[Hit, ...]:
    """What to show to somebody who has asked nothing yet; nothing while there is no index."""
    with suppress(Unavailable):
        return search(who, RECENTLY_SOLVED).hits[:MOST_RECENT]
    return ()


def _is_answered(found: Results) -> bool:
    """Something was looked for (whether anything was found or not)."""
    return bool(found.total or found.facets or found.chips or (found.query and not found.too_short))


def _recorded(found: Results) -> int | None:
    """Count the first page of what was typed; looking on, narrowing and sorting is the same search, and is not counted again."""
    asked = found.request
    if found.too_short or not found.words or forms.facets(asked) or asked.page > 1 or asked.sort == Sort.DATE:
        return None
    mended = found.correction.words if found.correction and found.correction.applied else ""
    try:
        with transaction():
            return log.record(viewer(), found.query, found.total, found.good, mended)
    except OperationalError as error:  # a busy database is no reason to keep results back
        logger.warning("search_not_counted", error=str(error.orig)[:200])
        return None


def _page(found: Results, log_id: int | None, recent: tuple[Hit, ...]) -> SearchPage:
    asked = found.request
    chosen = forms.facets(asked)
    correction = found.correction

    def here(page: int = 1, sort: str = asked.sort) -> str:
        return forms.address(found.query, chosen, sort=sort, page=page, as_typed=asked.as_typed)

    def without(chip: Chip) -> str:
        return forms.address(chip.text, (pair for pair in chosen if pair != (chip.name, chip.value)), sort=asked.sort)

    return SearchPage(
        results=found,
        is_answered=_is_answered(found),
        sorts=tuple((sort.value, here(sort=sort.value), sort == asked.sort) for sort in Sort),
        chips=tuple(Link(chip.label, without(chip)) for chip in found.chips),
        clear_url=forms.address(found.words, sort=asked.sort),
        fewer_filters=tuple(Link(hint.chip.label, without(hint.chip), hint.count) for hint in found.fewer_filters),
        near_words=tuple(Link(words, forms.address(words)) for words in found.near_words),
        corrected_url=forms.address(correction.words, chosen, sort=asked.sort) if correction else "",
        as_typed_url=forms.address(found.query, chosen, sort=asked.sort, as_typed=True),
        paging=Paging(
            pages=found.pages,
            previous=here(found.page - 1) if found.page > 1 else None,
            next=here(found.page + 1) if found.page < found.pages else None,
            links=tuple(
                None if n is None else PageLink(n, here(n), n == found.page)
                for n in page_window(found.page, found.pages)
            ),
        ),
        ask_url=forms.ask_address(found.words, asked),
        log_id=log_id,
        recent=recent,
    )


def opened() -> tuple[str, int]:
    """A result was opened: told by a script as the browser goes there, so nobody sees the answer."""
    log_id, key = forms.opened(request.form)
    who = viewer()
    ratelimit.hit(ratelimit.ACT, who.id)
    with transaction():
        log.opened(who, log_id, key)
    return "", 204
