"""Text as it is stored, and the readable text of a page."""

from __future__ import annotations

import html as html_entities
import re
import unicodedata
from html.parser import HTMLParser

_UNSTORED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ACCENTS = 30
"""How many accents may follow one letter: what the Stream-Safe Text Format of UAX #15 allows."""
_MAYBE_ACCENTS = re.compile(rf"[^\w\s\x00-\x7f]{{{_ACCENTS + 1},}}")
INVISIBLE = re.compile(
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
    lines = (INVISIBLE.sub("", line) for line in html_entities.unescape(normalise(text)).split("\n"))
    visible = _EMPTY_FENCE.sub("", "\n".join(line for line in lines if line))
    return all(_MARKS_ONLY.fullmatch(line) for line in visible.split("\n"))


_BLOCK_NAMES = "p br hr h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd pre table tr div details summary caption"
BLOCK_ELEMENTS = frozenset(_BLOCK_NAMES.split())
"""Elements that begin and end a line, in the readable text and in the source of a page."""
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
        elif tag in BLOCK_ELEMENTS and not self.after_item_mark():
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
        if tag in BLOCK_ELEMENTS:
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
