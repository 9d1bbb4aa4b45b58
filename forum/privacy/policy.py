"""Who may look after personal data: moderators its findings, admins breaches and accounts, everybody what is about themselves."""

from __future__ import annotations

from forum.core.errors import Denied
from forum.core.i18n import _
from forum.core.viewer import Viewer


def may_look_after(viewer: Viewer) -> bool:
    """May `viewer` see and decide findings, as far as they moderate where these stand?"""
    return viewer.is_moderator


def require_looking_after(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may see and decide findings."""
    if not may_look_after(viewer):
        raise Denied(_("Halaman ini untuk moderator dan admin."))


def require_admin(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may handle breaches and erase accounts."""
    if not viewer.is_admin:
        raise Denied(_("Halaman ini untuk admin."))
