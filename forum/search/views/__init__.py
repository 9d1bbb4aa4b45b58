"""Pages of searching: HTTP only. Fetch, call, render."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.core import options
from forum.core.content import Duty, register_duty
from forum.core.i18n import lazy
from forum.search import models
from forum.search.views import gaps, moderation, pages, similar, suggestions, thesaurus

__all__ = ["init_app", "models", "options"]


def init_app(app: Flask) -> None:
    """Add the routes of searching."""
    blueprint = Blueprint("search", __name__)
    for module in (pages, suggestions, similar, gaps, thesaurus):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
    register_duty(
        Duty("gaps", lazy("Apa yang dicari"), lazy("Pencarian yang tidak menemukan apa-apa"), moderation.GAPS_PAGE)
    )
    register_duty(
        Duty("thesaurus", lazy("Tesaurus"), lazy("Kata-kata yang saling menemukan"), moderation.THESAURUS_PAGE)
    )
