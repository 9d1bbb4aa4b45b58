"""What is searched, what is asked, what is found; and what a backend must do.

One document for each thread (with its opening post), each reply and each guide. A reply belongs to the group of its thread, and
everything that is true of the thread as a whole (board, unit, status, tags) is written in the document of the thread alone, the
head of the group: a thread that is moved, solved or renamed costs one document, not twenty thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a document is. Threads and guides are heads of groups; the value begins the key of each document."""

    THREAD = "thread"
    REPLY = "post"
    GUIDE = "guide"


class Status(IntEnum):
    """What is known of a head. The numbers are stored in indexes: never reuse one."""

    PLAIN = 0
    OPEN = 1
    SOLVED = 2
    UNVALIDATED = 3
    VALIDATED = 4
    REVIEW_DUE = 5
    ARCHIVED = 6


def group_of(kind: Kind, number: int) -> int:
    """The number of the group that thread or guide `number` heads: even for threads, odd for guides."""
    return number * 2 + (kind is Kind.GUIDE)


def head_key(group: int) -> str:
    """The key of the head of `group`."""
    return f"{Kind.GUIDE if group % 2 else Kind.THREAD}:{group // 2}"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One document. `key` is its kind and id ("post:345"); `body` plain text. Replies leave empty what is said of heads.

    `tags`: the names of tags, searched as words; `tag_slugs`: what the filter by tag compares. `author_id`: None where nobody may be
    named.
    """

    key: str
    group: int
    body: str
    created_at: datetime
    author_id: int | None = None
    helpful: int = 0
    is_solution: bool = False
    title: str = ""
    tags: tuple[str, ...] = ()
    tag_slugs: tuple[str, ...] = ()
    board_id: int | None = None
    unit_id: int | None = None
    status: Status = Status.PLAIN

    @property
    def kind(self) -> Kind:
        return Kind(self.key.partition(":")[0])

    @property
    def fingerprint(self) -> int:
        """63 bits of everything that is indexed of it: `verify` compares it with what the index has."""
        digest = hashlib.blake2b(repr(astuple(self)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query: as typed (`word`, folded) and its stem. Both are looked up, the stem at full weight."""

    stem: str
    word: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words that stand for a concept; all of them must be there. `weight`: 1 for what was typed, less for what it may stand for."""

    terms: tuple[Term, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that the query asks about. It counts once, by its best alternative. The first is what was typed."""

    alternatives: tuple[Alternative, ...]


class Sort(StrEnum):
    RELEVANCE = "relevansi"
    DATE = "terbaru"


class Facet(StrEnum):
    KIND = "jenis"
    STATUS = "status"
    BOARD = "papan"
    UNIT = "opd"
    YEAR = "tahun"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search; an empty collection or None narrows nothing.

    Those that are facets are about heads, but for `kinds`: {REPLY} asks for replies alone. `tags` holds slugs: each must be there.
    `since` and `until` (inclusive) are about the document itself, in days of the city's time zone.
    """

    kinds: frozenset[Kind] = frozenset()
    statuses: frozenset[Status] = frozenset()
    boards: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()
    tags: tuple[str, ...] = ()
    authors: frozenset[int] = frozenset()
    since: date | None = None
    until: date | None = None


PhraseCheck = Callable[[Sequence[str]], Collection[str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A search as a backend gets it.

    `readable_boards`: boards that the viewer may read, None for all; heads without a board are there for everybody.
    `hidden_groups`: groups that the index may still have although the viewer may not see them any more.
    `phrase_terms`: all of them must be in a document, which `phrase_check` then judges by its text.
    `excluded`: a document with one of them is not found; if it is a head, nothing of its group is.
    Without concepts and phrases everything that the filters leave is found, latest first.
    """

    concepts: tuple[Concept, ...]
    today: date
    readable_boards: frozenset[int] | None = None
    hidden_groups: frozenset[int] = frozenset()
    filters: Filters = field(default_factory=Filters)
    phrase_terms: tuple[Term, ...] = ()
    phrase_check: PhraseCheck | None = None
    excluded: tuple[Term, ...] = ()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 20
    with_facets: bool = True
    without_groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """The best document of a group. `coverage`: the share (0-1) of the query's weight that the group's documents hold."""

    key: str
    group: int
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Found:
    """`total` counts groups; `facets` too, each under the filters of the others. `at_least`: there may be more than counted."""

    matches: tuple[Match, ...] = ()
    total: int = 0
    facets: Mapping[Facet, Mapping[int | str, int]] = field(default_factory=dict)
    at_least: bool = False


class Unavailable(Exception):
    """There is no index that can be read at the moment; `str()` says why, for the log."""


class Writer(Protocol):
    """Changes to an index. They become visible together, when the context that gave the writer ends without an error."""

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add each, in place of what has its key."""

    def remove(self, keys: Iterable[str]) -> None:
        """Take out what has one of these keys; a key that is not there is no error."""


class Build(Writer, Protocol):
    """A generation in the making: nobody searches it before `publish`."""

    def settle(self) -> None:
        """Write for good what was put so far. It may take long and needs no lock, so that `publish` is short afterwards."""

    def publish(self) -> None:
        """Commit, and make this the generation that everybody searches. Call it with the single writer's lock held."""


class Backend(Protocol):
    """An index. Searching is open to every process at once; writing to the holder of `lock` alone."""

    name: str

    def search(self, plan: Plan) -> Found:
        """Raises Unavailable."""

    def title_words(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Stems and words of titles and tags that begin with `prefix`, the most frequent first. Raises Unavailable."""

    def words(self) -> Mapping[str, int]:
        """Every untouched word with the number of documents that it occurs in; may be some minutes old. Raises Unavailable."""

    def frequencies(self, terms: Sequence[Term]) -> tuple[int, ...]:
        """In how many documents each term occurs. Raises Unavailable."""

    def document_count(self) -> int:
        """Raises Unavailable."""

    def analysis_version(self) -> int | None:
        """With which version of the analysis the published generation was written; None when there is none that can be read."""

    def lock(self, wait: bool = True) -> AbstractContextManager[bool]:
        """The single writer's lock, shared with other processes; gives False when `wait` is False and another has it."""

    def writer(self) -> AbstractContextManager[Writer]:
        """Changes to the published generation. Call it with the lock held. Raises Unavailable."""

    def build(self) -> AbstractContextManager[Build]:
        """A new, empty generation beside the published one; thrown away if the context ends before `publish`."""

    def fingerprints(self) -> Iterator[tuple[str, int]]:
        """Key and fingerprint of every document. Raises Unavailable."""

    def size(self) -> int:
        """Bytes that the published generation takes."""
