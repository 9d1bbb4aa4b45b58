"""Boards, tags, threads, posts, and what readers leave on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, UtcDateTime


class Board(Base):
    """A place for threads. `restricts_reading`/`restricts_posting`: only who is named in `board_access` may."""

    __tablename__ = "boards"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    icon: Mapped[str] = mapped_column(String(40), default="messages")
    colour: Mapped[str] = mapped_column(String(20), default="navy")
    template: Mapped[str] = mapped_column(Text, default="")
    restricts_reading: Mapped[bool] = mapped_column(default=False)
    restricts_posting: Mapped[bool] = mapped_column(default=False)
    is_archived: Mapped[bool] = mapped_column(default=False)
    thread_count: Mapped[int] = mapped_column(default=0)
    last_activity_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BoardAccess(Base):
    """One who may read or post in a restricted board: everybody of a role, or everybody of a unit."""

    __tablename__ = "board_access"
    __table_args__ = (
        CheckConstraint("verb IN ('read', 'post')", name="verb"),
        CheckConstraint("(role IS NULL) <> (unit_id IS NULL)", name="role_or_unit"),
        UniqueConstraint("board_id", "verb", "role", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    verb: Mapped[str] = mapped_column(String(4))
    role: Mapped[str | None] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(50), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    thread_count: Mapped[int] = mapped_column(default=0)


class TagSynonym(Base):
    """Another word for a tag: who types it gets the tag."""

    __tablename__ = "tag_synonyms"

    slug: Mapped[str] = mapped_column(String(50), primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)


_LISTED = text("deleted_at IS NULL")
_UNANSWERED = text("deleted_at IS NULL AND kind = 'question' AND reply_count = 0")
_UNSOLVED = text("deleted_at IS NULL AND kind = 'question' AND solution_id IS NULL")
_PINNED = text("pinned_at IS NOT NULL")


def _list_index(name: str, *columns: str, where: object = _LISTED) -> Index:
    """A list in the order (last activity, id), within `columns`: what keyset paging walks along."""
    return Index(name, *columns, "last_activity_at", "id", sqlite_where=where, postgresql_where=where)


class Thread(Base):
    """A discussion. Its opening post is the post with number 1; the title belongs to the thread.

    `last_number` counts every post ever written here (deleted ones keep their number); `reply_count` those that are shown.
    `unit_id` is the author's unit when the thread was opened.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'practice', 'announcement', 'scheduled')", name="kind"),
        _list_index("ix_threads_latest"),
        _list_index("ix_threads_board", "board_id"),
        _list_index("ix_threads_author", "author_id"),
        _list_index("ix_threads_unit", "unit_id"),
        _list_index("ix_threads_unanswered", where=_UNANSWERED),
        _list_index("ix_threads_unsolved", where=_UNSOLVED),
        Index("ix_threads_pinned", "board_id", "pinned_at", sqlite_where=_PINNED, postgresql_where=_PINNED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(150))
    slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20), default="question")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    last_number: Mapped[int] = mapped_column(default=1)
    reply_count: Mapped[int] = mapped_column(default=0)
    helpful_count: Mapped[int] = mapped_column(default=0)
    solution_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", use_alter=True, name="fk_threads_solution_id_posts")
    )
    solved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pinned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lock_reason: Mapped[str] = mapped_column(String(300), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # As `Post.withheld` of the opening post: what moderators withhold is deleted for everybody but its author and them.
    withheld: Mapped[str] = mapped_column(String(10), default="", server_default="")
    # A thread whose posts went into another one, which this address leads to: the post that was its opening one.
    merged_as_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", use_alter=True, name="fk_threads_merged_as_id_posts")
    )
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    summary_html: Mapped[str] = mapped_column(Text, default="")
    summary_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    summary_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_sample: Mapped[bool] = mapped_column(default=False)


class ThreadTag(Base):
    """`last_activity_at` repeats that of the thread, so that the list of a tag is one walk along an index."""

    __tablename__ = "thread_tags"
    __table_args__ = (Index("ix_thread_tags_list", "tag_id", "last_activity_at", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    last_activity_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Post(Base):
    """One post of a thread's tree.

    The tree is an adjacency list (`parent_id`; None for the opening post only) with what makes a page of it cheap to read:
    `number` (order of writing, dense within the thread), `child_no` (order among siblings, dense), `depth` (0 = opening post),
    `branch_id` (the ancestor at depth 1, itself there), `child_count` and `descendant_count` (deleted ones included). None of
    these changes once written, but for the counts, and where moderators merge or split threads (`services.placing`). See
    docs/adr/0003-reading-a-thread.md.

    `withheld`: why a deleted post is more than deleted. 'hidden' by a moderator; 'rephrase': back with its author; 'moved': no
    post at all, but a mark where a branch stood that is a thread of its own now (`moved_to_id`).
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        UniqueConstraint("parent_id", "child_no"),
        UniqueConstraint("author_id", "idempotency_key"),
        Index("ix_posts_helpful", "parent_id", text("helpful_count DESC"), "child_no"),
        Index("ix_posts_author", "author_id", "created_at", "id"),
        Index("ix_posts_renderer", "renderer_version", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    depth: Mapped[int] = mapped_column(default=0)
    child_no: Mapped[int] = mapped_column(default=0)
    child_count: Mapped[int] = mapped_column(default=0)
    descendant_count: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Moves with every edit: who edits an older version is told (409).
    version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    delete_reason: Mapped[str] = mapped_column(String(300), default="")
    withheld: Mapped[str] = mapped_column(String(10), default="", server_default="")
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    # Who wrote what stands now, where that was not the author.
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    helpful_count: Mapped[int] = mapped_column(default=0)
    # Made by the form: sending twice makes one post.
    idempotency_key: Mapped[str] = mapped_column(String(64))


class PostRevision(Base):
    """A text that a post had: number 1 is the original, the highest is what stands now. Kept from the first edit on."""

    __tablename__ = "post_revisions"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(150), default="")
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Vote(Base):
    """ "Bermanfaat": one a person and post."""

    __tablename__ = "votes"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReadMark(Base):
    """How far a person has read a thread: every post up to `number`."""

    __tablename__ = "read_marks"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReadHorizon(Base):
    """ "Tandai semua sudah dibaca": what is older than `at` counts as read. Nobody has one before they asked for it."""

    __tablename__ = "read_horizons"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Base):
    """Unsent text of one person at one place: 'new', 'reply:<post id>', 'edit:<post id>'."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "place"), Index("ix_drafts_updated", "user_id", "updated_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    board_slug: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    tags: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
