"""Reads of boards and tags."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer
from forum.discussions import policy
from forum.discussions.addresses import board_url, tag_url
from forum.discussions.models import Board, BoardAccess, Tag, TagSynonym, Thread, ThreadTag
from forum.discussions.policy import BoardRules
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.shapes import BoardCard, BoardRef, Person, TagRef

POPULAR_TAGS = 40


def board_ref(row: Any) -> BoardRef:
    """From columns id, slug, name, icon, colour."""
    return BoardRef(row[0], row[1], row[2], row[3], row[4], board_url(row[1]))


def board_rules(board: Any, access: list[tuple[str, str | None, int | None]]) -> BoardRules:
    """The rules of `board` (anything with its columns), given its access rows as (verb, role, unit)."""
    named: dict[str, set[str | int]] = {"read": set(), "post": set()}
    for verb, role, unit in access:
        named[verb].add(role if role is not None else unit)  # type: ignore[arg-type]
    return BoardRules(
        board.id,
        board.is_archived,
        board.restricts_reading,
        board.restricts_posting,
        frozenset(named["read"]),
        frozenset(named["post"]),
    )


def boards_with_rules(viewer: Viewer, *where: Any) -> list[tuple[BoardCard, BoardRules]]:
    """The boards that `viewer` may read (and that meet `where`), in their order. One statement."""
    rows = db.session.execute(
        select(
            Board.id,
            Board.slug,
            Board.name,
            Board.icon,
            Board.colour,
            Board.description,
            Board.thread_count,
            Board.last_activity_at,
            Board.template,
            Board.is_archived,
            Board.restricts_reading,
            Board.restricts_posting,
            BoardAccess.verb,
            BoardAccess.role,
            BoardAccess.unit_id,
        )
        .outerjoin(BoardAccess, BoardAccess.board_id == Board.id)
        .where(policy.boards_visible_to(viewer), *where)
        .order_by(Board.position, Board.id)
    ).all()
    access = defaultdict(list)
    for row in rows:
        if row.verb:
            access[row.id].append((row.verb, row.role, row.unit_id))
    found = []
    for row in {row.id: row for row in rows}.values():
        rules = board_rules(row, access[row.id])
        card = BoardCard(
            ref=board_ref(row),
            description=row.description,
            thread_count=row.thread_count,
            last_activity_at=row.last_activity_at,
            is_restricted=row.restricts_reading,
            may_post=not policy.refuse_posting(viewer, rules),
            template=row.template,
        )
        found.append((card, rules))
    return found


def boards_for(viewer: Viewer) -> tuple[BoardCard, ...]:
    """The boards in use that `viewer` may read."""
    return tuple(card for card, _ in boards_with_rules(viewer, ~Board.is_archived))


def board_by_slug(viewer: Viewer, slug: str) -> tuple[BoardCard, BoardRules]:
    """One board, archived or not. Raises NotFound when there is none or `viewer` may not know of it."""
    found = boards_with_rules(viewer, Board.slug == one_line(slug))
    if not found:
        raise NotFound
    return found[0]


def moderators_of(board_id: int) -> tuple[Person, ...]:
    """Who moderates the board as a moderator (admins may too, but are not listed)."""
    unit = aliased(Unit)
    rows = db.session.execute(
        select(*person_columns(User, unit), User.moderated_boards)
        .outerjoin(unit, unit.id == User.unit_id)
        .where(User.role == Role.MODERATOR, User.is_active)
        .order_by(User.name, User.id)
    )
    return tuple(person_of(row) for row in rows if row[6] is None or board_id in row[6])


def tag_by_slug(viewer: Viewer, slug: str) -> tuple[int, TagRef, tuple[str, ...]]:
    """A tag that `viewer` may know of and its synonyms, by its slug or that of a synonym. Raises NotFound."""
    slug = one_line(slug)
    row = db.session.execute(
        select(Tag.id, Tag.slug, Tag.name)
        .outerjoin(TagSynonym, TagSynonym.tag_id == Tag.id)
        .where((Tag.slug == slug) | (TagSynonym.slug == slug), _is_seen(viewer))
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound
    synonyms = db.session.scalars(select(TagSynonym.name).where(TagSynonym.tag_id == row.id).order_by(TagSynonym.name))
    return row.id, TagRef(row.slug, row.name, tag_url(row.slug)), tuple(synonyms)


def _is_seen(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: a tag that no thread has yet, or one of some thread that the viewer may see. Names can tell what is discussed."""
    tagged = select(ThreadTag.thread_id).where(ThreadTag.tag_id == Tag.id).correlate(Tag)
    seen = tagged.join(Thread, Thread.id == ThreadTag.thread_id).where(policy.threads_visible_to(viewer))
    return or_(~tagged.exists(), seen.exists())


def popular_tags(viewer: Viewer) -> tuple[str, ...]:
    """The names of the tags most used, of those that `viewer` may know of."""
    used = select(Tag.name).where(_is_seen(viewer)).order_by(Tag.thread_count.desc(), Tag.name)
    return tuple(db.session.scalars(used.limit(POPULAR_TAGS)))
