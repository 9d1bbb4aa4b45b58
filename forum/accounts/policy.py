"""Who may do what with accounts. Everything but one's own settings is for admins."""

from __future__ import annotations

from forum.core.errors import Denied
from forum.core.i18n import _
from forum.core.viewer import Role, Viewer


def may_administer(viewer: Viewer) -> bool:
    """May `viewer` manage accounts, units, boards and tags?"""
    return viewer.is_admin


def require_admin(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may administer."""
    if not may_administer(viewer):
        raise Denied


def refuse_restraining(viewer: Viewer, user_id: int, role: Role) -> str:
    """Why `viewer` may not warn or suspend this person; '' if they may. Moderators: members only; admins: all but themselves."""
    if viewer.id == user_id:
        return _("Anda tidak dapat melakukannya pada akun sendiri.")
    if viewer.is_admin or (viewer.is_moderator and role is Role.MEMBER):
        return ""
    return _("Hanya admin yang dapat melakukannya pada moderator dan admin.")
