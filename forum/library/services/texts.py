"""What authors write into a revision, checked and rendered before a transaction opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.markup import GUIDE, RENDERER_VERSION, is_blank
from forum.core.text import one_line
from forum.library.sections import Section
from forum.writing import texts

MIN_TITLE, MAX_TITLE = 10, 150
MAX_SUMMARY = 600
MAX_CHANGE = 300
# Of all sections together.
MAX_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class GuideText:
    """A text that may be stored. `bodies` and `html` have the sections that are not empty."""

    title: str
    summary: str
    bodies: dict[str, str]
    html: dict[str, str]
    version: int


def guide_text(title: str, summary: str, bodies: Mapping[str, str], people: frozenset[str] | None = None) -> GuideText:
    """Clean and render a revision's text. Raises Invalid (field 'title', 'summary', or the name of a section)."""
    kept = {section.value: bodies.get(section.value, "") for section in Section}
    kept = {name: body for name, body in kept.items() if not is_blank(body)}
    length = sum(map(len, kept.values()))
    if length > MAX_CHARACTERS:
        raise Invalid(
            _(
                "Panduan terlalu panjang: paling banyak %(most)d huruf, sekarang %(length)d. Bagi menjadi beberapa panduan.",
                most=MAX_CHARACTERS,
                length=length,
            )
        )
    rendered = {name: texts.render(body, GUIDE, people, field=name) for name, body in kept.items()}
    return GuideText(
        title=_title(title),
        summary=_summary(summary),
        bodies={name: text.body for name, text in rendered.items()},
        html={name: text.html for name, text in rendered.items()},
        version=RENDERER_VERSION,
    )


def _title(title: str) -> str:
    title = one_line(title)
    if not MIN_TITLE <= len(title) <= MAX_TITLE:
        raise Invalid(
            _("Tulis judul dengan %(least)d sampai %(most)d huruf.", least=MIN_TITLE, most=MAX_TITLE), "title"
        )
    return title


def _summary(summary: str) -> str:
    summary = one_line(summary)
    if len(summary) > MAX_SUMMARY:
        raise Invalid(_("Ringkasan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_SUMMARY), "summary")
    return summary


def change_text(text: str) -> str:
    """What changed and why, as one line. Raises Invalid (field 'change_summary') when it is empty or too long."""
    text = one_line(text)
    if not text:
        raise Invalid(_("Tulis apa yang berubah dan mengapa: peninjau dan pembaca akan melihatnya."), "change_summary")
    if len(text) > MAX_CHANGE:
        raise Invalid(
            _("Keterangan perubahan terlalu panjang: paling banyak %(most)d huruf.", most=MAX_CHANGE), "change_summary"
        )
    return text
