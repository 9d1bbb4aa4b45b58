"""The entrance of the room."""

from __future__ import annotations

from flask import render_template

from forum.admin.views.blueprint import blueprint


@blueprint.get("")
def index() -> str:
    """What there is to manage."""
    return render_template("admin/index.html")
