"""What the pages of moderators share."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, make_response, render_template
from wtforms import HiddenField, StringField, TextAreaField

from forum.core.forms import Form
from forum.core.i18n import lazy

GAPS_PAGE = "/moderasi/pencarian"
THESAURUS_PAGE = "/moderasi/tesaurus"
Pairs = Sequence[tuple[str, object]]


class EntryForm(Form):
    """An entry of the thesaurus. `version`: as of which it was opened; `sample`: what the preview searches for."""

    relation = StringField(lazy("Hubungan"), default="synonyms")
    head = StringField(lazy("Kata umum"))
    terms = TextAreaField(lazy("Kata-kata"))
    weight = StringField(lazy("Seberapa sama"), default="0.8")
    note = StringField(lazy("Catatan"))
    sample = StringField(lazy("Pencarian contoh"))
    version = HiddenField(default="1")


class RetentionForm(Form):
    search_log_days = StringField(lazy("Hari"))


def form_page(template: str, form: Form, status: int = 422, **context: object) -> Response:
    """A page with a form: `status` when there is something to mend in it."""
    return make_response(render_template(template, form=form, **context), status if form.has_errors else 200)


def address(page: str, pairs: Pairs) -> str:
    """The address of `page` with parameters; empty ones are left out."""
    given = [(name, str(value)) for name, value in pairs if value not in ("", None)]
    return f"{page}?{urlencode(given)}" if given else page
