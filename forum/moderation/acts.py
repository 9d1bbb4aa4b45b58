"""What moderators can do to posts, threads and people: rooms that own these register their acts here.

An act is performed through `forum.moderation.services`, which asks for a reason, keeps what undoing needs, tells those concerned
and writes the audit log; the act itself only changes its own room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forum.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Done:
    """What an act has changed.

    `undo`: what taking it back needs, as JSON; `concerned`: ids of those who are told; `title`, `url`: what it was done to, as they may
    see it; `before`, `after`: for the audit log.
    """

    undo: Mapping[str, Any]
    concerned: tuple[int, ...]
    title: str
    url: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """An act by its name ("thread.split").

    `kind`: what it is done to ("thread", "post", "user"). `perform(actor, id, values)` checks the permission itself and raises NotFound,
    Denied, Invalid, Conflict; `undo(actor, undo)` takes it back, and raises Conflict when what has happened since stands in the way.
    `told`: the sentence for those concerned, translated when it is shown, with %(title)s.
    """

    name: str
    kind: str
    label: object
    told: object
    perform: Callable[[Viewer, int, Mapping[str, Any]], Done]
    undo: Callable[[Viewer, Mapping[str, Any]], None] | None = None


_acts: dict[str, Act] = {}


def register(act: Act) -> None:
    """Offer `act`; a second one of the same name replaces the first."""
    _acts[act.name] = act


def act_of(name: str) -> Act | None:
    return _acts.get(name)


def acts_for(kind: str) -> tuple[Act, ...]:
    """The acts that can be done to a `kind`, in the order in which they were registered."""
    return tuple(act for act in _acts.values() if act.kind == kind)
