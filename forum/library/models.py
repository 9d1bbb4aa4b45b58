"""Guides, their revisions and sources, and what readers leave on them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime


class Guide(Base):
    """A guide: what holds for all its revisions. Title, tags and text of today repeat those of the published revision.

    Confidence, audience and review are three things: `confidence` says what is known of it, `audience` who may read it,
    `review_due` when somebody has to look again ("review due" is never stored). `owner_id` answers for it, or `unit_id` as a whole
    once that account is disabled. `published_number` is None until a first revision is published.
    """

    __tablename__ = "guides"
    __table_args__ = (
        CheckConstraint("confidence IN ('unvalidated', 'validated', 'archived')", name="confidence"),
        CheckConstraint("audience IN ('everyone', 'curators')", name="audience"),
        CheckConstraint("kind IN ('procedure', 'policy', 'practice', 'template')", name="kind"),
        Index("ix_guides_area", "area_id", "title"),
        Index("ix_guides_review", "review_due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(600), default="")
    kind: Mapped[str] = mapped_column(String(20), default="procedure")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("guide_areas.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    confidence: Mapped[str] = mapped_column(String(12), default="unvalidated")
    audience: Mapped[str] = mapped_column(String(12), default="everyone")
    review_months: Mapped[int] = mapped_column(default=6)
    review_due: Mapped[date | None] = mapped_column(Date)
    validated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    validated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_number: Mapped[int | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archive_reason: Mapped[str] = mapped_column(String(300), default="")
    # Where a reader of an archived guide should look instead.
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("guides.id"))
    # The guide that this one went into: its address leads there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("guides.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Moves with every decision about the guide: who decides on an older state is told (409).
    version: Mapped[int] = mapped_column(default=1)
    is_sample: Mapped[bool] = mapped_column(default=False)


class GuideArea(Base):
    """A service area, by which the library is arranged."""

    __tablename__ = "guide_areas"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(default=0)


class GuideTag(Base):
    """A tag of a guide: the same words as the tags of threads, kept by their slug."""

    __tablename__ = "guide_tags"

    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(50), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(50))


class GuideAlias(Base):
    """An address that a guide had: it leads to where the guide is now, for ever."""

    __tablename__ = "guide_aliases"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), index=True)


class GuideRevision(Base):
    """A text of a guide. `sections`: section name -> Markdown; `html`: the same rendered by `renderer_version`.

    `significance`: 'typo', 'minor' or 'major'. `based_on`: the number of the revision that it was written over. At most one
    revision of a guide is pending at a time, and one author has at most one draft.
    """

    __tablename__ = "guide_revisions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'pending', 'returned', 'published', 'former', 'rejected', 'withdrawn')", name="state"
        ),
        CheckConstraint("significance IN ('typo', 'minor', 'major')", name="significance"),
        UniqueConstraint("guide_id", "number"),
        Index("ix_guide_revisions_state", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(600), default="")
    sections: Mapped[dict[str, str]] = mapped_column(JSON)
    html: Mapped[dict[str, str]] = mapped_column(JSON)
    renderer_version: Mapped[int]
    significance: Mapped[str] = mapped_column(String(6), default="major")
    change_summary: Mapped[str] = mapped_column(String(300), default="")
    based_on: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # Curators who changed the text while it was under review: they are authors too.
    editors: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    # What the author typed since the last save, so that a lost connection loses nothing.
    autosaved: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    autosaved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    redacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class GuideSketch(Base):
    """What somebody types before there is a draft: of a new guide ("guide:new"), or of one from a thread ("guide:from:5")."""

    __tablename__ = "guide_sketches"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuideSource(Base):
    """A post, or a thread as a whole, that a guide was made from. `title` is kept for those who may still see it."""

    __tablename__ = "guide_sources"
    __table_args__ = (UniqueConstraint("guide_id", "thread_id", "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="SET NULL"))


class Collection(Base):
    """A learning path: guides in the order in which to read them."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(600), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_sample: Mapped[bool] = mapped_column(default=False)


class CollectionItem(Base):
    __tablename__ = "collection_items"

    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]


class Acknowledgement(Base):
    """ "Sudah saya baca": one person and revision. A new major revision asks again."""

    __tablename__ = "acknowledgements"

    revision_id: Mapped[int] = mapped_column(ForeignKey("guide_revisions.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuideVote(Base):
    """Did this revision help? One answer a person."""

    __tablename__ = "guide_votes"

    revision_id: Mapped[int] = mapped_column(ForeignKey("guide_revisions.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    helped: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuideUse(Base):
    """A post that cites a guide."""

    __tablename__ = "guide_uses"

    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GuideFlag(Base):
    """ "This is wrong, or out of date": a reader's note, until the owner or a curator resolves it."""

    __tablename__ = "guide_flags"
    __table_args__ = (Index("ix_guide_flags_open", "resolved_at", "guide_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id", ondelete="CASCADE"))
    revision_number: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolution: Mapped[str] = mapped_column(String(300), default="")


class GuideComment(Base):
    """A remark on a section of a revision under review."""

    __tablename__ = "guide_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("guide_revisions.id", ondelete="CASCADE"), index=True)
    section: Mapped[str] = mapped_column(String(20), default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
