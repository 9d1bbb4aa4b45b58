"""Where personal data may stand: each feature that stores what people write registers it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select

from forum.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Item:
    """One stored thing and its texts, by the name of their field."""

    id: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing is shown. `can_mask`: masking in place is offered; otherwise it is mended at `url`."""

    title: str
    url: str
    can_mask: bool = True


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody of whom the system knows that they had it before them, or could have: `how` says from what that is known."""

    user_id: int
    name: str
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """Since when a thing could be seen, by whom, and of whom it is known. `kept_away_at`: when it was deleted, if it was."""

    title: str
    url: str
    since: datetime
    audience: str
    readers: tuple[Reader, ...]
    more_readers: int = 0
    kept_away_at: datetime | None = None


class Source(Protocol):
    """One kind of thing. No method asks for a permission but `mask`; `looked_after_by` says whose findings a moderator sees."""

    kind: str
    label: object

    def count(self) -> int:
        """How many there are, about."""

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        """The next ones by id."""

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        """Where they are shown; those that are gone are missing."""

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        """The ids that the moderator `viewer` looks after."""

    def masking(self, object_id: int) -> Any:
        """What `mask` will store, prepared outside of a transaction. Raises NotFound, Invalid."""

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        """Mask what is found in it, in every text that it had. Raises NotFound, Denied, Conflict."""

    def exposure(self, object_id: int) -> Exposure | None:
        """Who could see it; None when it is gone."""

    def holding(self, words: str, limit: int) -> Sequence[int]:
        """The ids of those that hold `words` as they are."""

    def at(self, path: str) -> int | None:
        """The id of the one at an address of the site."""


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a kind of thing; a second one of the same kind replaces the first."""
    _sources[source.kind] = source


def all_sources() -> tuple[Source, ...]:
    return tuple(_sources.values())


def source_of(kind: str) -> Source | None:
    return _sources.get(kind)
