"""Pages about personal data: for moderators, for admins, and for everybody about themselves."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.privacy.views import breaches, findings, people


def init_app(app: Flask) -> None:
    """Add the routes."""
    blueprint = Blueprint("privacy", __name__)
    for module in (findings, breaches, people):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
