"""What the Whoosh index holds of a document.

Five fields of terms, which come analysed already, and columns of numbers. Nothing is stored: texts stay in the database, and a key
is a number in a column. Columns are read as a whole when a process meets a segment first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec

from forum.core.i18n import DEFAULT_ZONE
from forum.search.analysis import index_terms
from forum.search.documents import Kind, SearchDocument

LAYOUT = 2
"""Moves with anything here that makes an index of before unreadable: it is rebuilt then."""

TITLE, BODY, TAGS = "title", "body", "tags"
EXACT = "exact"
"""The untouched words of title and body."""
NAMES = "names"
"""Stems and words of title and tags together, for completing what is being typed."""
SLUGS = "slugs"
"""Tags to filter by."""

INDEX_NAME = "rembuk"
NOTHING = -1
KINDS = (Kind.THREAD, Kind.REPLY, Kind.GUIDE)
KIND_BITS = 2
LONGEST_TERM = 100
# Postings in a block of the index. Whoosh's own 128 make reading a frequent word 1.7 times as slow.
BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Column:
    """A number of each document: how Whoosh writes it (big-endian), and what stands for those that have none."""

    name: str
    code: str
    default: int = 0

    @property
    def highest(self) -> int:
        return int({"B": 0xFF, "H": 0xFFFF, "I": 0xFFFFFFFF, "i": 0x7FFFFFFF, "q": 0x7FFFFFFFFFFFFFFF}[self.code])


COLUMNS = (
    Column("key", "q"),
    Column("group", "q"),
    Column("seconds", "I"),
    Column("day", "i"),
    Column("author", "i", NOTHING),
    Column("board", "i", NOTHING),
    Column("unit", "i", NOTHING),
    Column("status", "B"),
    Column("title_length", "B"),
    Column("body_length", "H"),
    Column("helpful", "H"),
    Column("is_solution", "B"),
)
# Read by `verify` alone.
FINGERPRINT = Column("fingerprint", "q")

City = ZoneInfo(DEFAULT_ZONE)


class Counts(formats.Format):  # type: ignore[misc]
    """How often a term occurs in a document, as one byte: a block of postings has them in a row, ready for numpy."""

    posting_size = 1

    def __init__(self) -> None:
        """Without options, so all are the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counts)

    __hash__ = None  # type: ignore[assignment]


MOST_COUNTED = 255
"""More occurrences than this in one field weigh no more: the curve is flat there."""


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field whose values are lists of terms."""

    format = Counts()
    scorable = False
    stored = False
    unique = False
    column_type = None

    def __init__(self) -> None:
        """Nothing to set: whatever could be is the same for all fields."""

    def index(self, value: Sequence[str], **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, count in Counter(value).items():
            yield encoded(term), count, 1.0, _BYTES[min(count, MOST_COUNTED)]


_BYTES = [bytes([count]) for count in range(MOST_COUNTED + 1)]


def encoded(term: str) -> bytes:
    """A term as the index writes it."""
    return term[:LONGEST_TERM].encode("utf-8", "replace")


@cache
def schema() -> Any:
    """The schema of every generation."""
    terms = {name: Terms() for name in (TITLE, BODY, TAGS, EXACT, NAMES, SLUGS)}
    numbers = {
        column.name: fields.COLUMN(columns.NumericColumn(column.code, column.default))
        for column in (*COLUMNS, FINGERPRINT)
    }
    return fields.Schema(**terms, **numbers)


def codec() -> Any:
    """The codec of every writer."""
    made = W3Codec(blocklimit=BLOCK)
    # Whoosh would ask for a length with each posting; ours are in columns, exactly.
    made.length_stats = False
    return made


def number_of(key: str) -> int | None:
    """The key of a document as a number; None for what cannot be one."""
    kind, _, number = key.partition(":")
    if kind not in KINDS or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return int(number) << KIND_BITS | KINDS.index(Kind(kind))


def key_of(number: int) -> str:
    return f"{KINDS[number & 3]}:{number >> KIND_BITS}"


def numbers_of(keys: Iterable[str]) -> set[int]:
    """The numbers of those of `keys` that can be in an index."""
    return {number for key in keys if (number := number_of(key)) is not None}


def fields_of(document: SearchDocument) -> dict[str, Any]:
    """What Whoosh gets of `document`. Raises ValueError if its key is none."""
    number = number_of(document.key)
    if number is None:
        raise ValueError(f"no key of a document: {document.key!r}")
    title, title_words = index_terms(document.title)
    body, body_words = index_terms(document.body)
    tags, tag_words = index_terms(" \n".join(document.tags))
    values = {
        "key": number,
        "group": document.group,
        "seconds": max(0, int(document.created_at.timestamp())),
        "day": document.created_at.astimezone(City).toordinal(),
        "author": _or_nothing(document.author_id),
        "board": _or_nothing(document.board_id),
        "unit": _or_nothing(document.unit_id),
        "status": int(document.status),
        "title_length": len(title),
        "body_length": len(body),
        "helpful": max(0, document.helpful),
        "is_solution": int(document.is_solution),
    }
    return {
        TITLE: title,
        BODY: body,
        TAGS: tags,
        EXACT: title_words + body_words,
        NAMES: list({*title, *title_words, *tags, *tag_words}),
        SLUGS: list(document.tag_slugs),
        FINGERPRINT.name: document.fingerprint,
        **{column.name: min(values[column.name], column.highest) for column in COLUMNS},
    }


def _or_nothing(number: int | None) -> int:
    return NOTHING if number is None else number
