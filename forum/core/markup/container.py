"""The lines inside one container (document, quote, list item ...), read block by block."""

from __future__ import annotations

import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)
from collections.abc import Callable

from forum.core.markup.document import Document
from forum.core.markup.limits import bound
from forum.core.markup.lines import FOOTNOTE, HEADING, HORIZONTAL_RULE, ITEM, indent_of, is_delimiter_row

Rule = Callable[["Container", int], int]
"""Looks at line `i` of a container and returns the number of the first line that it did not use, or 0 if the line is
not its business."""


class Container:
    """Turns its lines into elements below `parent`, by asking `rules` in turn; what no rule wants is a paragraph.

    Indented code does not exist here: a paragraph whose first line is indented is a letter, not a program. Code is
    written between fences. `unclosed` and `plain_until` are what fences and lists have found out about lines to come,
    so that nobody looks at them again and again.
    """

    def __init__(
        self, document: Document, parent: etree.Element, lines: list[str], depth: int, rules: tuple[Rule, ...]
    ) -> None:
        self.document = document
        self.parent = parent
        self.lines = lines
        self.depth = depth
        self.rules = rules
        self.paragraph: list[str] = []
        self.unclosed: dict[str, int] = {}
        self.plain_until = 0
        bound("nesting_too_deep", depth, document.limits.nesting)

    def run(self) -> None:
        """Read every line. Raises Refused."""
        i = 0
        while i < len(self.lines):
            if not self.lines[i].strip():
                self.flush()
                i += 1
                continue
            # The first rule reads fences, where a line may be as long as it likes.
            following = self.rules[0](self, i)
            if not following:
                bound("line_too_long", len(self.lines[i]), self.document.limits.line)
                following = next((used for rule in self.rules[1:] if (used := rule(self, i))), 0)
            if not following:
                self.paragraph.append(self.lines[i].strip())
            i = following or i + 1
        self.flush()

    def flush(self) -> None:
        """End the paragraph that is being gathered."""
        if self.paragraph:
            self.add_text("p", "\n".join(self.paragraph))
            self.paragraph = []

    def add(self, tag: str, attributes: dict[str, str] | None = None) -> etree.Element:
        self.flush()
        return etree.SubElement(self.parent, tag, attributes or {})

    def add_text(self, tag: str, text: str) -> None:
        self.document.text(etree.SubElement(self.parent, tag), text)

    def inside(self, parent: etree.Element, lines: list[str]) -> None:
        """Read lines that are nested in this container."""
        Container(self.document, parent, lines, self.depth + 1, self.rules).run()

    def gather(self, i: int, head: str, least: int, width: int, lazy: Callable[[int], bool]) -> tuple[list[str], int]:
        """The lines of a container that starts at line `i` with the text `head`, and the first line after it.

        Lines indented by `least` spaces belong to it and lose up to `width` of them, also below blank lines. A line
        that is indented less belongs only if it follows directly and `lazy` says so.
        """
        content, i = [head], i + 1
        while i < len(self.lines):
            following = self.next_text(i)
            if following == len(self.lines):
                break
            line = self.lines[following]
            if indent_of(line) >= least:
                content += [""] * (following - i)
                content.append(line[min(indent_of(line), width) :])
            elif following == i and lazy(i):
                content.append(line.strip())
            else:
                break
            i = following + 1
        return content, i

    def next_text(self, i: int) -> int:
        """The first line from `i` on that is not blank."""
        while i < len(self.lines) and not self.lines[i].strip():
            i += 1
        return i

    def is_plain(self, i: int) -> bool:
        """Whether a line is text that begins no block."""
        line = self.lines[i]
        return not (
            not line.strip()
            or line.lstrip().startswith((">", "```", "~~~", "!!!"))
            or any(mark.fullmatch(line) for mark in (ITEM, HEADING, HORIZONTAL_RULE))
            or FOOTNOTE.match(line)
            or ("|" in line and i + 1 < len(self.lines) and is_delimiter_row(self.lines[i + 1]))
        )
