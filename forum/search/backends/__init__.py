"""Where documents are kept and found: Whoosh on the machine's disk, or PostgreSQL."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from forum.config import Settings
from forum.core.db import db
from forum.search.backends.postgres import PostgresBackend
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import Backend

FOLDER = "search"
_EXTENSION = "rembuk_search"


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its index. Nothing is opened before it is used."""
    app.extensions[_EXTENSION] = _chosen(app, settings)


def current() -> Backend:
    """The index of the application that is running."""
    return cast(Backend, current_app.extensions[_EXTENSION])


def _chosen(app: Flask, settings: Settings) -> Backend:
    if settings.searches_in_postgresql:
        with app.app_context():
            return PostgresBackend(db.engine)
    return WhooshBackend(settings.instance_path / FOLDER)
