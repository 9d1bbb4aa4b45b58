"""Uploading, removing and serving files."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.attachments import storage
from forum.attachments.queries.files import image_sizes
from forum.attachments.views import serving, uploading
from forum.config import Settings
from forum.core.content import register_image_reader


def init_app(app: Flask, settings: Settings) -> None:
    storage.init_app(app, settings)
    register_image_reader(image_sizes)
    blueprint = Blueprint("attachments", __name__)
    for module in (serving, uploading):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
