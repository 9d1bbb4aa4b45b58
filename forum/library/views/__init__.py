"""Pages of the library."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.library.views import acts, guides


def init_app(app: Flask) -> None:
    """Add the routes of the library."""
    blueprint = Blueprint("library", __name__)
    guides.add_routes(blueprint)
    acts.add_routes(blueprint)
    app.register_blueprint(blueprint)
