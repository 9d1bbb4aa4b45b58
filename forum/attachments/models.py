"""Uploaded files: what is known of them. Their content is in the store, under its hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime


class Attachment(Base):
    """A file that somebody uploaded; `owner_kind` and `owner_id` say what it belongs to, once that is posted.

    `token` is its address: nobody can guess it. `sha256` names the content in the store (of an image: as we wrote it anew),
    `thumb_sha256` that of the smaller picture, if there is one. `found`: the kinds of personal data that were recognised in it,
    `reason`: why the uploader says that it may stay. What is removed keeps its row until the day is over.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("(owner_kind IS NULL) = (owner_id IS NULL)", name="owner"),
        Index("ix_attachments_owner", "owner_kind", "owner_id"),
        Index("ix_attachments_uploader", "uploader_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    owner_kind: Mapped[str | None] = mapped_column(String(20))
    owner_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumb_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    thumb_width: Mapped[int | None]
    thumb_height: Mapped[int | None]
    found: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
