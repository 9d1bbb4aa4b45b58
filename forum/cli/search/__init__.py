"""`flask search`: ask the index, keep it, measure it."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("search", help="Ask the search index, rebuild it, compare it with the database, measure it.")

from forum.cli.search import evaluate, query, upkeep  # noqa: E402, F401 - they add their commands to the group
