"""Who may do what with accounts. Everything but one's own settings is for admins."""

from __future__ import annotations

from forum.core.errors import Denied
from forum.core.viewer import Viewer


def may_administer(viewer: Viewer) -> bool:
    """May `viewer` manage accounts, units, boards and tags?"""
    return viewer.is_admin


def require_admin(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may administer."""
    if not may_administer(viewer):
        raise Denied
