"""What moderators can do to posts, threads and people: rooms that own these register their acts here.

An act is performed through `forum.moderation.services`, which asks for a reason, keeps what undoing needs, tells those concerned
and writes the audit log; the act itself only changes its own room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
class Field:
    """What an act asks for beside its reason: a line of text, a number, a tick, or one of `options(actor, id)` (value and label).

    What is typed comes to `perform` as a string under `name` in its values ('' for nothing, "1" for a tick); an Invalid that names the
    field is shown beside it.
    """

    name: str
    label: object
    type: Literal["text", "number", "tick", "choice"] = "text"
    hint: object = ""
    default: str = ""
    options: Callable[[Viewer, int], Sequence[tuple[str, object]]] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """An act by its name ("thread.split").

    `kind`: what it is done to ("thread", "post", "user"). `perform(actor, id, values)` checks the permission itself and raises NotFound,
    Denied, Invalid, Conflict; `undo(actor, undo)` takes it back, and raises Conflict when what has happened since stands in the way.
    `told`: the sentence for those concerned, translated when it is shown, with %(title)s. The reason is among the values, under "reason".
    `fields`: what else it asks for. `offered(actor, id)`: whether it makes sense as things stand; None: always.
    """

    name: str
    kind: str
    label: object
    told: object
    perform: Callable[[Viewer, int, Mapping[str, Any]], Done]
    undo: Callable[[Viewer, Mapping[str, Any]], None] | None = None
    fields: tuple[Field, ...] = ()
    offered: Callable[[Viewer, int], bool] | None = None


_acts: dict[str, Act] = {}


def register(act: Act) -> None:
    """Offer `act`; a second one of the same name replaces the first."""
    _acts[act.name] = act


def act_of(name: str) -> Act | None:
    return _acts.get(name)


def acts_for(kind: str) -> tuple[Act, ...]:
    """The acts that can be done to a `kind`, in the order in which they were registered."""
    return tuple(act for act in _acts.values() if act.kind == kind)
