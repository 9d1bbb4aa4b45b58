"""Lists of threads, by keyset: a page costs the same wherever it lies, since it is one walk along an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select, tuple_
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.core.paging import Cursor, decode_cursor, with_query
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, tag_url, thread_url
from forum.discussions.models import Board, Post, ReadHorizon, ReadMark, Tag, Thread, ThreadTag
from forum.discussions.queries.boards import board_by_slug, board_ref, boards_for, moderators_of, tag_by_slug
from forum.discussions.queries.drafts import draft_count
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.shapes import (
    HomePage,
    ListName,
    ListPage,
    ListTab,
    TagRef,
    ThreadKind,
    ThreadList,
    ThreadRow,
)

PAGE = 25
MAX_PINNED = 5
# Threads in each box beside the home page's list.
ASIDE = 3
HOME, THREADS = "/", "/diskusi"


def _filters(viewer: Viewer, name: ListName) -> list[ColumnElement[bool]]:
    """What makes each list; the literal conditions are those of the partial indexes of `Thread`."""
    listed = Thread.deleted_at.is_(None)
    question = Thread.kind == "question"
    lists: dict[ListName, list[ColumnElement[bool]]] = {
        ListName.LATEST: [listed],
        ListName.UNANSWERED: [listed, question, Thread.reply_count == 0],
        ListName.UNSOLVED: [listed, question, Thread.solution_id.is_(None)],
        ListName.MINE: [listed, Thread.author_id == viewer.id],
        ListName.UNIT: [listed, Thread.unit_id == viewer.unit_id],
    }
    return lists[name]


def _beyond(cursor: Cursor, moment: Any, key: Any) -> ColumnElement[bool]:
    place = tuple_(cursor.moment, cursor.id)
    return tuple_(moment, key) > place if cursor.backwards else tuple_(moment, key) < place


def _page_ids(
    statement: Select[*tuple[Any, ...]], moment: Any, key: Any, cursor: Cursor | None
) -> list[tuple[int, datetime]]:
    """Ids in list order, one more than a page in the direction of reading, so that it is known whether it goes on."""
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        statement = statement.where(_beyond(cursor, moment, key))
    order = (moment.asc(), key.asc()) if backwards else (moment.desc(), key.desc())
    rows = db.session.execute(statement.order_by(*order).limit(PAGE + 1))
    return [(row[0], row[1]) for row in rows]


def _neighbours(
    found: list[tuple[int, datetime]], cursor: Cursor | None, address: Callable[[str], str], first: str
) -> tuple[list[int], str | None, str | None]:
    """The ids of the page in order, and the addresses of the newer and the older page."""
    backwards = cursor is not None and cursor.backwards
    goes_on = len(found) > PAGE
    page = found[:PAGE]
    if backwards:
        page.reverse()
    if not page:
        return [], first if cursor else None, None
    has_newer, has_older = (goes_on, True) if backwards else (cursor is not None, goes_on)
    newer = address(Cursor(page[0][1], page[0][0], backwards=True).encode()) if has_newer else None
    older = address(Cursor(page[-1][1], page[-1][0]).encode()) if has_older else None
    return [key for key, _ in page], newer, older


@dataclass(frozen=True, slots=True)
class _Found:
    """The ids of a page of a list, before their lines are read."""

    name: ListName
    pinned: list[int]
    ids: list[int]
    newer: str | None
    older: str | None

    def with_rows(self, rows: dict[int, ThreadRow]) -> ThreadList:
        return ThreadList(
            name=self.name,
            pinned=_in_order(self.pinned, rows),
            rows=_in_order(self.ids, rows),
            newer=self.newer,
            older=self.older,
        )


def _in_order(ids: list[int], rows: dict[int, ThreadRow]) -> tuple[ThreadRow, ...]:
    return tuple(rows[i] for i in ids if i in rows)


def _find(
    viewer: Viewer,
    name: ListName,
    base: str,
    after: str | None,
    *,
    board_id: int | None = None,
    tag_id: int | None = None,
) -> _Found:
    """A page of list `name`, within a board or a tag. One statement (two on a board's pages, for the pinned)."""
    cursor = decode_cursor(after)
    visible = policy.threads_visible_to(viewer)
    pinned: list[int] = []
    moment, key = Thread.last_activity_at, Thread.id
    statement = select(key, moment).where(*_filters(viewer, name), visible)
    if tag_id is not None:
        moment, key = ThreadTag.last_activity_at, ThreadTag.thread_id
        statement = (
            select(key, moment)
            .join(Thread, Thread.id == ThreadTag.thread_id)
            .where(ThreadTag.tag_id == tag_id, *_filters(viewer, name), visible)
        )
    if board_id is not None:
        statement = statement.where(Thread.board_id == board_id)
        if name is ListName.LATEST:
            # Those on top of the first page are not listed again; pinned ones beyond MAX_PINNED stand at their place.
            pinned = _pinned(board_id)
            statement = statement.where(Thread.id.not_in(pinned))
    found = _page_ids(statement, moment, key, cursor)
    ids, newer, older = _neighbours(found, cursor, lambda text: list_url(base, name, text), list_url(base, name))
    return _Found(name, pinned if cursor is None else [], ids, newer, older)


def list_url(base: str, name: ListName, cursor: str | None = None) -> str:
    """The address of a list: `base` is that of the home page, of all threads, of a board or of a tag."""
    return with_query(base, daftar=None if name is ListName.LATEST else name.value, setelah=cursor)


def tabs(base: str, current: ListName) -> tuple[ListTab, ...]:
    return tuple(ListTab(name, list_url(base, name), name is current) for name in ListName)


def threads_page(viewer: Viewer, name: ListName, after: str | None) -> ListPage:
    """`/diskusi`. `after`: the cursor in the address. Raises NotFound for a cursor that is not one of ours."""
    found = _find(viewer, name, THREADS, after)
    return ListPage(found.with_rows(thread_rows(viewer, found.ids)), tabs(THREADS, name))


def board_page(viewer: Viewer, slug: str, name: ListName, after: str | None) -> ListPage:
    """`/papan/<slug>`. Raises NotFound for a board that there is not or that `viewer` may not know of."""
    card, _rules = board_by_slug(viewer, slug)
    found = _find(viewer, name, card.ref.url, after, board_id=card.ref.id)
    rows = thread_rows(viewer, [*found.pinned, *found.ids])
    return ListPage(found.with_rows(rows), tabs(card.ref.url, name), board=card, moderators=moderators_of(card.ref.id))


def tag_page(viewer: Viewer, slug: str, name: ListName, after: str | None) -> ListPage:
    """`/tag/<slug>`, where the slug of a synonym gives the page of its tag. Raises NotFound."""
    tag_id, tag, synonyms = tag_by_slug(viewer, slug)
    found = _find(viewer, name, tag.url, after, tag_id=tag_id)
    return ListPage(
        found.with_rows(thread_rows(viewer, found.ids)), tabs(tag.url, name), tag=tag, tag_synonyms=synonyms
    )


def home_page(viewer: Viewer, name: ListName, after: str | None) -> HomePage:
    """`/`: a list of threads, the boards, and what asks for the viewer's attention. The lines are read all at once."""
    boards = boards_for(viewer)
    found = _find(viewer, name, HOME, after)
    needs_help = _unanswered_near(viewer)
    announcements = _announcements(viewer)
    rows = thread_rows(viewer, [*found.ids, *needs_help, *announcements])
    return HomePage(
        threads=found.with_rows(rows),
        tabs=tabs(HOME, name),
        boards=boards,
        needs_help=_in_order(needs_help, rows),
        announcements=_in_order(announcements, rows),
        draft_count=draft_count(viewer),
    )


def _pinned(board_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Thread.id)
            .where(Thread.board_id == board_id, Thread.pinned_at.is_not(None), Thread.deleted_at.is_(None))
            .order_by(Thread.pinned_at.desc(), Thread.id.desc())
            .limit(MAX_PINNED)
        )
    )


def thread_rows(viewer: Viewer, ids: list[int]) -> dict[int, ThreadRow]:
    """The lines of `ids` as `viewer` sees them, by id: two statements however many. Visibility is the caller's matter."""
    if not ids:
        return {}
    last = aliased(User)
    read_to = case(
        (ReadMark.number.is_not(None), ReadMark.number),
        (Thread.last_activity_at <= ReadHorizon.at, Thread.last_number),
        else_=0,
    )
    first_unread = (
        select(Post.id)
        .where(Post.thread_id == Thread.id, Post.number == ReadMark.number + 1)
        .correlate(Thread, ReadMark)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Thread.id,
            Thread.slug,
            Thread.title,
            Thread.kind,
            Thread.created_at,
            Thread.last_activity_at,
            Thread.last_number,
            Thread.reply_count,
            Thread.helpful_count,
            Thread.solution_id,
            Thread.pinned_at,
            Thread.locked_at,
            Thread.duplicate_of_id,
            Thread.is_sample,
            last.name.label("last_name"),
            read_to.label("read_to"),
            first_unread.label("first_unread"),
            Board.id,
            Board.slug,
            Board.name,
            Board.icon,
            Board.colour,
            *person_columns(),
        )
        .join(Board, Board.id == Thread.board_id)
        .join(User, User.id == Thread.author_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .join(last, last.id == Thread.last_author_id)
        .outerjoin(ReadMark, and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == viewer.id))
        .outerjoin(ReadHorizon, ReadHorizon.user_id == viewer.id)
        .where(Thread.id.in_(ids))
    ).all()
    tags = tags_of(ids)
    return {row[0]: _thread_row(row, tags.get(row[0], ())) for row in rows}


def _thread_row(row: Any, tags: tuple[TagRef, ...]) -> ThreadRow:
    url = thread_url(row[0], row[1])
    unread = max(0, row.last_number - row.read_to)
    return ThreadRow(
        id=row[0],
        url=url,
        title=row.title,
        kind=ThreadKind(row.kind),
        board=board_ref(row[17:22]),
        tags=tags,
        author=person_of(row, 22),
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
        last_author_name=row.last_name,
        reply_count=row.reply_count,
        helpful_count=row.helpful_count,
        is_solved=row.solution_id is not None,
        is_pinned=row.pinned_at is not None,
        is_locked=row.locked_at is not None,
        is_duplicate=row.duplicate_of_id is not None,
        is_sample=row.is_sample,
        is_new=row.read_to == 0,
        unread=unread if row.read_to else 0,
        first_unread_url=permalink(url, row.first_unread) if row.first_unread else None,
    )


def tags_of(thread_ids: list[int]) -> dict[int, tuple[TagRef, ...]]:
    """The tags of each thread, by name: one statement."""
    found: dict[int, list[TagRef]] = defaultdict(list)
    rows = db.session.execute(
        select(ThreadTag.thread_id, Tag.slug, Tag.name)
        .join(Tag, Tag.id == ThreadTag.tag_id)
        .where(ThreadTag.thread_id.in_(thread_ids))
        .order_by(Tag.name)
    )
    for thread_id, slug, name in rows:
        found[thread_id].append(TagRef(slug, name, tag_url(slug)))
    return {key: tuple(value) for key, value in found.items()}


def _unanswered_near(viewer: Viewer) -> list[int]:
    """ "Perlu bantuan Anda": the latest unanswered questions of others, those from the viewer's unit first."""
    latest = (
        select(Thread.id, Thread.unit_id, Thread.last_activity_at)
        .where(
            *_filters(viewer, ListName.UNANSWERED),
            policy.threads_visible_to(viewer),
            Thread.author_id != viewer.id,
            Thread.locked_at.is_(None),
            select(Board.id).where(Board.id == Thread.board_id, ~Board.is_archived).exists(),
        )
        .order_by(Thread.last_activity_at.desc(), Thread.id.desc())
        .limit(PAGE)
        .subquery()
    )
    own_unit_first = case((latest.c.unit_id == viewer.unit_id, 0), else_=1)
    return list(
        db.session.scalars(select(latest.c.id).order_by(own_unit_first, latest.c.last_activity_at.desc()).limit(ASIDE))
    )


def _announcements(viewer: Viewer) -> list[int]:
    """Pinned announcements of every board that the viewer may read, latest first."""
    return list(
        db.session.scalars(
            select(Thread.id)
            .where(
                Thread.pinned_at.is_not(None),
                Thread.kind == "announcement",
                Thread.deleted_at.is_(None),
                policy.threads_visible_to(viewer),
            )
            .order_by(Thread.pinned_at.desc())
            .limit(ASIDE)
        )
    )
