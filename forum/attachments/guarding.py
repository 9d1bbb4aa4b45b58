"""Registers files as places where personal data may stand: their names are looked through, and a breach may be about them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select

from forum.attachments.models import Attachment
from forum.core.db import db
from forum.core.errors import Denied, NotFound
from forum.core.i18n import _, lazy
from forum.core.viewer import Viewer
from forum.privacy import sources
from forum.privacy.sources import Exposure, Item, Place

_ADDRESS = re.compile(r"/lampiran/([A-Za-z0-9_\-]{8,64})")


class Files:
    """Files that were posted. What stands inside them was looked at when they were uploaded."""

    kind = "attachment"
    label = lazy("Lampiran")

    def count(self) -> int:
        return db.session.scalar(select(func.max(Attachment.id))) or 0

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        rows = db.session.execute(
            select(Attachment.id, Attachment.name).where(Attachment.id > after).order_by(Attachment.id).limit(limit)
        )
        return [Item(row.id, {"name": row.name}) for row in rows]

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        rows = db.session.execute(
            select(Attachment.id, Attachment.name, Attachment.token).where(
                Attachment.id.in_(ids), Attachment.removed_at.is_(None)
            )
        )
        return {row.id: Place(row.name, f"/lampiran/{row.token}", can_mask=False) for row in rows}

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        if viewer.is_admin:
            return select(Attachment.id)
        posts = sources.source_of("post")
        if posts is None or not viewer.is_moderator:
            return select(Attachment.id).where(false())
        theirs = and_(Attachment.owner_kind == "post", Attachment.owner_id.in_(posts.looked_after_by(viewer)))
        return select(Attachment.id).where(or_(theirs, Attachment.owner_kind == "revision"))

    def masking(self, object_id: int) -> Any:
        raise NotFound

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        raise Denied

    def exposure(self, object_id: int) -> Exposure | None:
        row = db.session.get(Attachment, object_id)
        if row is None:
            return None
        owner = sources.source_of(row.owner_kind or "")
        beside = owner.exposure(row.owner_id) if owner and row.owner_id else None
        audience = beside.audience if beside else _("Siapa pun yang dapat membaca tulisan tempatnya terlampir.")
        return Exposure(
            title=row.name,
            url=f"/lampiran/{row.token}",
            since=row.attached_at or row.created_at,
            audience=audience,
            readers=beside.readers if beside else (),
            more_readers=beside.more_readers if beside else 0,
            kept_away_at=row.removed_at or (beside.kept_away_at if beside else None),
        )

    def holding(self, words: str, limit: int) -> Sequence[int]:
        found = select(Attachment.id).where(Attachment.name.contains(words, autoescape=True)).limit(limit)
        return list(db.session.scalars(found))

    def at(self, path: str) -> int | None:
        found = _ADDRESS.search(path)
        return db.session.scalar(select(Attachment.id).where(Attachment.token == found[1])) if found else None


def register() -> None:
    """Once, when the application starts."""
    sources.register(Files())
