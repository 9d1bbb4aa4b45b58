"""Command-line commands, a module for each group."""

from __future__ import annotations

from flask import Flask

from forum.cli import attachments, audit, demo, maintenance, privacy, render, search, serve, users


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(users.group)
    app.cli.add_command(audit.group)
    app.cli.add_command(demo.group)
    app.cli.add_command(render.render)
    app.cli.add_command(privacy.group)
    app.cli.add_command(search.group)
    app.cli.add_command(attachments.group)
    maintenance.init_app(app)
    serve.init_app(app)
