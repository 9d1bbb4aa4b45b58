"""`flask outbox`: how far background work is behind."""

from __future__ import annotations

import json

import click
from flask import Flask

from forum.core import outbox
from forum.core.db import db


def init_app(app: Flask) -> None:
    app.cli.command("outbox", help="Tell how far background work is behind, as JSON.")(show)


def show() -> None:
    """Print the outbox's state: rows waiting, rows whose last try failed, seconds that the oldest due row has waited."""
    state = outbox.state(db.session())
    lag = round(state.lag.total_seconds(), 1)
    click.echo(json.dumps({"waiting": state.waiting, "failing": state.failing, "lag_seconds": lag}))
