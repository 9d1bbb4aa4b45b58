"""`flask search`: ask the index, keep it, measure it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup

_MODULES = {"query": "query", "rebuild": "upkeep", "verify": "upkeep", "evaluate": "evaluate", "bench": "bench"}


class _Late(AppGroup):
    """Each command is loaded when it is asked for: what searching needs is large, and most commands do without."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Any:
        if cmd_name in _MODULES:
            import_module(f"{__name__}.{_MODULES[cmd_name]}")
        return super().get_command(ctx, cmd_name)


group = _Late("search", help="Ask the search index, rebuild it, compare it with the database, measure it.")
