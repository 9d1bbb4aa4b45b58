"""How large a text may be, and the refusal of one that is larger."""

from __future__ import annotations

from dataclasses import dataclass


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


def bound(code: str, actual: int, allowed: int) -> None:
    """Refuse with `code` what is more than allowed."""
    if actual > allowed:
        raise Refused(code, actual=actual, allowed=allowed)


def check_length(text: str, limits: Limits = POST) -> None:
    """Refuse a text that cannot fit, before any work at all: normalising megabytes costs time too.

    CRLF line ends and what `normalise` takes off are not held against it. Raises Refused.
    """
    bound("too_long", len(text), 2 * limits.characters)
