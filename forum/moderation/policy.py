"""Who may do what about cases, acts and appeals. The predicate about seeing has its SQL twin beside it; tests hold the two together.

A moderator who is limited to boards sees the cases of these alone; what belongs to no board (people) is for moderators of all boards.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, false, null, true
from sqlalchemy.orm import InstrumentedAttribute

from forum.core.errors import Denied
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.moderation import subjects


def may_moderate(viewer: Viewer, board_id: int | None) -> bool:
    """May `viewer` see and decide cases about what is in this board, or (None) in no board?"""
    if board_id is not None:
        return viewer.moderates(board_id)
    return viewer.is_admin or (viewer.is_moderator and viewer.moderated_boards is None)


def board_of(kind: InstrumentedAttribute[str], subject_id: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """SQL: the board in which a subject is now; NULL for one that belongs to none, or is gone."""
    placed = [(kind == one.name, one.board(subject_id)) for one in subjects.kinds() if one.board]
    return case(*placed, else_=null()) if placed else null()


def moderated_by(
    viewer: Viewer, kind: InstrumentedAttribute[str], subject_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """SQL twin of `may_moderate`, for a statement over rows with the kind and id of a subject."""
    if not viewer.is_moderator:
        return false()
    if viewer.is_admin or viewer.moderated_boards is None:
        return true()
    return board_of(kind, subject_id).in_(sorted(viewer.moderated_boards))


def require_moderator(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` moderates something."""
    if not viewer.is_moderator:
        raise Denied(lazy("Hanya moderator yang dapat membuka halaman ini."))


def may_edit_words(viewer: Viewer) -> bool:
    """The list of watched words is about all boards: admins keep it."""
    return viewer.is_admin


def require_words(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may edit the watched words."""
    if not may_edit_words(viewer):
        raise Denied(lazy("Hanya admin yang dapat mengubah daftar kata yang diawasi."))


def may_decide_appeal(viewer: Viewer, actor_id: int, appellant_id: int, board_id: int | None) -> bool:
    """Another moderator than the one who acted, and nobody in their own matter."""
    return may_moderate(viewer, board_id) and viewer.id not in (actor_id, appellant_id)
