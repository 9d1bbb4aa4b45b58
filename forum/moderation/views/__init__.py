"""Pages of moderation: readers' reports, the moderators' queue, what was decided, appeals."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.moderation import people
from forum.moderation.views import acting, appeals, cases, flags, queue, rulings, start, words


def register() -> None:
    """What moderators can do without any room: before rooms add theirs."""
    people.register()


def init_app(app: Flask) -> None:
    """Add the routes."""
    blueprint = Blueprint("moderation", __name__)
    for pages in (start, queue, cases, acting, rulings, appeals, flags, words):
        pages.add_routes(blueprint)
    app.register_blueprint(blueprint)
