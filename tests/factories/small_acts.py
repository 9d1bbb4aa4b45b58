"""Two small acts over services that are there anyway, for tests of the machinery around acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from forum.core.db import db
from forum.core.errors import Conflict
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions.models import Board
from forum.discussions.queries.records import thread_for
from forum.discussions.services import curating
from forum.moderation import acts, subjects
from forum.moderation.acts import Act, Done, Field


def _lock(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    thread = curating.lock(actor, thread_id, on=True, reason=str(values["reason"])[:200])
    return Done(
        {"thread": thread_id}, (thread.author_id,), thread.title, thread.url, {"locked": False}, {"locked": True}
    )


def _unlock(actor: Viewer, undo: Mapping[str, Any]) -> None:
    if not thread_for(actor, undo["thread"]).is_locked:
        raise Conflict("Diskusi ini sudah dibuka.")
    curating.lock(actor, undo["thread"], on=False)


def _move(actor: Viewer, thread_id: int, values: Mapping[str, Any]) -> Done:
    before = thread_for(actor, thread_id)
    thread = curating.move(actor, thread_id, str(values.get("board", "")))
    return Done({"thread": thread_id, "board": before.board_id}, (thread.author_id,), thread.title, thread.url)


def _move_back(actor: Viewer, undo: Mapping[str, Any]) -> None:
    curating.move(actor, undo["thread"], db.session.get_one(Board, undo["board"]).slug)


LOCK = Act("uji.lock", "thread", lazy("Kunci"), lazy("Diskusi Anda dikunci: “%(title)s”."), _lock, _unlock)
MOVE = Act(
    "uji.move", "thread", lazy("Pindahkan"), lazy("Diskusi Anda dipindahkan: “%(title)s”."), _move, _move_back,
    fields=(Field("board", lazy("Papan tujuan"), "choice", options=lambda actor, _: [("", "Pilih"), *(
        (db.session.get_one(Board, number).slug, name) for number, name in subjects.boards(actor))]),),
)  # fmt: skip


@pytest.fixture
def small_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moderators can lock and move threads, for this test."""
    monkeypatch.setattr(acts, "_acts", dict(acts._acts))
    acts.register(LOCK)
    acts.register(MOVE)
