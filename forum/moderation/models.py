"""Cases with what led to them, flags, notes among moderators, acts that can be taken back, appeals, watched words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime

_OPEN = text("state = 'open'")
_STANDING = text("withdrawn_at IS NULL")


class Case(Base):
    """Something for moderators to decide about one subject: while it is open, whatever comes in about the subject gathers here.

    `version` moves with every decision and every change of hands. `act`: the name of the act that was decided on.
    """

    __tablename__ = "moderation_cases"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("outcome IN ('', 'none', 'act', 'withdrawn')", name="outcome"),
        Index(
            "uq_moderation_cases_open", "kind", "subject_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_moderation_cases_state", "state", "id"),
        Index("ix_moderation_cases_author", "author_id", "id"),
        Index("ix_moderation_cases_subject", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    act: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CaseCause(Base):
    """Why a case is there: flags of readers, or what the machine noticed (`note`). One row a cause."""

    __tablename__ = "moderation_causes"

    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_cases.id", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str] = mapped_column(String(20), primary_key=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Flag(Base):
    """A reader's report. One a person and case, until it is withdrawn."""

    __tablename__ = "moderation_flags"
    __table_args__ = (
        Index(
            "uq_moderation_flags_standing", "case_id", "user_id", unique=True,
            sqlite_where=_STANDING, postgresql_where=_STANDING,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_cases.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseNote(Base):
    """What moderators say to one another about a case."""

    __tablename__ = "moderation_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_cases.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ModerationAct(Base):
    """An act that was done, and what taking it back needs. `title`, `url`: of what it was done to, as those concerned may see it."""

    __tablename__ = "moderation_acts"
    __table_args__ = (Index("ix_moderation_acts_subject", "kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_cases.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(300))
    undo: Mapped[dict[str, Any]] = mapped_column(JSON)
    has_undo: Mapped[bool] = mapped_column(default=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undo_reason: Mapped[str] = mapped_column(String(500), default="")


class Concerned(Base):
    """Who is told of an act, and may appeal."""

    __tablename__ = "moderation_concerns"

    act_id: Mapped[int] = mapped_column(ForeignKey("moderation_acts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)


class Appeal(Base):
    """Somebody concerned asks another moderator to look again. Once a person and act."""

    __tablename__ = "moderation_appeals"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'taken_back')", name="state"),
        UniqueConstraint("act_id", "user_id"),
        Index("ix_moderation_appeals_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("moderation_acts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="open")
    answer: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class WatchedWord(Base):
    """A word, or words in a row, that open a case wherever they are written."""

    __tablename__ = "watched_words"

    words: Mapped[str] = mapped_column(String(80), primary_key=True)
