"""What cases are about: rooms say here how a post, a thread or a person is read, and what can be asked about it in SQL.

The machinery of moderation knows no room; a room knows nothing of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ScalarSelect

from forum.core.errors import NotFound
from forum.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Earlier:
    """A text that something had before. `by`, `reason`: who changed it into the next, and why."""

    number: int
    at: datetime
    by: str
    reason: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as it stands.

    `parts`: the ids of what moderators can act on here, by kind, the thing itself first; `board_id`: None for what belongs to no board;
    `rewrite_url`: where its author can write it anew; `is_gone`: deleted or hidden already; `is_anonymous`: moderators are not to learn who
    wrote it, so `author_name` and `author_url` tell nobody, and `parts` has no "user".
    """

    kind: str
    id: int
    title: str
    url: str
    author_id: int
    author_name: str
    author_url: str
    author_since: datetime
    board_id: int | None
    board_name: str
    created_at: datetime
    body: str
    html: Markup
    parts: Mapping[str, int]
    rewrite_url: str = ""
    is_gone: bool = False
    is_anonymous: bool = False
    earlier: tuple[Earlier, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject by its name ("post").

    `read(viewer, id)` raises NotFound for what the viewer may not see; None for the viewer is the machine, which sees all. `board(id)` is
    SQL for the id of the board in which the subject with the id in that column is now; None: it never belongs to one.
    `same(subject, since)`: how often its author has written the same text since then.
    """

    name: str
    label: object
    read: Callable[[Viewer | None, int], Subject]
    board: Callable[[Any], ScalarSelect[int]] | None = None
    may_be_flagged: bool = True
    same: Callable[[Subject, datetime], int] | None = None


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Say how subjects of a kind are read; a second one of the same name replaces the first."""
    _kinds[kind.name] = kind


def kinds() -> tuple[SubjectKind, ...]:
    return tuple(_kinds.values())


def kind_of(name: str) -> SubjectKind:
    """The kind called `name`. Raises NotFound."""
    if name not in _kinds:
        raise NotFound
    return _kinds[name]


def read(viewer: Viewer | None, kind: str, subject_id: int) -> Subject:
    """A subject, as far as `viewer` may see it (None: the machine). Raises NotFound.

    What comes back may be another kind than was asked for: an opening post is its thread.
    """
    return kind_of(kind).read(viewer, subject_id)


Stems = Callable[[str], Sequence[str]]
_stems: list[Stems] = []


def register_stems(stems: Stems) -> None:
    """Say how text becomes stems of words, in order, so that a watched word is found in all its forms."""
    _stems[:] = [stems]


def stems(text: str) -> Sequence[str]:
    """The stems of the words of `text`, in order; before somebody registered, its words in lower case."""
    return _stems[0](text) if _stems else text.lower().split()


Boards = Callable[[Viewer], Iterable[tuple[int, str]]]
_boards: list[Boards] = []


def register_boards(boards: Boards) -> None:
    """Say which boards a moderator looks after: `boards(viewer)` gives id and name of each."""
    _boards[:] = [boards]


def boards(viewer: Viewer) -> tuple[tuple[int, str], ...]:
    """Id and name of the boards that `viewer` moderates."""
    return tuple(_boards[0](viewer)) if _boards else ()
