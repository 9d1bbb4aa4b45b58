"""The documents that search keeps of threads and replies, made of the database as it is committed at that moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.markup import plain_text
from forum.discussions.models import Board, Post, Tag, TagSynonym, Thread, ThreadTag
from forum.search.documents import Kind, SearchDocument, Status, group_of

AFFECTED_BATCH = 500
MAX_ID = 2**63 - 1

_original = aliased(Thread)
# What is there for search: nothing deleted, whoever might still see it; and nothing that repeats a thread which is there.
_THERE = and_(Post.deleted_at.is_(None), Thread.deleted_at.is_(None))
_STANDS = and_(
    _THERE,
    or_(
        Thread.duplicate_of_id.is_(None),
        ~select(_original.id)
        .where(_original.id == Thread.duplicate_of_id, _original.deleted_at.is_(None))
        .correlate(Thread)
        .exists(),
    ),
)

_HEADS = (
    select(
        Thread.id,
        Thread.title,
        Thread.kind,
        Thread.board_id,
        Thread.unit_id,
        Thread.author_id,
        Thread.created_at,
        Thread.solution_id,
        Thread.summary_html,
        Post.html,
        Post.helpful_count,
    )
    .join(Post, and_(Post.thread_id == Thread.id, Post.number == 1))
    .where(_STANDS)
)
_REPLIES = (
    select(
        Post.id,
        Post.thread_id,
        Post.html,
        Post.author_id,
        Post.created_at,
        Post.helpful_count,
        Thread.solution_id,
    )
    .join(Thread, Thread.id == Post.thread_id)
    .where(Post.number > 1, _STANDS)
)


@dataclass(frozen=True, slots=True)
class _Tag:
    slug: str
    words: tuple[str, ...]


def ids_of(keys: Iterable[str]) -> dict[Kind, list[int]]:
    """The numbers in keys of threads and replies; what is no such key is left out."""
    found: dict[Kind, list[int]] = {Kind.THREAD: [], Kind.REPLY: []}
    for key in set(keys):
        kind, _colon, number = key.partition(":")
        with suppress(KeyError, ValueError):
            if number.isascii() and number.isdigit() and 0 < int(number[:20]) <= MAX_ID:
                found[Kind(kind)].append(int(number))
    return {kind: sorted(ids) for kind, ids in found.items()}


def documents(keys: Sequence[str]) -> tuple[SearchDocument, ...]:
    """The documents of `keys` that are there, heads first. Three statements, on a connection of its own."""
    ids = ids_of(keys)
    with db.engine.connect() as connection:
        heads = _head_documents(connection, _HEADS.where(Thread.id.in_(ids[Kind.THREAD]))) if ids[Kind.THREAD] else ()
        replies = _reply_documents(connection, _REPLIES.where(Post.id.in_(ids[Kind.REPLY]))) if ids[Kind.REPLY] else ()
    return (*heads, *replies)


def everything(batch: int) -> Iterator[tuple[SearchDocument, ...]]:
    """All documents, threads before replies. Each batch is read as it is committed then, so no long transaction is held."""
    walks: tuple[tuple[Select[*tuple[Any, ...]], Any, Callable[..., tuple[SearchDocument, ...]]], ...] = (
        (_HEADS, Thread.id, _head_documents),
        (_REPLIES, Post.id, _reply_documents),
    )
    for statement, column, read in walks:
        after = 0
        while True:
            with db.engine.connect() as connection:
                found = read(connection, statement.where(column > after).order_by(column).limit(batch))
            if found:
                yield found
            if len(found) < batch:
                break
            after = int(found[-1].key.partition(":")[2])


def count() -> int:
    """How many documents there are."""
    statement = select(func.count()).select_from(Post).join(Thread, Thread.id == Post.thread_id).where(_STANDS)
    with db.engine.connect() as connection:
        return connection.scalar(statement) or 0


def affected(key: str, after: int) -> tuple[Sequence[str], int | None]:
    """Keys of documents that a change of `key` touches, up to AFFECTED_BATCH behind `after`; and where to go on, or None.

    "all:thread:12": the thread and its replies, deleted ones too. "all:tag:5": the threads with the tag.
    """
    _all, _colon, named = key.partition(":")
    what, _colon, number = named.partition(":")
    if not (number.isascii() and number.isdigit() and int(number[:20]) <= MAX_ID):
        return (), None
    if what == "thread":
        return _posts_of(int(number), after)
    if what == "tag":
        return _threads_with(int(number), after)
    return (), None


def _posts_of(thread_id: int, after: int) -> tuple[Sequence[str], int | None]:
    statement = select(Post.id).where(Post.thread_id == thread_id, Post.number > 1, Post.id > after)
    keys, last = _some(statement, Post.id, Kind.REPLY)
    return (keys if after else [f"{Kind.THREAD}:{thread_id}", *keys]), last


def _threads_with(tag_id: int, after: int) -> tuple[Sequence[str], int | None]:
    tagged = select(ThreadTag.thread_id).where(ThreadTag.tag_id == tag_id, ThreadTag.thread_id > after)
    return _some(tagged, ThreadTag.thread_id, Kind.THREAD)


def _some(statement: Select[int], column: Any, kind: Kind) -> tuple[list[str], int | None]:
    with db.engine.connect() as connection:
        ids = connection.scalars(statement.order_by(column).limit(AFFECTED_BATCH)).all()
    return [f"{kind}:{number}" for number in ids], ids[-1] if len(ids) == AFFECTED_BATCH else None


def _head_documents(connection: Connection, statement: Select[*tuple[Any, ...]]) -> tuple[SearchDocument, ...]:
    rows = connection.execute(statement).all()
    ids = [row.id for row in rows]
    tags, repeated = _tags_of(connection, ids), _titles_of_duplicates(connection, ids)
    return tuple(_head(row, tags[row.id], repeated[row.id]) for row in rows)


def _titles_of_duplicates(connection: Connection, thread_ids: list[int]) -> defaultdict[int, list[str]]:
    """How others have asked the same: whoever searches in their words finds this thread."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    if thread_ids:
        rows = connection.execute(
            select(Thread.duplicate_of_id, Thread.title)
            .join(Board, Board.id == Thread.board_id)
            .join(_original, _original.id == Thread.duplicate_of_id)
            .where(
                Thread.duplicate_of_id.in_(thread_ids),
                Thread.deleted_at.is_(None),
                or_(~Board.restricts_reading, Thread.board_id == _original.board_id),
            )
            .order_by(Thread.id)
        )
        for thread_id, title in rows:
            found[thread_id or 0].append(title)
    return found


def _reply_documents(connection: Connection, statement: Select[*tuple[Any, ...]]) -> tuple[SearchDocument, ...]:
    return tuple(_reply(row) for row in connection.execute(statement))


def _head(row: Any, tags: list[_Tag], repeated: list[str]) -> SearchDocument:
    return SearchDocument(
        key=f"{Kind.THREAD}:{row.id}",
        group=group_of(Kind.THREAD, row.id),
        title=row.title,
        body="\n".join((head_text(row.html, row.summary_html), *repeated)),
        tags=tuple(word for tag in tags for word in tag.words),
        tag_slugs=tuple(tag.slug for tag in tags),
        created_at=row.created_at,
        author_id=row.author_id,
        helpful=row.helpful_count,
        board_id=row.board_id,
        unit_id=row.unit_id,
        status=status_of(row.kind, row.solution_id),
    )


def _reply(row: Any) -> SearchDocument:
    return SearchDocument(
        key=f"{Kind.REPLY}:{row.id}",
        group=group_of(Kind.THREAD, row.thread_id),
        body=plain_text(row.html),
        created_at=row.created_at,
        author_id=row.author_id,
        helpful=row.helpful_count,
        is_solution=row.solution_id == row.id,
    )


def head_text(html: str, summary_html: str) -> str:
    """The text of a thread's document: its opening post, and the moderators' summary."""
    text = plain_text(html)
    return f"{text}\n{plain_text(summary_html)}" if summary_html else text


def status_of(kind: str, solution_id: int | None) -> Status:
    """Questions are open or solved; other threads are neither."""
    if kind != "question":
        return Status.PLAIN
    return Status.OPEN if solution_id is None else Status.SOLVED


def _tags_of(connection: Connection, thread_ids: list[int]) -> defaultdict[int, list[_Tag]]:
    """The tags of each thread by slug, with every word that means them: who types an old name finds the thread too."""
    found: defaultdict[int, list[_Tag]] = defaultdict(list)
    if not thread_ids:
        return found
    rows = connection.execute(
        select(ThreadTag.thread_id, Tag.slug, Tag.name, TagSynonym.name.label("synonym"))
        .join(Tag, Tag.id == ThreadTag.tag_id)
        .outerjoin(TagSynonym, TagSynonym.tag_id == Tag.id)
        .where(ThreadTag.thread_id.in_(thread_ids))
        .order_by(ThreadTag.thread_id, Tag.slug, TagSynonym.slug)
    )
    words: dict[tuple[int, str], list[str]] = {}
    for thread_id, slug, name, synonym in rows:
        words.setdefault((thread_id, slug), [name]).extend([synonym] if synonym else [])
    for (thread_id, slug), names in words.items():
        found[thread_id].append(_Tag(slug, tuple(names)))
    return found


def visible_condition() -> ColumnElement[bool]:
    """SQL over `Post` and `Thread`: what is shown as a result, or as a source, apart from who may see it."""
    return _THERE
