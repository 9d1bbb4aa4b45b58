"""Pages of the library."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.library.views import acts, desk, guides, paths, promoting, reviewing, writing


def init_app(app: Flask) -> None:
    """Add the routes of the library."""
    blueprint = Blueprint("library", __name__)
    for pages in (writing, promoting, reviewing, desk, paths, guides, acts):
        pages.add_routes(blueprint)
    app.register_blueprint(blueprint)
