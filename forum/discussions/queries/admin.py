"""Reads for the admin's pages of boards and tags."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Board, BoardAccess, Tag, TagSynonym

TAGS_PAGE = 100


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board in the admin's list."""

    id: int
    slug: str
    name: str
    description: str
    position: int
    icon: str
    colour: str
    restricts_reading: bool
    restricts_posting: bool
    is_archived: bool
    thread_count: int


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """A board as its form shows it."""

    id: int
    slug: str
    name: str
    description: str
    position: int
    icon: str
    colour: str
    template: str
    is_archived: bool
    read_roles: tuple[str, ...]
    read_units: tuple[int, ...]
    post_roles: tuple[str, ...]
    post_units: tuple[int, ...]


def board_lines() -> tuple[BoardLine, ...]:
    """All boards in their order, archived ones last. One statement."""
    rows = db.session.scalars(select(Board).order_by(Board.is_archived, Board.position, Board.id))
    return tuple(
        BoardLine(
            id=board.id,
            slug=board.slug,
            name=board.name,
            description=board.description,
            position=board.position,
            icon=board.icon,
            colour=board.colour,
            restricts_reading=board.restricts_reading,
            restricts_posting=board.restricts_posting,
            is_archived=board.is_archived,
            thread_count=board.thread_count,
        )
        for board in rows
    )


def board_choices() -> tuple[tuple[str, str], ...]:
    """(id, name) of every board, in their order."""
    rows = db.session.execute(select(Board.id, Board.name).order_by(Board.position, Board.id))
    return tuple((str(row.id), row.name) for row in rows)


def board_entry(slug: str) -> BoardEntry:
    """One board by its slug. Raises NotFound. Two statements."""
    board = db.session.scalar(select(Board).where(Board.slug == one_line(slug)))
    if board is None:
        raise NotFound
    roles: dict[str, list[str]] = defaultdict(list)
    units: dict[str, list[int]] = defaultdict(list)
    for row in db.session.execute(
        select(BoardAccess.verb, BoardAccess.role, BoardAccess.unit_id)
        .where(BoardAccess.board_id == board.id)
        .order_by(BoardAccess.id)
    ):
        if row.role is not None:
            roles[row.verb].append(row.role)
        else:
            units[row.verb].append(row.unit_id)
    return BoardEntry(
        id=board.id,
        slug=board.slug,
        name=board.name,
        description=board.description,
        position=board.position,
        icon=board.icon,
        colour=board.colour,
        template=board.template,
        is_archived=board.is_archived,
        read_roles=tuple(roles["read"]),
        read_units=tuple(units["read"]),
        post_roles=tuple(roles["post"]),
        post_units=tuple(units["post"]),
    )


def board_names(viewer: Viewer, ids: frozenset[int]) -> tuple[str, ...]:
    """The names of those boards that `viewer` may read, in their order. For `content.register_board_names`."""
    return tuple(
        db.session.scalars(
            select(Board.name)
            .where(Board.id.in_(sorted(ids)), policy.boards_visible_to(viewer))
            .order_by(Board.position, Board.id)
        )
    )


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag with the words that lead to it."""

    id: int
    slug: str
    name: str
    thread_count: int
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagsPage:
    """`/admin/tag`, by name. `first` leads back to the beginning, `older` on."""

    query: str
    rows: tuple[TagLine, ...]
    first: str | None
    older: str | None


def tags_page(query: str, after: str | None) -> TagsPage:
    """Tags by slug, from behind `after`; `query` is looked for in names and synonyms. Two statements."""
    query = one_line(query)[:60].strip().lower()
    statement = select(Tag).order_by(Tag.slug).limit(TAGS_PAGE + 1)
    if query:
        by_synonym = select(TagSynonym.tag_id).where(TagSynonym.name.contains(query, autoescape=True))
        statement = statement.where(Tag.name.contains(query, autoescape=True) | Tag.id.in_(by_synonym))
    if after:
        statement = statement.where(Tag.slug > one_line(after))
    found = db.session.scalars(statement).all()
    tags = found[:TAGS_PAGE]
    words: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(
        select(TagSynonym.tag_id, TagSynonym.name)
        .where(TagSynonym.tag_id.in_([tag.id for tag in tags]))
        .order_by(TagSynonym.name)
    ):
        words[row.tag_id].append(row.name)
    base = {"q": query} if query else {}
    return TagsPage(
        query=query,
        rows=tuple(TagLine(tag.id, tag.slug, tag.name, tag.thread_count, tuple(words[tag.id])) for tag in tags),
        first=_tags_address(base) if after else None,
        older=_tags_address(base | {"setelah": tags[-1].slug}) if len(found) > TAGS_PAGE else None,
    )


def _tags_address(parameters: dict[str, str]) -> str:
    return "/admin/tag" + (f"?{urlencode(parameters)}" if parameters else "")


def tag_entry(slug: str) -> TagLine:
    """One tag by its slug. Raises NotFound. Two statements."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == one_line(slug)))
    if tag is None:
        raise NotFound
    words = db.session.scalars(select(TagSynonym.name).where(TagSynonym.tag_id == tag.id).order_by(TagSynonym.name))
    return TagLine(tag.id, tag.slug, tag.name, tag.thread_count, tuple(words))


def tag_id_of(text: str) -> int | None:
    """The id of the tag that is called so; None when there is none."""
    return db.session.scalar(select(Tag.id).where(func.lower(Tag.name) == one_line(text).lower()))
