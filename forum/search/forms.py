"""What addresses of searches carry: read out of them, and made here."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from forum.core.errors import NotFound
from forum.core.paging import parse_id, parse_page
from forum.search.documents import Facet, Sort
from forum.search.services.results import MAX_PAGES, Request

PAGE = "/cari"
ASK_PAGE = "/diskusi/baru"
# Longer than any query that is read: what lies beyond is only worth a note that it was cut.
MOST_TYPED = 2000
MOST_VALUES = 20
LONGEST_VALUE = 80
_FIELDS = {
    Facet.KIND: "kinds",
    Facet.STATUS: "statuses",
    Facet.BOARD: "boards",
    Facet.UNIT: "units",
    Facet.YEAR: "years",
}
_KINDS = ("thread", "post", "guide")

Pair = tuple[str, str]


def asked(args: MultiDict[str, str]) -> Request:
    """The search that an address asks for. Raises NotFound for what is no page."""
    page = parse_page(args.get("hal"))
    if page > MAX_PAGES:
        raise NotFound
    facets = {field: tuple(_values(args.getlist(facet.value))) for facet, field in _FIELDS.items()}
    return Request(
        text=typed(args, "q"),
        sort=Sort.DATE.value if args.get("urut") == Sort.DATE else Sort.RELEVANCE.value,
        page=page,
        as_typed=args.get("persis") == "1",
        **facets,
    )


def typed(args: MultiDict[str, str], name: str) -> str:
    """What was typed into the field `name`, bounded."""
    return args.get(name, "")[:MOST_TYPED]


def _values(given: Iterable[str]) -> Iterable[str]:
    values = (value.strip()[:LONGEST_VALUE] for value in list(given)[:MOST_VALUES])
    return dict.fromkeys(value for value in values if value)


def facets(request: Request) -> tuple[Pair, ...]:
    """The chosen values of facets, as name and value."""
    return tuple((facet.value, value) for facet, field in _FIELDS.items() for value in getattr(request, field))


def address(
    text: str, chosen: Iterable[Pair] = (), *, sort: str = Sort.RELEVANCE, page: int = 1, as_typed: bool = False
) -> str:
    """The address of a search; what is as usual is left out."""
    pairs: list[Pair] = [("q", text)] if text else []
    pairs += chosen
    if sort == Sort.DATE:
        pairs.append(("urut", Sort.DATE.value))
    if as_typed:
        pairs.append(("persis", "1"))
    if page > 1:
        pairs.append(("hal", str(page)))
    return f"{PAGE}?{urlencode(pairs)}" if pairs else PAGE


def ask_address(title: str, request: Request) -> str:
    """The composer with `title` filled in, in the board that was searched if it was one."""
    board = request.boards[0] if len(request.boards) == 1 else ""
    pairs = [(name, value) for name, value in (("judul", title), ("papan", board)) if value]
    return f"{ASK_PAGE}?{urlencode(pairs)}" if pairs else ASK_PAGE


def opened(fields: MultiDict[str, str]) -> tuple[int, str]:
    """The search (the number of its log) and the document of it that was opened. Raises NotFound for what is neither."""
    kind, _, number = fields.get("key", "").partition(":")
    if kind not in _KINDS:
        raise NotFound
    return parse_id(fields.get("log", "")), f"{kind}:{parse_id(number)}"
