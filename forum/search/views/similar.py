"""Threads and guides like a title that is being typed: a piece of a page, for a script."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.search import forms
from forum.search.documents import Unavailable
from forum.search.services.results import Hit
from forum.search.services.similar import similar

# A shorter title is like too many others.
SHORTEST_TITLE = 12


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/cari/serupa", view_func=similar_to_title)


def similar_to_title() -> str:
    who = viewer()
    ratelimit.hit_here(ratelimit.SIMILAR, who.id)
    title = one_line(forms.typed(request.args, "judul"))
    return render_template("search/similar.html", hits=like(who, title))


def like(who: Viewer, title: str, *, without: int | None = None) -> tuple[Hit, ...]:
    """What is clearly like `title`, but for the group `without`; nothing while there is no index: no page depends on it."""
    if len(title) < SHORTEST_TITLE:
        return ()
    try:
        return similar(who, title, without=without)
    except Unavailable:
        return ()
