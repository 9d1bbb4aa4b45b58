"""Pages of the library."""

from __future__ import annotations

from flask import Blueprint, Flask

from forum.core import faults
from forum.core.i18n import lazy
from forum.library.sections import Section
from forum.library.views import acts, desk, guides, paths, promoting, reviewing, writing

# What is written here besides the fields that all features share.
WRITTEN = {
    "summary": lazy("Ringkasan"),
    **{section.value: section.label for section in Section},
    "change_summary": lazy("Apa yang berubah, dan mengapa?"),
    "note": lazy("Keterangan"),
    "isi": lazy("Catatan"),
    "alasan": lazy("Alasan"),
    "hasil": lazy("Hasil"),
    "description": lazy("Keterangan"),
}


def init_app(app: Flask) -> None:
    """Add the routes of the library."""
    faults.keep(WRITTEN)
    blueprint = Blueprint("library", __name__)
    for pages in (writing, promoting, reviewing, desk, paths, guides, acts):
        pages.add_routes(blueprint)
    app.register_blueprint(blueprint)
