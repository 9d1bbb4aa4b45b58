"""Command-line commands, a module for each group."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
