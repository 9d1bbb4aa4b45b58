"""Where documents are kept and found: Whoosh on the machine's disk, or PostgreSQL."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import cast

from flask import Flask, current_app

from forum.config import Settings
from forum.core.db import db
from forum.search import analysis
from forum.search.documents import Backend

FOLDER = "search"
_EXTENSION = "rembuk_search"
_making = threading.Lock()


def init_app(app: Flask, settings: Settings) -> None:
    """Let the application have an index. It is made at its first use: most commands never ask it, and its libraries are large."""
    app.extensions[_EXTENSION] = settings


def current() -> Backend:
    """The index of the application that is running."""
    found = current_app.extensions[_EXTENSION]
    if isinstance(found, Settings):
        with _making:
            found = current_app.extensions[_EXTENSION]
            if isinstance(found, Settings):
                found = current_app.extensions[_EXTENSION] = _chosen(found)
    return cast("Backend", found)


def preload(settings: Settings) -> None:
    """Load what a first search would load, before a server forks: its processes share it. Nothing is opened."""
    analysis.index_terms("menindaklanjuti laporan")
    if settings.searches_in_postgresql:
        import_module("forum.search.backends.postgres")
    else:
        import_module("forum.search.backends.whoosh")


def anew() -> Backend:
    """The same index, by somebody who has read nothing of it yet: to see what is on the disk, not what is remembered."""
    return _chosen(current_app.config["SETTINGS"])


def _chosen(settings: Settings) -> Backend:
    if settings.searches_in_postgresql:
        from forum.search.backends.postgres import PostgresBackend

        return PostgresBackend(db.engine)
    from forum.search.backends.whoosh import WhooshBackend

    return WhooshBackend(settings.instance_path / FOLDER)
