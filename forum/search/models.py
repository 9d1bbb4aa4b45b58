"""What search keeps in the database: the thesaurus, the log of searches, and how far an index in the making is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime


class ThesaurusEntry(Base):
    """A group of words that stand for one another ('synonyms'), or a word and narrower ones that it finds too ('broader').

    `head` is the broader word, '' in a group of synonyms; `terms` the words, comma-separated, lower case. `origin` tells which of the
    entries that come with the program it was made of, '' for one of the site's own. A deleted one stays, to be brought back.
    """

    __tablename__ = "thesaurus_entries"
    __table_args__ = (
        CheckConstraint("relation IN ('synonyms', 'broader')", name="relation"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    relation: Mapped[str] = mapped_column(String(10))
    head: Mapped[str] = mapped_column(String(80), default="")
    terms: Mapped[str] = mapped_column(Text)
    weight: Mapped[float]
    note: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    origin: Mapped[str] = mapped_column(String(20), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class SearchCounter(Base):
    """Numbers that all processes share: 'thesaurus' moves with every change of it."""

    __tablename__ = "search_counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


class SearchReplay(Base):
    """Documents that changed while a generation was being built: they are indexed again before it is published."""

    __tablename__ = "search_replays"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)


class SearchLog(Base):
    """One search. It does not say whose: `searcher` is a keyed hash that changes every day, to join the keystrokes of one search.

    It begins with the day (YYYYMMDD). `words` is what was typed, masked; `normal` the same folded, to count by. `good` is the number of
    good hits on the first page.
    """

    __tablename__ = "search_log"
    __table_args__ = (
        Index("ix_search_log_at", "at"),
        Index("ix_search_log_normal", "normal", "at"),
        Index("ix_search_log_searcher", "searcher", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    searcher: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(String(200))
    normal: Mapped[str] = mapped_column(String(200))
    total: Mapped[int]
    good: Mapped[int]
    corrected_to: Mapped[str] = mapped_column(String(200), default="")
    looks_personal: Mapped[bool] = mapped_column(default=False)
    opened: Mapped[int] = mapped_column(default=0)
    first_opened: Mapped[str] = mapped_column(String(60), default="")
