"""Who may see a file: whoever may see what it belongs to. The SQL twin stands beside the predicate; tests hold them together."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import ColumnElement, and_, false, or_

from forum.attachments.models import Attachment
from forum.core.content import file_owners
from forum.core.viewer import Viewer


class FileState(Protocol):
    """What decides about a file."""

    @property
    def uploader_id(self) -> int: ...
    @property
    def owner_kind(self) -> str | None: ...
    @property
    def owner_id(self) -> int | None: ...
    @property
    def is_removed(self) -> bool: ...


def may_see(viewer: Viewer, file: FileState) -> bool:
    """What is not posted yet, its uploader alone; what is, whoever sees its owner. What was removed, nobody."""
    if not viewer.is_authenticated or file.is_removed:
        return False
    if file.owner_kind is None or file.owner_id is None:
        return file.uploader_id == viewer.id
    return any(owner.kind == file.owner_kind and owner.may_see(viewer, file.owner_id) for owner in file_owners())


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """SQL twin of `may_see`, for a statement over `Attachment`."""
    if not viewer.is_authenticated:
        return false()
    owned = [
        and_(Attachment.owner_kind == owner.kind, Attachment.owner_id.in_(owner.visible(viewer)))
        for owner in file_owners()
    ]
    waiting = and_(Attachment.owner_kind.is_(None), Attachment.uploader_id == viewer.id)
    return and_(Attachment.removed_at.is_(None), or_(waiting, *owned))
