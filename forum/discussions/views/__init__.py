"""Discussion pages: HTTP only. Fetch, call, render or redirect."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask
from werkzeug.routing import BaseConverter, ValidationError

from forum.core.errors import NotFound
from forum.core.paging import parse_id
from forum.discussions.views import acts, drafts, lists, moderating, threads, writing

_REF = re.compile(r"([0-9]+)(?:-.*)?")


class ThreadConverter(BaseConverter):
    """`12-judul-diskusi` or `12` in an address -> 12. The words are for people: any will do, and a GET is led to the right ones."""

    def to_python(self, value: str) -> int:
        found = _REF.fullmatch(value)
        if not found:
            raise ValidationError
        return _id_or_no_match(found.group(1))

    def to_url(self, value: Any) -> str:
        return str(value)


class IdConverter(BaseConverter):
    """A row id: ASCII digits up to 2^63-1; anything else is no address of ours."""

    def to_python(self, value: str) -> int:
        return _id_or_no_match(value)


def _id_or_no_match(text: str) -> int:
    try:
        return parse_id(text)
    except NotFound:
        raise ValidationError from None


def init_app(app: Flask) -> None:
    app.url_map.converters["thread"] = ThreadConverter
    app.url_map.converters["id"] = IdConverter
    blueprint = Blueprint("discussions", __name__)
    for module in (lists, threads, writing, acts, moderating, drafts):
        module.add_routes(blueprint)
    app.register_blueprint(blueprint)
