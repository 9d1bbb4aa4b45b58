"""Who may look after searching."""

from __future__ import annotations

from forum.core.errors import Denied
from forum.core.i18n import lazy
from forum.core.viewer import Viewer


def may_curate(viewer: Viewer) -> bool:
    """See what is searched for, and change the thesaurus: every moderator, since both are about all boards."""
    return viewer.is_moderator


def may_set_retention(viewer: Viewer) -> bool:
    """Say for how long searches are kept."""
    return viewer.is_admin


def require_curator(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may curate."""
    if not may_curate(viewer):
        raise Denied(lazy("Hanya moderator yang dapat membuka halaman ini."))


def require_retention(viewer: Viewer) -> None:
    """Raises Denied unless `viewer` may set the retention."""
    if not may_set_retention(viewer):
        raise Denied(lazy("Hanya admin yang dapat mengubah masa simpan catatan pencarian."))
