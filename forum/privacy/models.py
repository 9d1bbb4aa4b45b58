"""Findings of personal data in what is stored, how far each kind of content was looked through, and breaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime


class State(StrEnum):
    """Open: to be looked at. Stated: its author says that it is none. Dismissed, masked: decided by a moderator."""

    OPEN = "open"
    STATED = "stated"
    DISMISSED = "dismissed"
    MASKED = "masked"


class PrivacyFinding(Base):
    """One number (or address) in one post, guide or tag. The number itself is not kept.

    `fingerprint`: a hash that only this installation can make, by which the same number is known again; `excerpt`: what stands
    around it, masked.
    """

    __tablename__ = "privacy_findings"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'stated', 'dismissed', 'masked')", name="state"),
        UniqueConstraint("object_kind", "object_id", "fingerprint"),
        Index("ix_privacy_findings_state", "state", "id"),
        Index("ix_privacy_findings_fingerprint", "fingerprint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(32))
    excerpt: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default=State.OPEN)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")


class PrivacyScan(Base):
    """How far one kind of content was looked through by one version of the detector: every id up to `last_id`."""

    __tablename__ = "privacy_scans"

    object_kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    detector: Mapped[int]
    last_id: Mapped[int] = mapped_column(default=0)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


# Article 46 of UU 27/2022: the written notice, after the breach became known.
NOTICE_WITHIN = timedelta(hours=72)
STEPS = ("mask", "evidence", "assess", "subjects", "authority", "officer", "public", "prevent")


@dataclass(frozen=True, slots=True)
class Held:
    """A thing of a source, by its key "post:12"."""

    kind: str
    id: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


class Breach(Base):
    """Personal data that was seen by whom it should not: what holds it, and the 3 x 24 hours of article 46 of UU 27/2022.

    `items`: [{"kind", "id"}]; `known_at`: when the office learned of it: the clock runs from there. `note` never holds the data.
    """

    __tablename__ = "breaches"
    __table_args__ = (CheckConstraint("state IN ('open', 'notified', 'closed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    state: Mapped[str] = mapped_column(String(10), default="open")
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
