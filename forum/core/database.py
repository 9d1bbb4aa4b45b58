"""Connects an application to its database and to the migrations."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from forum.core.db import db, prepare_engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
migrate = Migrate(compare_type=True, render_as_batch=True)


def init_app(app: Flask, url: str) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # An error of the database goes to the log: its parameters are what people typed, and stay out of it.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True, "pool_pre_ping": url.startswith("postgresql")}
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)
