"""Numbers that marks of HTML or Markdown run through: 1272<b>0155</b>, 12**72**, 1&#50;72. A reader sees them whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5

from forum.core.privacy.folding import INVISIBLE, fold

_INLINE = "a|abbr|b|bdi|bdo|big|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr"
_WITHIN = re.compile(
    rf"(?<=\d)(?:[*`~\\{INVISIBLE}]|</?(?:{_INLINE})(?: [^<>\n]{{0,120}})?/?>|<!--[^<>\n]{{0,120}}-->)++(?=[ .\-_]?\d)",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#0{0,4}(\d{1,5})|#[xX]0{0,4}([0-9a-fA-F]{1,4})|([a-zA-Z]{2,14}));")
_KEEPS = frozenset("0123456789 .-_@")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A text without such marks. `starts` and `ends`: for each of its characters, where that begins and ends in the text as given."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as given."""
        return self.starts[start], self.ends[end - 1]

    def replacing(self, spans: list[tuple[int, int, str]]) -> Unwrapped:
        """With other characters (one or none) for each span."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, char in [*spans, (len(self.text), len(self.text), "")]:
            text.append(self.text[done:start] + char)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            if char:
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            done = end
        return Unwrapped("".join(text), starts, ends)


def unwrap(text: str) -> Unwrapped | None:
    """Folded `text` without marks inside its numbers; None where there are none, which is nearly always."""
    entities = [(*match.span(), char) for match in _ENTITY.finditer(text) if (char := _meant(match)) is not None]
    if not entities and not _WITHIN.search(text):
        return None
    whole = Unwrapped(text, list(range(len(text))), list(range(1, len(text) + 1)))
    if entities:
        whole = whole.replacing(entities)
    return whole.replacing([(*match.span(), "") for match in _WITHIN.finditer(whole.text)])


def _meant(entity: re.Match[str]) -> str | None:
    """The one character that an entity stands for, if it may be part of a number; '' for one that is not seen."""
    decimal, hexadecimal, name = entity.groups()
    char = html5.get(f"{name};", "") if name else chr(int(decimal) if decimal else int(hexadecimal, 16))
    folded = fold(char) if len(char) == 1 else ""
    if folded == INVISIBLE:
        return ""
    return folded if folded in _KEEPS and folded else None
