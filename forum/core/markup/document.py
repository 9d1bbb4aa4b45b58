"""What the passes hand on: a text as a tree, and what is found in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)
from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.core.markup.limits import Limits, bound

_LINK_SIGN = re.compile(r"\]\([ ]*<?(?:https?://)?|\]\[|https?://|\bwww\.")
_BRACKET = re.compile(r"\\.|[\[\]]")


@dataclass(slots=True)
class Document:
    """One text on its way to HTML: what the block pass finds and the inline pass needs."""

    source: str
    limits: Limits
    root: etree.Element = field(default_factory=lambda: etree.Element("div"))
    links: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    footnotes: dict[str, list[str]] = field(default_factory=dict)
    link_signs: int = 0

    def text(self, element: etree.Element, text: str) -> None:
        """Give an element text that the inline pass will read."""
        self.link_signs += len(_LINK_SIGN.findall(text))
        bound("too_many_links", self.link_signs, self.limits.links)
        bound("nesting_too_deep", _bracket_depth(text), self.limits.nesting)
        element.text = text

    def is_used(self, label: str) -> bool:
        """Whether a link definition is referred to: one that is not would vanish, and its words with it."""
        return self.source.lower().count(f"[{label.lower()}]") > 1


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for mark in _BRACKET.finditer(text):
        if mark.group() == "[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark.group() == "]" and depth:
            depth -= 1
    return deepest


@dataclass(slots=True)
class Run:
    """One rendering: what the inline pass collects and needs besides the text.

    `known` are the names that may become links (None: all), `prefix` stands before the ids of footnotes. `images`: width and
    height of the uploaded images that there are, by their tokens (None: whatever has the address of an upload is one).
    """

    document: Document
    known: frozenset[str] | None
    prefix: str
    images: Mapping[str, tuple[int, int]] | None = None
    mentions: dict[str, None] = field(default_factory=dict)
    references: dict[int, None] = field(default_factory=dict)
    footnote_uses: dict[int, int] = field(default_factory=dict)
