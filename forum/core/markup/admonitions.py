"""Boxes beside the text: notes, tips, warnings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

from forum.core.markup.container import Container
from forum.core.markup.lines import indent_of

# Both the usual English words and the Indonesian ones people try; the class is what the style sheet knows.
ADMONITIONS = {
    "note": ("note", "Catatan"), "catatan": ("note", "Catatan"),
    "info": ("info", "Info"), "informasi": ("info", "Informasi"),
    "tip": ("tip", "Kiat"), "tips": ("tip", "Tips"), "kiat": ("tip", "Kiat"), "hint": ("tip", "Kiat"),
    "important": ("important", "Penting"), "penting": ("important", "Penting"),
    "warning": ("warning", "Peringatan"), "peringatan": ("warning", "Peringatan"),
    "caution": ("warning", "Perhatian"), "attention": ("warning", "Perhatian"), "perhatian": ("warning", "Perhatian"),
    "danger": ("danger", "Bahaya"), "bahaya": ("danger", "Bahaya"), "error": ("danger", "Bahaya"),
}  # fmt: skip
_ADMONITION = re.compile(r'!!![ ]*([\w-]*)[^"]*(?:"(.*)")?[ ]*')


def admonition(container: Container, i: int) -> int:
    """`!!! kind "title"` and the text below, indented or not."""
    found = _ADMONITION.fullmatch(container.lines[i].strip())
    if not found or not (found[1] or found[2]):
        return 0
    indented = i + 1 < len(container.lines) and indent_of(container.lines[i + 1]) >= 2
    content, end = container.gather(i, "", 2, 4, (lambda _: False) if indented else container.is_plain)
    add_admonition(container, found[1] or "note", found[2], content)
    return end


def add_admonition(container: Container, kind: str, title: str | None, lines: list[str]) -> None:
    """A box of that kind. Without a title (None) the kind names it; an empty one leaves it without."""
    name, heading = ADMONITIONS.get(kind.lower(), ("note", kind.capitalize()))
    box = container.add("div", {"class": f"admonition {name}"})
    if title != "":
        container.document.text(etree.SubElement(box, "p", {"class": "admonition-title"}), title or heading)
    container.inside(box, lines)
