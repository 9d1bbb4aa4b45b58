"""Markdown in, safe HTML out: the one renderer of posts and guides.

Three steps, each of which can refuse a text (`Refused`):

1. *Blocks*: lines become a tree of paragraphs, lists, quotes, tables, code. This is our own pass, not
   Python-Markdown's, because people here write the way they chat: a list right below its sentence, two spaces
   to nest, first lines indented by a tab. All bounds on size and shape are checked here.
2. *Inline*: Python-Markdown finds emphasis, code and links inside each block; mentions (`@name`) and references
   (`#12`) are inline processors of our own.
3. *Sanitise*: nh3 with an allow-list, the very last step. Nothing after it may build HTML.

Raw HTML is never passed through. It is shown as the text that was typed, except for a few attribute-free inline
tags (`<u>`, `<sub>`, `<br>` ...) that become elements of the tree. Letting the sanitiser drop unknown tags would
be as safe, but it would swallow visible words: "isi <nama instansi> di sini" is a sentence, not markup.

Hostile shapes can make step 2 slow. Do not call `render` on users' text in a web process: `forum.core.sandbox`
does it in a child that can be killed. This module imports nothing of the application, so that such a child starts fast.
"""

from __future__ import annotations

import hashlib
import html as html_entities
import re
import unicodedata
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import markdown
import nh3
from markdown.inlinepatterns import InlineProcessor, SimpleTextInlineProcessor, SubstituteTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, code_escape

RENDERER_VERSION = 1
"""Moves whenever the same text may give other HTML. Stored beside the HTML, which is rendered again when it moved."""

ID_PREFIX = "user-content-"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a text may be. Measured: beyond these, Python-Markdown needs seconds for some shapes."""

    characters: int
    line: int = 2_000
    nesting: int = 20
    table_columns: int = 30
    table_rows: int = 500
    links: int = 200
    footnotes: int = 100
    mentions: int = 50

    def html(self, characters: int) -> int:
        """How many characters of HTML a text of that many characters may become."""
        return 8 * characters + 50_000


POST = Limits(characters=20_000)
GUIDE = Limits(characters=60_000)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML and what it points at.

    `mentions` are lower-case user names, `references` thread numbers: each once, in order of appearance.
    """

    html: str
    mentions: tuple[str, ...]
    references: tuple[int, ...]
    version: int


_SENTENCES = {
    "too_long": "The text has {actual} characters; {allowed} are allowed.",
    "line_too_long": "A line has {actual} characters; {allowed} are allowed.",
    "nesting_too_deep": "Lists, quotes or brackets are nested {actual} deep; {allowed} levels are allowed.",
    "table_too_wide": "A table has {actual} columns; {allowed} are allowed.",
    "table_too_long": "A table has {actual} rows; {allowed} are allowed.",
    "too_many_links": "There are {actual} links and images; {allowed} are allowed.",
    "too_many_footnotes": "There are {actual} footnotes; {allowed} are allowed.",
    "too_many_mentions": "There are {actual} people mentioned; {allowed} are allowed.",
    "output_too_large": "The page would be {actual} characters long; {allowed} are allowed.",
    "too_complex": "The formatting of this text is too complex to be shown.",
    "busy": "Too many texts are being rendered at the moment; try again.",
}


class Refused(ValueError):
    """A text that will not be rendered.

    `code` is a key of the table above. `params` holds `actual` and `allowed` for everything that is counted and is
    empty otherwise. Messages for users are made from both elsewhere; `str()` is an English sentence for logs.
    """

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(_SENTENCES[code].format(**params))
        self.code = code
        self.params = params


def _bound(code: str, actual: int, allowed: int) -> None:
    if actual > allowed:
        raise Refused(code, actual=actual, allowed=allowed)


# Text as it is stored ------------------------------------------------------------------------------------------

_UNSTORED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ACCENTS = 30
"""How many accents may follow one letter: what the Stream-Safe Text Format of UAX #15 allows."""
_MAYBE_ACCENTS = re.compile(rf"[^\w\s\x00-\x7f]{{{_ACCENTS + 1},}}")
_INVISIBLE = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_EMPTY_FENCE = re.compile(r"^(`{3,}|~{3,})[\w+#.-]*\n\1$", re.MULTILINE)
# What a line may hold and still show no text: list and heading marks, rules, empty emphasis and links.
_MARKS_ONLY = re.compile(
    r"(?:>|[-+*•](?:\[[xX]?\])?|\d{1,9}[.)]|#)*+"
    r"(?:[-=*_~`|:#]*|\[\]\([^)]*\)|\[[^\]^][^\]]*\]:\S+)"
)


def normalise(text: str) -> str:
    """The text as it is stored: LF line ends, NFC, no control characters but tab and LF, no lone surrogates.

    White space at the end goes too, and so do accents beyond the 30th on one letter. Doing it twice changes nothing.
    Linear in the length of the text.
    """
    text = _UNSTORED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Sorting a long run of accents takes NFC minutes for a megabyte, so they are cut before, and again after because
    # a few characters come apart into two.
    text = _MAYBE_ACCENTS.sub(_cut_accents, text)
    return _MAYBE_ACCENTS.sub(_cut_accents, unicodedata.normalize("NFC", text)).rstrip(" \t\n")


def _cut_accents(run: re.Match[str]) -> str:
    kept, length = [], 0
    for char in run.group():
        length = length + 1 if unicodedata.combining(char) else 0
        if length <= _ACCENTS:
            kept.append(char)
    return "".join(kept)


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: only white space, invisible characters, or Markdown marks without text."""
    lines = (_INVISIBLE.sub("", line) for line in html_entities.unescape(normalise(text)).split("\n"))
    visible = _EMPTY_FENCE.sub("", "\n".join(line for line in lines if line))
    return all(_MARKS_ONLY.fullmatch(line) for line in visible.split("\n"))


# Blocks ---------------------------------------------------------------------------------------------------------

_HEADING = re.compile(r"[ ]*(#{1,6})[ ]+(\S.*)")
_HEADING_END = re.compile(r"(?<=[ ])#+$")
_RULE = re.compile(r"[ ]*([-*_])(?:[ ]*\1){2,}[ ]*")
_SETEXT = re.compile(r"[ ]*(={3,}|-{3,})[ ]*")
_FENCE = re.compile(r"([ ]*)(`{3,}|~{3,})([^`]*)")
_LANGUAGE = re.compile(r"[\w+#.-]{0,30}|\{[^}]*\}")
_QUOTE = re.compile(r"[ ]*>[ ]?")
_ALERT = re.compile(r"\[!(\w+)\][ ]*")
_ITEM = re.compile(r"([ ]*)([-+*•]|([0-9]{1,9})[.)])(?:([ ]+)(.*))?")
_TASK = re.compile(r"\[([ xX])\][ ]+(?=\S)")
_DEFINITION = re.compile(r"[ ]*:[ ]+(?=\S)")
_ADMONITION = re.compile(r'!!![ ]*([\w-]*)[^"]*(?:"(.*)")?[ ]*')
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^([^\]\s]{1,64})\]:[ ]*")
_LINK_DEFINITION = re.compile(
    r"""[ ]{0,3}\[([^\[\]^][^\[\]]*)\]:[ ]*<?((?:https?://|mailto:|/|www\.)[^\s<>]+)>?"""
    r"""(?:[ ]+(?:"([^"]*)"|'([^']*)'|\(([^()]*)\)))?[ ]*"""
)
_CELL_EDGE = re.compile(r"\\.|(`+)[^`]+\1(?!`)|\|")
_LINK_SIGN = re.compile(r"\]\([ ]*<?(?:https?://)?|\]\[|https?://|\bwww\.")
_BRACKET = re.compile(r"\\.|[\[\]]")

# Both the usual English words and the Indonesian ones people try; the class is what the style sheet knows.
_ADMONITIONS = {
    "note": ("note", "Catatan"), "catatan": ("note", "Catatan"),
    "info": ("info", "Info"), "informasi": ("info", "Informasi"),
    "tip": ("tip", "Kiat"), "tips": ("tip", "Tips"), "kiat": ("tip", "Kiat"), "hint": ("tip", "Kiat"),
    "important": ("important", "Penting"), "penting": ("important", "Penting"),
    "warning": ("warning", "Peringatan"), "peringatan": ("warning", "Peringatan"),
    "caution": ("warning", "Perhatian"), "attention": ("warning", "Perhatian"), "perhatian": ("warning", "Perhatian"),
    "danger": ("danger", "Bahaya"), "bahaya": ("danger", "Bahaya"), "error": ("danger", "Bahaya"),
}  # fmt: skip


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _expand_leading_tabs(line: str) -> str:
    body = line.lstrip(" \t")
    lead = line[: len(line) - len(body)]
    return lead.expandtabs(4) + body if "\t" in lead else line


def _is_delimiter_row(line: str) -> bool:
    return "|" in line and "-" in line and set(line) <= set("|:- \t")


def _cells(row: str) -> list[str]:
    """The cells of one table row. A `|` that is escaped or inside code does not divide."""
    row = row.strip()
    cells, start = [], 0
    for edge in _CELL_EDGE.finditer(row):
        if edge.group() == "|":
            cells.append(row[start : edge.start()])
            start = edge.end()
    cells.append(row[start:])
    if row.startswith("|"):
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _alignment(delimiter: str) -> str | None:
    left, right = delimiter.startswith(":"), delimiter.endswith(":")
    return {(True, True): "center", (True, False): "left", (False, True): "right"}.get((left, right))


@dataclass(slots=True)
class _Document:
    """One text on its way to HTML: what the block pass finds and the inline pass needs."""

    source: str
    limits: Limits
    root: etree.Element = field(default_factory=lambda: etree.Element("div"))
    links: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    footnotes: dict[str, list[str]] = field(default_factory=dict)
    link_signs: int = 0

    def parse(self) -> None:
        """Fill `root`. Raises Refused."""
        lines = [_expand_leading_tabs(line) for line in self.source.split("\n")]
        _Blocks(self, self.root, lines, 0).run()
        if self.footnotes:
            self._append_footnotes()

    def _append_footnotes(self) -> None:
        box = etree.SubElement(self.root, "div", {"class": "footnote"})
        etree.SubElement(box, "hr")
        items = etree.SubElement(box, "ol")
        done = 0
        while done < len(self.footnotes):
            lines = list(self.footnotes.values())[done]
            _Blocks(self, etree.SubElement(items, "li"), lines, 1).run()
            done += 1

    def text(self, element: etree.Element, text: str) -> None:
        """Give an element text that the inline pass will read."""
        self.link_signs += len(_LINK_SIGN.findall(text))
        _bound("too_many_links", self.link_signs, self.limits.links)
        _bound("nesting_too_deep", _bracket_depth(text), self.limits.nesting)
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


class _Blocks:
    """Turns the lines inside one container (document, quote, list item ...) into elements.

    Each rule looks at line `i` and returns the number of the first line that it did not use, or 0 if the line is
    not its business. Indented code does not exist here: a paragraph whose first line is indented is a letter, not a
    program. Code is written between fences.
    """

    def __init__(self, document: _Document, parent: etree.Element, lines: list[str], depth: int) -> None:
        self.document = document
        self.parent = parent
        self.lines = lines
        self.depth = depth
        self.paragraph: list[str] = []
        self.unclosed: dict[str, int] = {}
        self.plain_until = 0
        self.rules: tuple[Callable[[int], int], ...] = (
            self.fence, self.heading, self.underline, self.rule, self.quote, self.list_, self.table,
            self.admonition, self.footnote, self.link_definition, self.definition,
        )  # fmt: skip
        _bound("nesting_too_deep", depth, document.limits.nesting)

    def run(self) -> None:
        i = 0
        while i < len(self.lines):
            if not self.lines[i].strip():
                self.flush()
                i += 1
                continue
            following = self.fence(i)
            if not following:
                _bound("line_too_long", len(self.lines[i]), self.document.limits.line)
                following = next((used for rule in self.rules[1:] if (used := rule(i))), 0)
            if not following:
                self.paragraph.append(self.lines[i].strip())
            i = following or i + 1
        self.flush()

    def flush(self) -> None:
        if self.paragraph:
            self.add_text("p", "\n".join(self.paragraph))
            self.paragraph = []

    def add(self, tag: str, attributes: dict[str, str] | None = None) -> etree.Element:
        self.flush()
        return etree.SubElement(self.parent, tag, attributes or {})

    def add_text(self, tag: str, text: str) -> None:
        self.document.text(etree.SubElement(self.parent, tag), text)

    def inside(self, parent: etree.Element, lines: list[str]) -> None:
        _Blocks(self.document, parent, lines, self.depth + 1).run()

    # Leaves

    def fence(self, i: int) -> int:
        opening = _FENCE.fullmatch(self.lines[i])
        if not opening:
            return 0
        end = self.fence_end(i, opening[2])
        if not end:
            return 0
        width = len(opening[1])
        code = [line[min(width, _indent(line)) :] for line in self.lines[i + 1 : end]]
        if not _LANGUAGE.fullmatch(opening[3].strip()):
            code.insert(0, opening[3].strip())
        last = self.lines[end].rstrip().rstrip(opening[2][0]).rstrip()
        if last:
            code.append(last)
        element = etree.SubElement(self.add("pre"), "code")
        element.text = AtomicString(code_escape("\n".join([*code, ""])))
        return end + 1

    def fence_end(self, i: int, mark: str) -> int:
        """The closing line. Chat users close with ``` behind their last word: that counts if no other ` is there."""
        if len(mark) >= self.unclosed.get(mark[0], 1 << 30):
            return 0
        for j in range(i + 1, len(self.lines)):
            line = self.lines[j].rstrip()
            if line.endswith(mark):
                rest = line.rstrip(mark[0])
                if not rest.strip() or (mark[0] == "`" and "`" not in rest):
                    return j
        self.unclosed[mark[0]] = len(mark)
        return 0

    def heading(self, i: int) -> int:
        found = _HEADING.fullmatch(self.lines[i])
        if not found:
            return 0
        self.add_heading(len(found[1]), _HEADING_END.sub("", found[2].rstrip()).rstrip() or found[2])
        return i + 1

    def add_heading(self, level: int, text: str) -> None:
        """The page owns h1 and each post h2, so the headings inside start at h3."""
        self.flush()
        self.add_text(f"h{min(level + 2, 6)}", text)

    def underline(self, i: int) -> int:
        """A line of === or --- makes one line above it a heading. Below a longer paragraph --- is a rule."""
        if len(self.paragraph) != 1 or not _SETEXT.fullmatch(self.lines[i]):
            return 0
        text = self.paragraph.pop()
        self.add_heading(1 if "=" in self.lines[i] else 2, text)
        return i + 1

    def rule(self, i: int) -> int:
        if not _RULE.fullmatch(self.lines[i]):
            return 0
        self.add("hr")
        return i + 1

    def table(self, i: int) -> int:
        if "|" not in self.lines[i] or i + 1 >= len(self.lines) or not _is_delimiter_row(self.lines[i + 1]):
            return 0
        end = i + 2
        while end < len(self.lines) and "|" in self.lines[end]:
            _bound("line_too_long", len(self.lines[end]), self.document.limits.line)
            end += 1
        rows = [_cells(line) for line in self.lines[i:end]]
        columns = max(map(len, rows))
        _bound("table_too_wide", columns, self.document.limits.table_columns)
        _bound("table_too_long", len(rows) - 2, self.document.limits.table_rows)
        self.add_table(rows[0], rows[2:], [_alignment(cell) for cell in rows[1]], columns)
        return end

    def add_table(self, head: list[str], body: list[list[str]], align: list[str | None], columns: int) -> None:
        """Short rows are filled up; rows longer than the header widen it, so that no cell is lost."""
        # Keyboard users scroll a wide table by focusing its box (WCAG 2.1.1).
        box = self.add("div", {"class": "table-scroll", "tabindex": "0"})
        table = etree.SubElement(box, "table")
        self.add_row(etree.SubElement(table, "thead"), "th", head, align, columns)
        if not body:
            return
        tbody = etree.SubElement(table, "tbody")
        for row in body:
            self.add_row(tbody, "td", row, align, columns)

    def add_row(self, parent: etree.Element, tag: str, cells: list[str], align: list[str | None], columns: int) -> None:
        row = etree.SubElement(parent, "tr")
        for k in range(columns):
            side = align[k] if k < len(align) else None
            cell = etree.SubElement(row, tag, {"align": side} if side else {})
            if k < len(cells):
                self.document.text(cell, cells[k])

    def link_definition(self, i: int) -> int:
        found = _LINK_DEFINITION.fullmatch(self.lines[i])
        if not found or self.paragraph or not self.document.is_used(found[1]):
            return 0
        label = " ".join(found[1].lower().split())
        self.document.links.setdefault(label, (found[2], found[3] or found[4] or found[5]))
        return i + 1

    # Containers

    def quote(self, i: int) -> int:
        """A quote ends with its last `>` line, as in chats: an answer typed right below is not part of it."""
        end = i
        while end < len(self.lines) and _QUOTE.match(self.lines[end]):
            end += 1
        if end == i:
            return 0
        lines = [_QUOTE.sub("", line, count=1) for line in self.lines[i:end]]
        alert = _ALERT.fullmatch(lines[0])
        if alert and alert[1].lower() in _ADMONITIONS:
            self.add_admonition(alert[1], None, lines[1:])
        else:
            self.inside(self.add("blockquote"), lines)
        return end

    def list_(self, i: int) -> int:
        first = _ITEM.fullmatch(self.lines[i])
        if not first or not self.starts_list(first):
            return 0
        ordered = first[3] is not None
        start = int(first[3] or 1)
        element = self.add("ol" if ordered else "ul", {"start": str(start)} if start != 1 else {})
        items: list[tuple[etree.Element, list[str]]] = []
        loose, blank_before, number = False, False, start
        while first and (first[3] is not None) == ordered:
            if ordered and items and int(first[3]) not in (number, start):
                break
            content, i = self.item(i, first)
            items.append((etree.SubElement(element, "li"), content))
            loose |= blank_before
            number += 1
            following = self.next_text(i)
            blank_before = following > i
            first = None
            if following < len(self.lines) and not _RULE.fullmatch(self.lines[following]):
                first = _ITEM.fullmatch(self.lines[following])
                i = following if first else i
        for li, content in items:
            self.fill_item(element, li, content, loose)
        return i

    def starts_list(self, item: re.Match[str]) -> bool:
        """Whether an item may stand right below a line of text: "Langkah:" and then "1. ..." is a list, but a year
        that happens to begin a line ("... tahun" / "2024. ...") is not."""
        if not self.paragraph:
            return bool(item[5]) or item[3] is None
        return bool(item[5]) and (item[3] in (None, "0", "1") or self.paragraph[-1].endswith(":"))

    def item(self, i: int, first: re.Match[str]) -> tuple[list[str], int]:
        indent = len(first[1])
        spaces = len(first[4] or " ")
        offset = indent + len(first[2]) + (spaces if spaces <= 4 else 1)
        head = (first[5] or "") if spaces <= 4 else " " * (spaces - 1) + first[5]
        # Two spaces nest, whatever the width of the mark: that is what people type below "1. ".
        return self.gather(i, head, min(offset, indent + 2), offset, self.belongs_above)

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
            if _indent(line) >= least:
                content += [""] * (following - i)
                content.append(line[min(_indent(line), width) :])
            elif following == i and lazy(i):
                content.append(line.strip())
            else:
                break
            i = following + 1
        return content, i

    def next_text(self, i: int) -> int:
        while i < len(self.lines) and not self.lines[i].strip():
            i += 1
        return i

    def is_plain(self, i: int) -> bool:
        line = self.lines[i]
        return not (
            not line.strip()
            or line.lstrip().startswith((">", "```", "~~~", "!!!"))
            or any(mark.fullmatch(line) for mark in (_ITEM, _HEADING, _RULE))
            or _FOOTNOTE.match(line)
            or ("|" in line and i + 1 < len(self.lines) and _is_delimiter_row(self.lines[i + 1]))
        )

    def belongs_above(self, i: int) -> bool:
        """Text between two items belongs to the upper one; text right below the last item is outside the list."""
        if not self.is_plain(i):
            return False
        if i >= self.plain_until:
            self.plain_until = i
            while self.plain_until < len(self.lines) and self.is_plain(self.plain_until):
                self.plain_until += 1
        return self.plain_until < len(self.lines) and self.is_item(self.plain_until)

    def is_item(self, i: int) -> bool:
        return bool(_ITEM.fullmatch(self.lines[i])) and not _RULE.fullmatch(self.lines[i])

    def fill_item(self, list_element: etree.Element, li: etree.Element, content: list[str], loose: bool) -> None:
        task = _TASK.match(content[0])
        if task:
            content[0] = content[0][task.end() :]
        self.inside(li, content)
        if not loose:
            _unwrap(li)
        if task:
            list_element.set("class", "task-list")
            li.set("class", "task")
            _mark_task(li[0] if len(li) and li[0].tag == "p" else li, done=task[1] != " ")

    def definition(self, i: int) -> int:
        """`: meaning` below a term. Lines above the term stay a paragraph."""
        mark = _DEFINITION.match(self.lines[i])
        if not mark or not self.paragraph_or_list():
            return 0
        term = self.paragraph.pop() if self.paragraph else ""
        self.flush()
        siblings = list(self.parent)
        element = siblings[-1] if siblings and siblings[-1].tag == "dl" else self.add("dl")
        if term:
            self.document.text(etree.SubElement(element, "dt"), term)
        content, end = self.gather(i, self.lines[i][mark.end() :], 2, mark.end(), lambda _: False)
        meaning = etree.SubElement(element, "dd")
        self.inside(meaning, content)
        _unwrap(meaning)
        return end

    def paragraph_or_list(self) -> bool:
        return bool(self.paragraph) or (len(self.parent) > 0 and self.parent[-1].tag == "dl")

    def admonition(self, i: int) -> int:
        found = _ADMONITION.fullmatch(self.lines[i].strip())
        if not found or not (found[1] or found[2]):
            return 0
        indented = i + 1 < len(self.lines) and _indent(self.lines[i + 1]) >= 2
        content, end = self.gather(i, "", 2, 4, (lambda _: False) if indented else self.is_plain)
        self.add_admonition(found[1] or "note", found[2], content)
        return end

    def add_admonition(self, kind: str, title: str | None, lines: list[str]) -> None:
        name, heading = _ADMONITIONS.get(kind.lower(), ("note", kind.capitalize()))
        box = self.add("div", {"class": f"admonition {name}"})
        if title != "":
            self.document.text(etree.SubElement(box, "p", {"class": "admonition-title"}), title or heading)
        self.inside(box, lines)

    def footnote(self, i: int) -> int:
        mark = _FOOTNOTE.match(self.lines[i])
        if not mark or mark[1] in self.document.footnotes:
            return 0
        self.flush()
        content, end = self.gather(i, self.lines[i][mark.end() :], 2, 4, self.is_plain)
        self.document.footnotes[mark[1]] = content
        _bound("too_many_footnotes", len(self.document.footnotes), self.document.limits.footnotes)
        return end


def _unwrap(element: etree.Element) -> None:
    """Take the first paragraph's text into the element itself: items without blank lines between are one line."""
    if len(element) and element[0].tag == "p":
        element.text = element[0].text
        element.remove(element[0])


def _mark_task(element: etree.Element, *, done: bool) -> None:
    """Put a ballot box before the text.

    Checkbox inputs are not in the allow-list (a form control that does nothing misleads). Screen readers skip or
    spell out the sign, so a word that only they get stands beside it.
    """
    sign = etree.Element("span", {"class": "task-mark"})
    sign.text = AtomicString("☑" if done else "☐")
    word = etree.Element("span", {"class": "visually-hidden"})
    word.text = AtomicString("selesai:" if done else "belum:")
    sign.tail, word.tail = " ", " " + (element.text or "")
    element.text = None
    element.insert(0, sign)
    element.insert(1, word)


# Inline ---------------------------------------------------------------------------------------------------------

_BARE_URL = r"(?<![\w@/.])(?:https?://|www\.)(?:[^\s<>\"\x02\x03]|\x02[0-9]+\x03)+"
_MENTION = r"(?<![\w@/+=-])@([A-Za-z][A-Za-z0-9._-]*+)(?![\w@])"
_REFERENCE = r"(?<![\w&#/-])#([1-9][0-9]{0,8})(?![\w-]|/\w)"
_FOOTNOTE_MARK = r"\[\^([^\]\s]{1,64})\]"
_MAIL = r"<([^<>\s@]{1,64}@[A-Za-z0-9.-]{1,190})>"
_TAGS = r"<(?P<tag>(?i:u|sub|sup|kbd|mark|small|b|i|s|del|ins|strong|em|samp))>(.{1,1000}?)</(?P=tag)>"
_OWN_UPLOAD = re.compile(r"/lampiran/(?!\S*\.\.)[A-Za-z0-9._~%-]+(?:/[A-Za-z0-9._~%-]+)*(?:\?[\w=&.-]*)?")
_DOMAIN = re.compile(r"(?:www\.[\w-]+\.|[\w-]+(?:\.[\w-]+)*\.(?:id|com|org|net|int|edu)(?=[/?#:]|$))", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\][^\s\\]*", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"mailto:[^\s@\\]+@[^\s\\]+", re.IGNORECASE)
_OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
_OWN_ANCHOR = re.compile(f"#{ID_PREFIX}[\\w-]+")


def _address(url: str) -> str | None:
    """The address a link may lead to, or None. Domains typed without a scheme get https."""
    url = _INVISIBLE.sub("", html_entities.unescape(url))
    if _DOMAIN.match(url):
        url = "https://" + url
    return url if _is_allowed_link(url) else None


def _is_allowed_link(url: str) -> bool:
    return any(form.fullmatch(url) for form in (_WEB_ADDRESS, _MAIL_ADDRESS, _OWN_PATH, _OWN_ANCHOR))


def _is_own_upload(url: str) -> bool:
    return bool(_OWN_UPLOAD.fullmatch(url))


def _link(address: str, text: str, **attributes: str) -> etree.Element:
    element = etree.Element("a", {"href": address.replace("&", "&amp;"), **attributes})
    element.text = AtomicString(text)
    return element


@dataclass(slots=True)
class _Run:
    """What the inline pass collects and needs besides the text."""

    document: _Document
    known: frozenset[str] | None
    prefix: str
    mentions: dict[str, None] = field(default_factory=dict)
    references: dict[int, None] = field(default_factory=dict)
    footnote_uses: dict[int, int] = field(default_factory=dict)


class _Inline(InlineProcessor):  # type: ignore[misc]
    """An inline processor that stays out of links and code. Subclasses give `element`; None leaves the text alone."""

    ANCESTOR_EXCLUDES: tuple[str, ...] = ("a", "code")

    def __init__(self, pattern: str, md: markdown.Markdown, run: _Run) -> None:
        super().__init__(pattern, md)
        self.run = run

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # noqa: N802
        element, end = self.element(m)
        return (None, None, None) if element is None else (element, m.start(), end)

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        """The element for a match and where the text that it replaces ends."""
        raise NotImplementedError


class _BareUrl(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        url = _without_trailing_punctuation(m.group())
        address = _address(url)
        return (_link(address, url) if address else None), m.start() + len(url)


def _without_trailing_punctuation(url: str) -> str:
    while url:
        last = url[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        if last not in ".,;:!?'*_~|" and (opening is None or url.count(opening) >= url.count(last)):
            break
        url = url[:-1]
    return url


class _Mail(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        return _link(f"mailto:{m[1]}", m[1]), m.end()


class _Mention(_Inline):
    """`@name`: 3-32 characters of [a-z0-9._-], beginning with a letter, not ending in punctuation."""

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        name = m[1].rstrip("._-")
        key = name.lower()
        if not 3 <= len(name) <= 32 or (self.run.known is not None and key not in self.run.known):
            return None, 0
        self.run.mentions[key] = None
        _bound("too_many_mentions", len(self.run.mentions), self.run.document.limits.mentions)
        return _link(f"/profil/{key}", f"@{name}", **{"class": "mention"}), m.start(1) + len(name)


class _Reference(_Inline):
    """`#12`: a thread of this forum."""

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        self.run.references[int(m[1])] = None
        return _link(f"/diskusi/{m[1]}", m.group(), **{"class": "reference"}), m.end()


class _FootnoteMark(_Inline):
    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        if m[1] not in self.run.document.footnotes:
            return None, 0
        number = list(self.run.document.footnotes).index(m[1]) + 1
        use = self.run.footnote_uses[number] = self.run.footnote_uses.get(number, 0) + 1
        _bound("too_many_footnotes", sum(self.run.footnote_uses.values()), 2 * self.run.document.limits.footnotes)
        mark = etree.Element("sup", {"id": f"{self.run.prefix}fnref-{number}" + (f"-{use}" if use > 1 else "")})
        mark.append(_link(f"#{self.run.prefix}fn-{number}", str(number), **{"class": "footnote-ref"}))
        return mark, m.end()


class _Tag(_Inline):
    ANCESTOR_EXCLUDES = ()

    def element(self, m: re.Match[str]) -> tuple[etree.Element | None, int]:
        element = etree.Element(m["tag"].lower())
        element.text = m[2]
        return element, m.end()


class _Finish(Treeprocessor):  # type: ignore[misc]
    """Links and images as we allow them, and the way back from each footnote."""

    def __init__(self, md: markdown.Markdown, run: _Run) -> None:
        super().__init__(md)
        self.state = run

    def run(self, root: etree.Element) -> None:
        self.number_footnotes(root)
        links = sum(self.finish(element, inside) for element, inside in _with_link_state(root))
        _bound("too_many_links", links, self.state.document.limits.links)

    def finish(self, element: etree.Element, inside_link: bool) -> int:
        """Put one element right; 1 if it is a link or an image that the author wrote."""
        if element.tag in _BLOCK_ELEMENTS:
            element.tail = "\n" + (element.tail or "")
        if element.tag == "img":
            self.finish_image(element, inside_link)
            return 1
        if element.tag == "a":
            self.finish_link(element, inside_link)
            return "class" not in element.attrib
        return 0

    def finish_image(self, image: etree.Element, inside_link: bool) -> None:
        """Images load from our own uploads only; others would tell a stranger who reads what. They become links."""
        source = html_entities.unescape(image.get("src", ""))
        if _is_own_upload(source):
            image.set("src", source.replace("&", "&amp;"))
            return
        address, text = _address(source), image.get("alt") or source
        tail = image.tail
        image.clear()
        image.tag, image.text, image.tail = "span", text, tail
        if address and not inside_link:
            image.tag = "a"
            image.set("href", address.replace("&", "&amp;"))

    def finish_link(self, link: etree.Element, inside_link: bool) -> None:
        address = _address(link.get("href", ""))
        if address and not inside_link:
            link.set("href", address.replace("&", "&amp;"))
            return
        link.tag = "span"
        link.attrib.clear()

    def number_footnotes(self, root: etree.Element) -> None:
        if not self.state.document.footnotes:
            return
        for number, item in enumerate(root[-1][1], start=1):
            item.set("id", f"{self.state.prefix}fn-{number}")
            if number in self.state.footnote_uses:
                back = _link(f"#{self.state.prefix}fnref-{number}", "↩", **{"class": "footnote-backref"})
                back.set("title", "Kembali ke teks")
                _append_inline(item, back)


def _append_inline(item: etree.Element, element: etree.Element) -> None:
    """Put `element` behind the last words of an item."""
    target = item[-1] if len(item) and item[-1].tag == "p" else etree.SubElement(item, "p")
    if len(target):
        target[-1].tail = (target[-1].tail or "") + " "
    else:
        target.text = (target.text or "") + " "
    target.append(element)


def _with_link_state(root: etree.Element) -> Iterator[tuple[etree.Element, bool]]:
    """Every element, with whether it stands inside a link. A link's children come before its tag can change."""
    stack = [(root, False)]
    while stack:
        element, inside = stack.pop()
        stack.extend((child, inside or element.tag == "a") for child in reversed(element))
        yield element, inside


class _Prepared:
    """Stands where Python-Markdown expects its block parser: the blocks are parsed already."""

    def __init__(self, root: etree.Element) -> None:
        self.root = root

    def parseDocument(self, lines: list[str]) -> etree.ElementTree:  # noqa: N802
        return etree.ElementTree(self.root)


def _inline_html(run: _Run) -> str:
    md = markdown.Markdown(output_format="html")
    md.preprocessors = markdown.util.Registry()
    md.postprocessors = markdown.util.Registry()
    md.parser = _Prepared(run.document.root)
    md.references = run.document.links
    # Two backslashes stay as typed: here they begin a network path more often than they are an escape.
    md.ESCAPED_CHARS = [char for char in md.ESCAPED_CHARS if char != "\\"] + ["~", "@", "<", "|", '"']
    _set_inline_patterns(md, run)
    md.treeprocessors.deregister("prettify")
    md.treeprocessors.register(_Finish(md, run), "finish", 5)
    return str(md.convert(run.document.source))


def _set_inline_patterns(md: markdown.Markdown, run: _Run) -> None:
    for name in ("html", "entity", "automail"):
        md.inlinePatterns.deregister(name)
    md.delimiters.add("~", "del", double=True)
    for name, processor, priority in (
        ("footnote", _FootnoteMark(_FOOTNOTE_MARK, md, run), 175),
        ("bare_url", _BareUrl(_BARE_URL, md, run), 115),
        ("automail", _Mail(_MAIL, md, run), 110),
        ("br", SubstituteTagInlineProcessor(r"<[bB][rR] ?/?>\n?", "br"), 96),
        ("tag", _Tag(_TAGS, md, run), 95),
        ("mention", _Mention(_MENTION, md, run), 65),
        ("thread", _Reference(_REFERENCE, md, run), 64),
        # 5*3*2 is arithmetic, not emphasis.
        ("times", SimpleTextInlineProcessor(r"(?<=[0-9])(\*)(?=[0-9])"), 62),
        # People who write in chats expect the line to end where they ended it.
        ("newline", SubstituteTagInlineProcessor(r"\n", "br"), 4),
    ):
        md.inlinePatterns.register(processor, name, priority)


# Sanitise -------------------------------------------------------------------------------------------------------

_ELEMENT_NAMES = (
    "p br hr h1 h2 h3 h4 h5 h6 strong em b i u s del ins sub sup mark small blockquote ul ol li dl dt dd pre code kbd"
    " samp table thead tbody tfoot tr th td caption a img details summary abbr div span"
)
_NAMES_DROPPED_WITH_CONTENT = (
    "script style template noscript iframe noembed noframes xmp plaintext title textarea svg math object embed select"
)
_IDS = {name: {"id"} for name in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "sup")}
_ATTRIBUTES = _IDS | {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start"},
    "abbr": {"title"},
    "details": {"open"},
}
_CLASSES = {
    "a": {"mention", "reference", "footnote-ref", "footnote-backref"},
    "div": {"table-scroll", "footnote", "admonition"} | {name for name, _ in _ADMONITIONS.values()},
    "p": {"admonition-title"},
    "span": {"task-mark", "visually-hidden"},
    "ul": {"task-list"},
    "ol": {"task-list"},
    "li": {"task"},
}


def _filter_attribute(element: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if _is_allowed_link(value) else None
    if attribute == "src":
        return value if _is_own_upload(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_ELEMENT_NAMES.split()),
    clean_content_tags=set(_NAMES_DROPPED_WITH_CONTENT.split()),
    attributes=_ATTRIBUTES,
    attribute_filter=_filter_attribute,
    link_rel="noopener noreferrer nofollow ugc",
    tag_attribute_values={"div": {"tabindex": {"0"}}},
    url_schemes={"http", "https", "mailto"},
    allowed_classes=_CLASSES,
    id_prefix=ID_PREFIX,
)


def clean(html: str) -> str:
    """HTML with only what the allow-list names. Doing it twice changes nothing."""
    # Dropping an attribute moves the others about; the second pass settles their order.
    return _CLEANER.clean(_CLEANER.clean(html))


# The way in -----------------------------------------------------------------------------------------------------


def check_length(text: str, limits: Limits = POST) -> None:
    """Refuse a text that cannot fit, before any work at all: normalising megabytes costs time too.

    CRLF line ends and what `normalise` takes off are not held against it. Raises Refused.
    """
    _bound("too_long", len(text), 2 * limits.characters)


def _prepare(text: str, limits: Limits) -> _Document:
    check_length(text, limits)
    document = _Document(normalise(text), limits)
    _bound("too_long", len(document.source), limits.characters)
    document.parse()
    return document


def check_bounds(text: str, limits: Limits = POST) -> None:
    """Refuse a text that is too large or too deeply nested, before anything is rendered. Raises Refused.

    Linear in the length of the text. What only the rendered page shows (distinct mentions, size of the HTML) is
    bounded by `render`.
    """
    _prepare(text, limits)


_SCOPE = re.compile(r"[a-z0-9]*(?:-[a-z0-9]+)*")


def check_scope(scope: str) -> None:
    """Raise ValueError for a scope that could not be part of an id."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError(f"not a scope: {scope!r}")


def scope_of(text: str) -> str:
    """A scope made of the text itself, so that a post has the same HTML wherever it is rendered, before it has an id too."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def render(text: str, limits: Limits = POST, *, known: frozenset[str] | None = None, scope: str = "") -> Rendered:
    """Markdown to sanitised HTML, in this process.

    `known` restricts which `@names` become links (lower case; None: all). `scope` (a-z, 0-9, -) goes into the ids of
    footnotes, so that several posts can stand on one page: use something that is fixed for the post, such as "p41".
    Raises Refused, and ValueError for a scope that is not one.
    """
    check_scope(scope)
    try:
        document = _prepare(text, limits)
        run = _Run(document, known, f"{ID_PREFIX}{scope}-" if scope else ID_PREFIX)
        unsafe = _inline_html(run)
    except RecursionError:
        raise Refused("too_complex") from None
    allowed = limits.html(len(document.source))
    _bound("output_too_large", len(unsafe), allowed)
    html = clean(unsafe)
    _bound("output_too_large", len(html), allowed)
    return Rendered(html, tuple(run.mentions), tuple(run.references), RENDERER_VERSION)


# Text again -----------------------------------------------------------------------------------------------------

_BLOCK_NAMES = "p br hr h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd pre table tr div details summary caption"
_BLOCK_ELEMENTS = frozenset(_BLOCK_NAMES.split())
_UNSPOKEN_CLASSES = frozenset({"visually-hidden", "footnote-backref"})


class _ItemMark(str):
    """The number or dash of a list item: what follows stays on its line."""


class _TextReader(HTMLParser):
    """Collects the readable text of sanitised HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unspoken = 0
        self.numbers: list[int | None] = []
        self.in_footnote_mark = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        if self.unspoken or classes & _UNSPOKEN_CLASSES:
            self.unspoken += 1
        elif tag in _BLOCK_ELEMENTS and not self.after_item_mark():
            self.parts.append("\n")
        if tag in ("ol", "ul"):
            self.numbers.append(int(attributes.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self.parts.append(self.item_mark())
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(attributes.get("alt") or "")
        elif "footnote-ref" in classes:
            self.parts.append("[")
            self.in_footnote_mark = True

    def after_item_mark(self) -> bool:
        return bool(self.parts) and isinstance(self.parts[-1], _ItemMark)

    def item_mark(self) -> str:
        if not self.numbers or self.numbers[-1] is None:
            return _ItemMark("- ")
        self.numbers[-1] += 1
        return _ItemMark(f"{self.numbers[-1] - 1}. ")

    def handle_endtag(self, tag: str) -> None:
        if self.unspoken:
            self.unspoken -= 1
        elif tag in ("ol", "ul") and self.numbers:
            self.numbers.pop()
        if tag in _BLOCK_ELEMENTS:
            self.parts.append("\n")
        elif tag == "a" and self.in_footnote_mark:
            self.parts.append("]")
            self.in_footnote_mark = False

    def handle_data(self, data: str) -> None:
        if not self.unspoken and not (self.after_item_mark() and data.isspace()):
            self.parts.append(data)


def plain_text(html: str) -> str:
    """The readable text of sanitised HTML: a line for each block, images as their description."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(text: str, length: int = 200) -> str:
    """Plain text on one line, at most `length` characters; what is cut ends at a word, with "…"."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[:length]
    head = cut[: cut.rfind(" ")] if " " in cut else cut[:-1]
    return head.rstrip(" ,;:.-") + "…"
