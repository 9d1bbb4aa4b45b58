"""The language of queries: what a person types -> words, phrases, exclusions, operators.

Nothing typed is an error. What looks like an operator and is none is read as plain words, and said in a note. Whether the values of
operators make sense is not known here: `forum.search.services.filtering` resolves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from forum.core.i18n import lazy
from forum.core.text import one_line
from forum.search.analysis import fold

MAX_CHARACTERS = 300
MAX_WORDS = 32
MAX_OPERATORS = 12
MAX_NOTES = 4
# Looked at before the text is brought into one line, which may shorten it: combining characters, blanks.
_LOOKED_AT = 4 * MAX_CHARACTERS

# What addresses and pages call an operator, and what else is understood.
SYNONYMS = {
    "tag": "tag",
    "label": "tag",
    "papan": "papan",
    "board": "papan",
    "opd": "opd",
    "unit": "opd",
    "oleh": "oleh",
    "by": "oleh",
    "author": "oleh",
    "status": "status",
    "jenis": "jenis",
    "type": "jenis",
    "kind": "jenis",
    "sejak": "sejak",
    "since": "sejak",
    "sampai": "sampai",
    "hingga": "sampai",
    "until": "sampai",
}

_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u301d\u301e\u301f\uff02'
_QUOTE = f"[{_QUOTES}]"
_MINUS = "[-\u2212\uff0d]"
# From a blank (or the beginning) on: a minus, a name with a colon, a quoted text; or anything up to the next blank.
_PIECE = re.compile(
    rf"(?P<minus>{_MINUS}(?!{_MINUS}))?"
    rf"(?:(?P<name>[^\W\d_]{{2,12}})[:\uff1a](?!//))?"
    rf"(?:{_QUOTE}(?P<quoted>[^{_QUOTES}]*){_QUOTE}(?=\s|$)|(?P<bare>\S*))"
)
_BLANKS = re.compile(r"\s*")
_ANY_QUOTE = re.compile(_QUOTE)


_MINUS_ALONE = lazy("Tanda minus tanpa kata sesudahnya tidak berarti apa-apa.")


@dataclass(frozen=True, slots=True)
class Operator:
    """`name`: the first of its synonyms; `value` as typed, without quotes; `start`, `end`: where it stands in `Parsed.text`."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query that has been read.

    `text`: the whole, in one line, as far as it was read. `words`: the plain words. `phrases`, `excluded`: without quotes and
    minus. `notes`: sentences (translated when they are shown) on what was read otherwise than it may have been meant.
    """

    text: str
    words: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    operators: tuple[Operator, ...] = ()
    notes: tuple[object, ...] = ()

    @property
    def asked(self) -> str:
        """Words and phrases: what the query is about."""
        return " ".join((self.words, *self.phrases)).strip()

    def with_words(self, words: str) -> str:
        """The query as text, with `words` in place of its plain words."""
        quoted = (f'"{phrase}"' for phrase in self.phrases)
        operators = (self.text[operator.start : operator.end] for operator in self.operators)
        return " ".join((words, *quoted, *(f"-{word}" for word in self.excluded), *operators)).strip()

    def without(self, operator: Operator) -> str:
        """The query as text, without one of its operators."""
        return f"{self.text[: operator.start].rstrip()} {self.text[operator.end :].lstrip()}".strip()


@dataclass(slots=True)
class _Reading:
    """What has been read so far. Limits are kept here."""

    text: str
    places: list[tuple[int, int]] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    notes: list[object] = field(default_factory=list)
    counted: int = 0

    def note(self, sentence: object) -> None:
        if len(self.notes) < MAX_NOTES and str(sentence) not in map(str, self.notes):
            self.notes.append(sentence)

    def room(self, words: int) -> bool:
        """Whether so many more words may be read; if not, it is said."""
        self.counted += words
        if self.counted > MAX_WORDS:
            self.note(lazy("Hanya %(n)d kata pertama yang dicari.", n=MAX_WORDS))
        return self.counted <= MAX_WORDS

    def plain(self, start: int, end: int) -> None:
        if self.room(1):
            self.places.append((start, end))


def parse(text: str) -> Parsed:
    """Read a query. Never raises; linear in the length of what is read."""
    line = one_line(text[:_LOOKED_AT])
    reading = _Reading(line[:MAX_CHARACTERS].rstrip())
    if len(line) > MAX_CHARACTERS or len(text) > _LOOKED_AT:
        reading.note(lazy("Hanya %(n)d karakter pertama yang dibaca.", n=MAX_CHARACTERS))
    for piece in _pieces(reading.text):
        _read(reading, piece)
    return Parsed(
        text=reading.text,
        words=" ".join(_shown(reading.text[start:end]) for start, end in reading.places).strip(),
        phrases=tuple(reading.phrases),
        excluded=tuple(reading.excluded),
        operators=tuple(reading.operators),
        notes=tuple(reading.notes),
    )


def _pieces(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while True:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        piece = _PIECE.match(text, at) if at < len(text) else None
        if piece is None or piece.end() == at:
            return
        yield piece
        at = piece.end()


def _shown(text: str) -> str:
    """A plain word without the quotes that belong to nothing."""
    return _ANY_QUOTE.sub("", text)


def _read(reading: _Reading, piece: re.Match[str]) -> None:
    if piece["name"]:
        _read_operator(reading, piece)
    elif piece["quoted"] is not None:
        _read_quoted(reading, piece)
    elif piece["minus"]:
        _read_minus(reading, piece)
    else:
        _read_plain(reading, piece)


def _read_plain(reading: _Reading, piece: re.Match[str]) -> None:
    if _ANY_QUOTE.search(piece[0]):
        reading.note(lazy("Tanda kutip tidak berpasangan: dibaca sebagai kata biasa."))
    reading.plain(*piece.span())


def _read_quoted(reading: _Reading, piece: re.Match[str]) -> None:
    words = piece["quoted"].split()
    if not words or not reading.room(len(words)):
        return
    if not piece["minus"]:
        reading.phrases.append(" ".join(words))
    elif not any(char.isalnum() for char in piece["quoted"]):
        reading.note(_MINUS_ALONE)
    elif len(words) == 1:
        reading.excluded.append(words[0])
    else:
        reading.note(lazy("Hanya kata demi kata yang dapat dikecualikan, bukan frasa: dibaca sebagai kata biasa."))
        reading.places.append(piece.span("quoted"))


def _read_minus(reading: _Reading, piece: re.Match[str]) -> None:
    word = piece["bare"]
    if not any(char.isalnum() for char in word):
        reading.note(_MINUS_ALONE)
    elif _ANY_QUOTE.search(word):
        _read_plain(reading, piece)
    elif reading.room(1):
        reading.excluded.append(word)


def _read_operator(reading: _Reading, piece: re.Match[str]) -> None:
    name = SYNONYMS.get(fold(piece["name"]))
    value = (piece["quoted"] if piece["quoted"] is not None else piece["bare"]).strip()
    problem = _problem(reading, piece, name, value)
    if problem is not None:
        if problem:
            reading.note(problem)
        _read_as_words(reading, piece)
        return
    reading.operators.append(Operator(str(name), value, *piece.span()))


def _problem(reading: _Reading, piece: re.Match[str], name: str | None, value: str) -> Any:
    """Why this is no operator: a sentence; '' when nothing needs to be said ("Catatan: ..."); None when it is one."""
    if name is None:
        return (
            lazy("“%(name)s:” bukan operator pencarian: dibaca sebagai kata biasa.", name=piece["name"])
            if value
            else ""
        )
    if not any(char.isalnum() for char in value):
        return lazy(
            "Isi “%(name)s:” kosong (tulis tanpa spasi, “%(name)s:nilai”): dibaca sebagai kata biasa.", name=name
        )
    if piece["quoted"] is None and _ANY_QUOTE.search(value):
        return lazy("Tanda kutip tidak berpasangan: dibaca sebagai kata biasa.")
    if piece["minus"]:
        return lazy(
            "Tanda minus hanya berlaku bagi kata, bukan bagi “%(name)s:”: dibaca sebagai kata biasa.", name=name
        )
    if len(reading.operators) >= MAX_OPERATORS:
        return lazy("Hanya %(n)d operator pertama yang dipakai.", n=MAX_OPERATORS)
    return None


def _read_as_words(reading: _Reading, piece: re.Match[str]) -> None:
    """Name and value of an operator that is none."""
    reading.plain(*piece.span("name"))
    group = "quoted" if piece["quoted"] is not None else "bare"
    if piece[group].strip():
        reading.plain(*piece.span(group))
