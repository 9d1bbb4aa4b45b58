"""The line pass: the rules for every kind of block, and the text as a tree."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

from markdown.util import AtomicString, code_escape

from forum.core.markup.admonitions import ADMONITIONS, add_admonition, admonition
from forum.core.markup.container import Container, Rule
from forum.core.markup.document import Document
from forum.core.markup.limits import bound
from forum.core.markup.lines import FOOTNOTE, HEADING, HORIZONTAL_RULE, expand_leading_tabs, indent_of
from forum.core.markup.lists import definition, list_
from forum.core.markup.tables import table

_HEADING_END = re.compile(r"(?<=[ ])#+$")
_SETEXT = re.compile(r"[ ]*(={3,}|-{3,})[ ]*")
_FENCE = re.compile(r"([ ]*)(`{3,}|~{3,})([^`]*)")
_LANGUAGE = re.compile(r"[\w+#.-]{0,30}|\{[^}]*\}")
_QUOTE = re.compile(r"[ ]*>[ ]?")
_ALERT = re.compile(r"\[!(\w+)\][ ]*")
_LINK_DEFINITION = re.compile(
    r"""[ ]{0,3}\[([^\[\]^][^\[\]]*)\]:[ ]*<?((?:https?://|mailto:|/|www\.)[^\s<>]+)>?"""
    r"""(?:[ ]+(?:"([^"]*)"|'([^']*)'|\(([^()]*)\)))?[ ]*"""
)


def fence(container: Container, i: int) -> int:
    opening = _FENCE.fullmatch(container.lines[i])
    if not opening:
        return 0
    end = _fence_end(container, i, opening[2])
    if not end:
        return 0
    width = len(opening[1])
    code = [line[min(width, indent_of(line)) :] for line in container.lines[i + 1 : end]]
    if not _LANGUAGE.fullmatch(opening[3].strip()):
        code.insert(0, opening[3].strip())
    last = container.lines[end].rstrip().rstrip(opening[2][0]).rstrip()
    if last:
        code.append(last)
    element = etree.SubElement(container.add("pre"), "code")
    element.text = AtomicString(code_escape("\n".join([*code, ""])))
    return end + 1


def _fence_end(container: Container, i: int, mark: str) -> int:
    """The closing line. Chat users close with ``` behind their last word: that counts if no other ` is there."""
    if len(mark) >= container.unclosed.get(mark[0], 1 << 30):
        return 0
    for j in range(i + 1, len(container.lines)):
        line = container.lines[j].rstrip()
        if line.endswith(mark):
            rest = line.rstrip(mark[0])
            if not rest.strip() or (mark[0] == "`" and "`" not in rest):
                return j
    container.unclosed[mark[0]] = len(mark)
    return 0


def heading(container: Container, i: int) -> int:
    found = HEADING.fullmatch(container.lines[i])
    if not found:
        return 0
    _add_heading(container, len(found[1]), _HEADING_END.sub("", found[2].rstrip()).rstrip() or found[2])
    return i + 1


def _add_heading(container: Container, level: int, text: str) -> None:
    """The page owns h1 and each post h2, so the headings inside start at h3."""
    container.flush()
    container.add_text(f"h{min(level + 2, 6)}", text)


def underline(container: Container, i: int) -> int:
    """A line of === or --- makes one line above it a heading. Below a longer paragraph --- is a rule."""
    if len(container.paragraph) != 1 or not _SETEXT.fullmatch(container.lines[i]):
        return 0
    text = container.paragraph.pop()
    _add_heading(container, 1 if "=" in container.lines[i] else 2, text)
    return i + 1


def horizontal_rule(container: Container, i: int) -> int:
    if not HORIZONTAL_RULE.fullmatch(container.lines[i]):
        return 0
    container.add("hr")
    return i + 1


def link_definition(container: Container, i: int) -> int:
    found = _LINK_DEFINITION.fullmatch(container.lines[i])
    if not found or container.paragraph or not container.document.is_used(found[1]):
        return 0
    label = " ".join(found[1].lower().split())
    container.document.links.setdefault(label, (found[2], found[3] or found[4] or found[5]))
    return i + 1


def quote(container: Container, i: int) -> int:
    """A quote ends with its last `>` line, as in chats: an answer typed right below is not part of it."""
    end = i
    while end < len(container.lines) and _QUOTE.match(container.lines[end]):
        end += 1
    if end == i:
        return 0
    lines = [_QUOTE.sub("", line, count=1) for line in container.lines[i:end]]
    alert = _ALERT.fullmatch(lines[0])
    if alert and alert[1].lower() in ADMONITIONS:
        add_admonition(container, alert[1], None, lines[1:])
    else:
        container.inside(container.add("blockquote"), lines)
    return end


def footnote(container: Container, i: int) -> int:
    mark = FOOTNOTE.match(container.lines[i])
    if not mark or mark[1] in container.document.footnotes:
        return 0
    container.flush()
    content, end = container.gather(i, container.lines[i][mark.end() :], 2, 4, container.is_plain)
    container.document.footnotes[mark[1]] = content
    bound("too_many_footnotes", len(container.document.footnotes), container.document.limits.footnotes)
    return end


RULES: tuple[Rule, ...] = (
    fence, heading, underline, horizontal_rule, quote, list_, table, admonition, footnote, link_definition, definition,
)  # fmt: skip
"""In the order in which they are asked. The first reads fences: it alone may have lines of any length."""


def parse(document: Document) -> None:
    """Fill the tree of a document from its source. Raises Refused."""
    lines = [expand_leading_tabs(line) for line in document.source.split("\n")]
    Container(document, document.root, lines, 0, RULES).run()
    if document.footnotes:
        _append_footnotes(document)


def _append_footnotes(document: Document) -> None:
    box = etree.SubElement(document.root, "div", {"class": "footnote"})
    etree.SubElement(box, "hr")
    items = etree.SubElement(box, "ol")
    done = 0
    while done < len(document.footnotes):
        lines = list(document.footnotes.values())[done]
        Container(document, etree.SubElement(items, "li"), lines, 1, RULES).run()
        done += 1
