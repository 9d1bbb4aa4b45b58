"""Pages of searching: HTTP only. Fetch, call, render."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.core import options
from forum.search import models
from forum.search.views import gaps, pages, similar, suggestions, thesaurus

__all__ = ["init_app", "models", "options"]


def init_app(app: Flask) -> None:
    """Add the routes of searching."""
    blueprint = Blueprint("search", __name__)
    for module in (pages, suggestions, similar, gaps, thesaurus):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
