"""What people write about a case."""

from __future__ import annotations

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.text import one_line

MAX_REASON = 500
MAX_TEXT = 2000
MIN_TEXT = 10


def reason_text(text: str, field: str = "reason") -> str:
    """A reason as one line; always needed. Raises Invalid."""
    text = one_line(text)
    if not text:
        raise Invalid(_("Tulis alasannya. Yang terkait akan membacanya."), field)
    return note_text(text, field)


def note_text(text: str, field: str = "note") -> str:
    """A short note as one line; may be empty. Raises Invalid."""
    text = one_line(text)
    if len(text) > MAX_REASON:
        raise Invalid(
            _("Terlalu panjang: paling banyak %(most)d huruf, sekarang %(length)d.", most=MAX_REASON, length=len(text)),
            field,
        )
    return text


def long_text(text: str, field: str = "body") -> str:
    """A few sentences; line breaks stay. Raises Invalid."""
    lines = [one_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    text = "\n".join(lines).strip()
    if len(one_line(text)) < MIN_TEXT:
        raise Invalid(_("Terlalu pendek: tulis sedikitnya %(least)d huruf.", least=MIN_TEXT), field)
    if len(text) > MAX_TEXT:
        raise Invalid(
            _("Terlalu panjang: paling banyak %(most)d huruf, sekarang %(length)d.", most=MAX_TEXT, length=len(text)),
            field,
        )
    return text
