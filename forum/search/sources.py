"""The seam between search and the features whose content it finds: each registers a source, and never imports the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from forum.core.viewer import Viewer
from forum.search.documents import Kind, SearchDocument, Status


@dataclass(frozen=True, slots=True)
class Card:
    """What a result shows, read from the database for one viewer.

    `path`: names from the outside in, each with its address (board ...). `text`: the plain text of the document itself.
    `url`: of the document (a reply's permalink); `head_url` and `title`: of its thread or guide. `badge`: one word for its state.
    """

    key: str
    group: int
    kind: Kind
    title: str
    url: str
    head_url: str
    text: str
    at: datetime
    status: Status
    author_name: str = ""
    author_url: str = ""
    unit_name: str = ""
    path: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    reply_count: int | None = None
    is_solution: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by: its number in the index, the word that addresses use for it, and its name."""

    id: int
    slug: str
    name: str


class Source(Protocol):
    """What a feature gives to search."""

    kinds: frozenset[Kind]

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        """The documents of `keys` as they are now; one that is gone, or that nobody may find, is left out."""

    def affected(self, key: str, after: int) -> tuple[Sequence[str], int | None]:
        """Some keys of documents that a change of `key` ("all:thread:12", "all:tag:5") touches, and where to go on, or None."""

    def everything(self, batch: int) -> Iterator[tuple[SearchDocument, ...]]:
        """All documents, heads before their replies, `batch` at a time; on a connection that sees one state of the database."""

    def count(self) -> int:
        """How many documents there are, for progress bars."""

    def cards(self, viewer: Viewer, keys: Collection[str]) -> Mapping[str, Card]:
        """What `viewer` may see of `keys`, by the database as it is now. One statement, or a few that do not grow."""

    def texts(self, keys: Collection[str]) -> Mapping[str, str]:
        """Title and plain text of documents, for checking phrases; no permission is asked, nothing of it may be shown."""

    def visible(self, viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
        """Those of `groups` (all of this source's kinds) that `viewer` may see now."""


class Places(Protocol):
    """Boards and tags by name, as far as a viewer may know of them."""

    def readable_boards(self, viewer: Viewer) -> frozenset[int] | None:
        """The boards that `viewer` may read; None for all there are and will be."""

    def boards(self, viewer: Viewer) -> tuple[Choice, ...]: ...

    def tag(self, name: str) -> str | None:
        """The slug of the tag that `name` names, also by a synonym."""


_sources: list[Source] = []
_places: list[Places] = []


def register(source: Source) -> None:
    """Add a source; one of the same kinds is replaced."""
    _sources[:] = [known for known in _sources if known.kinds != source.kinds] + [source]


def register_places(places: Places) -> None:
    _places[:] = [places]


def all_sources() -> tuple[Source, ...]:
    return tuple(_sources)


def source_of(kind: Kind) -> Source | None:
    """The source that has documents of `kind`; None before its feature registered one."""
    return next((source for source in _sources if kind in source.kinds), None)


def places() -> Places:
    return _places[0]
