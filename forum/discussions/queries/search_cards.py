"""What results of a search show of threads and replies, and what may be filtered by: by the database, for one viewer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.core.markup import plain_text
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer
from forum.discussions import policy
from forum.discussions.addresses import board_url, permalink, person_url, slugify, thread_url
from forum.discussions.models import Board, Post, Tag, TagSynonym, Thread
from forum.discussions.queries.lists import tags_of
from forum.discussions.queries.searching import head_text, ids_of, status_of, visible_condition
from forum.discussions.queries.shapes import TagRef
from forum.search.documents import Kind, group_of
from forum.search.sources import Card, Choice

# Keys that one statement looks up.
AT_ONCE = 500

T = TypeVar("T")


@lru_cache(maxsize=512)
def _statement(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Bound: threads, replies. Kept, since putting it together takes longer than running it."""
    # A thread belongs to the unit that asked, whoever its author works for now.
    opened_by = aliased(Unit)
    return (
        select(
            Post.id,
            Post.number,
            Post.html,
            Post.created_at,
            Thread.id.label("thread_id"),
            Thread.slug,
            Thread.title,
            Thread.kind,
            Thread.solution_id,
            Thread.reply_count,
            Thread.summary_html,
            Board.slug.label("board_slug"),
            Board.name.label("board_name"),
            User.name.label("author_name"),
            User.username,
            case((Post.number == 1, opened_by.short_name), else_=Unit.short_name).label("unit_name"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .join(User, User.id == Post.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(opened_by, opened_by.id == Thread.unit_id)
        .where(
            or_(
                and_(Post.thread_id.in_(bindparam("threads", expanding=True)), Post.number == 1),
                and_(Post.id.in_(bindparam("replies", expanding=True)), Post.number > 1),
            ),
            visible_condition(),
            policy.threads_visible_to(viewer),
        )
    )


def cards(viewer: Viewer, keys: Collection[str]) -> dict[str, Card]:
    """What `viewer` may see of `keys` now. Two statements for each AT_ONCE keys."""
    found: dict[str, Card] = {}
    for chunk in _chunks(keys):
        ids = ids_of(chunk)
        rows = db.session.execute(_statement(viewer), {"threads": ids[Kind.THREAD], "replies": ids[Kind.REPLY]}).all()
        tags = tags_of(sorted({row.thread_id for row in rows})) if rows else {}
        for row in rows:
            card = _card(row, tags.get(row.thread_id, ()))
            found[card.key] = card
    return found


def _card(row: Any, tags: tuple[TagRef, ...]) -> Card:
    is_head = row.number == 1
    head_url = thread_url(row.thread_id, row.slug)
    return Card(
        key=f"{Kind.THREAD}:{row.thread_id}" if is_head else f"{Kind.REPLY}:{row.id}",
        group=group_of(Kind.THREAD, row.thread_id),
        kind=Kind.THREAD if is_head else Kind.REPLY,
        title=row.title,
        url=head_url if is_head else permalink(head_url, row.id),
        head_url=head_url,
        text=head_text(row.html, row.summary_html) if is_head else plain_text(row.html),
        at=row.created_at,
        status=status_of(row.kind, row.solution_id),
        author_name=row.author_name,
        author_url=person_url(row.username),
        unit_name=row.unit_name or "",
        path=((row.board_name, board_url(row.board_slug)),),
        tags=tuple((tag.name, tag.url) for tag in tags),
        reply_count=row.reply_count,
        is_solution=row.solution_id == row.id,
    )


def texts(keys: Collection[str]) -> dict[str, str]:
    """Title and plain text of `keys`, whoever may see them: for checking phrases. One statement for each AT_ONCE keys."""
    found: dict[str, str] = {}
    for chunk in _chunks(keys):
        ids = ids_of(chunk)
        rows = db.session.execute(
            select(Post.id, Post.number, Post.html, Post.thread_id, Thread.title, Thread.summary_html)
            .join(Thread, Thread.id == Post.thread_id)
            .where(
                or_(
                    and_(Post.thread_id.in_(ids[Kind.THREAD]), Post.number == 1),
                    and_(Post.id.in_(ids[Kind.REPLY]), Post.number > 1),
                )
            )
        )
        for row in rows:
            if row.number == 1:
                text = head_text(row.html, row.summary_html)
                found[f"{Kind.THREAD}:{row.thread_id}"] = f"{row.title}\n{text}"
            else:
                found[f"{Kind.REPLY}:{row.id}"] = plain_text(row.html)
    return found


def visible(viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
    """Those of `groups` (of threads) that `viewer` may see now. One statement for each AT_ONCE groups."""
    found: set[int] = set()
    for chunk in _chunks(groups):
        numbers = sorted({group // 2 for group in chunk if group % 2 == 0})
        ids = db.session.scalars(
            select(Thread.id).where(
                Thread.id.in_(numbers), Thread.deleted_at.is_(None), policy.threads_visible_to(viewer)
            )
        )
        found |= {group_of(Kind.THREAD, number) for number in ids}
    return frozenset(found)


def readable_boards(viewer: Viewer) -> frozenset[int] | None:
    """The boards that `viewer` may read; None for all there are and will be. One statement at most."""
    if viewer.is_authenticated and (
        viewer.is_admin or (viewer.role is Role.MODERATOR and viewer.moderated_boards is None)
    ):
        return None
    return frozenset(db.session.scalars(select(Board.id).where(policy.boards_visible_to(viewer))))


def boards(viewer: Viewer) -> tuple[Choice, ...]:
    """The boards that `viewer` may read, archived ones too, in their order. One statement."""
    rows = db.session.execute(
        select(Board.id, Board.slug, Board.name)
        .where(policy.boards_visible_to(viewer))
        .order_by(Board.is_archived, Board.position, Board.id)
    )
    return tuple(Choice(row.id, row.slug, row.name) for row in rows)


def tag(name: str) -> str | None:
    """The slug of the tag that is called `name`, or has it as a synonym. One statement."""
    slug = slugify(one_line(name)[:100].lstrip("#"), fallback="", limit=50)
    if not slug:
        return None
    return db.session.scalar(
        select(Tag.slug)
        .outerjoin(TagSynonym, and_(TagSynonym.tag_id == Tag.id, TagSynonym.slug == slug))
        .where(or_(Tag.slug == slug, TagSynonym.slug == slug))
        .limit(1)
    )


def _chunks(items: Collection[T]) -> Iterator[list[T]]:
    walk = iter(items)
    while chunk := list(islice(walk, AT_ONCE)):
        yield chunk
