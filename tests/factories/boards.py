"""Boards and tags for tests of the admin's room."""

from __future__ import annotations

from typing import Any

from forum.core.db import transaction
from forum.core.viewer import SYSTEM
from forum.discussions.models import Board, Tag
from forum.discussions.services import boards, tags


def a_board(slug: str, **state: Any) -> Board:
    with transaction() as session:
        board_id = boards.create_board(SYSTEM, slug=slug, name=state.pop("name", f"Papan {slug}"), **state)
        board = session.get(Board, board_id)
    assert board is not None
    return board


def a_tag(name: str, *synonyms: str) -> Tag:
    with transaction() as session:
        tag = session.get(Tag, tags.create_tag(SYSTEM, name, synonyms))
    assert tag is not None
    return tag
