"""Admin pages: over the services of others, and for admins only."""

from __future__ import annotations

from flask import Flask

from forum.admin.views import boards, index, log, tags, units, users, users_import
from forum.admin.views.blueprint import blueprint

__all__ = ["boards", "index", "init_app", "log", "tags", "units", "users", "users_import"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
