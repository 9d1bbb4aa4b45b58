"""Pages of searching."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.core import options
from forum.search import models

__all__ = ["init_app", "models", "options"]


def init_app(app: Flask) -> None:
    """Add the routes of searching."""
    app.register_blueprint(Blueprint("search", __name__))
