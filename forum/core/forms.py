"""What every form shares: refusals of the rules land beside the field that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm

from forum.core.errors import Invalid
from forum.core.text import one_line


class Form(FlaskForm):  # type: ignore[misc]
    """Flask-WTF's form. `refuse` adds an error found by a rule; `catching` does so for what a block raises."""

    form_errors: list[Any]

    def refuse(self, error: Invalid) -> None:
        """Show the reason of `error` at its field, or above the form when it is about no field of this form."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors = [*self.form_errors, str(error)]
        else:
            field.errors = [*field.errors, str(error)]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.form_errors)

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Turn an Invalid that the block raises into an error of this form; look at `has_errors` afterwards."""
        try:
            yield
        except Invalid as error:
            self.refuse(error)


def line(value: Any) -> Any:
    """A WTForms filter: the value as one visible line (None stays None)."""
    return one_line(value) if isinstance(value, str) else value


def text_of(value: Any) -> str:
    """A field's text, '' where the form did not have it."""
    return value if isinstance(value, str) else ""


def whole_number(value: Any, otherwise: int = 0) -> int:
    """The whole number of at most nine ASCII digits in a field (a version, an id), or `otherwise`: what no row has."""
    text = text_of(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


class EmptyForm(Form):
    """A form of nothing but a button."""
