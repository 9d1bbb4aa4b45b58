"""What the search field offers while somebody types: a piece of a page, for a script."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, render_template, request

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.search import forms
from forum.search.documents import Unavailable
from forum.search.services.results import Suggestion
from forum.search.services.suggesting import suggest

ORDER = ("panduan", "diskusi", "tag", "cari")


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/cari/saran", view_func=suggestions)


def suggestions() -> str:
    """Options in groups. Nothing while there is no index: the field works as a form all the same."""
    who = viewer()
    ratelimit.hit_here(ratelimit.SUGGEST, who.id)
    try:
        found = suggest(who, forms.typed(request.args, "q"))
    except Unavailable:
        found = ()
    return render_template("search/suggestions.html", groups=_grouped(found), count=len(found))


def _grouped(found: tuple[Suggestion, ...]) -> list[tuple[str, list[Suggestion]]]:
    ordered = sorted(found, key=lambda suggestion: ORDER.index(suggestion.kind))
    return [(kind, list(group)) for kind, group in groupby(ordered, key=lambda suggestion: suggestion.kind)]
