"""Boards, threads and replies for tests, made through the services; each is committed at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from markupsafe import escape
from sqlalchemy import func, insert, select, text, update

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.markup import RENDERER_VERSION
from forum.core.viewer import Role, Viewer
from forum.discussions.addresses import slugify
from forum.discussions.models import Board, BoardAccess, Post, Tag, TagSynonym, Thread
from forum.discussions.services import changing, writing
from forum.discussions.services.texts import Text
from forum.discussions.services.writing import Written
from tests.factories.accounts import viewer_for

_numbers = count(1)
LOADER = Viewer(role=Role.ADMIN)


def a_key() -> str:
    return f"kunci-uji-{next(_numbers)}"


def a_text(body: str = "Isi kiriman yang cukup panjang.") -> Text:
    """A text as the renderer would have stored it, without asking the renderer."""
    return Text(body, f"<p>{escape(body)}</p>", RENDERER_VERSION)


def a_board(
    slug: str = "", *, readers: Sequence[Role | int] = (), posters: Sequence[Role | int] = (), **state: Any
) -> Board:
    """An open board; `readers` and `posters` (roles, or ids of units) restrict it."""
    n = next(_numbers)
    values = {"slug": slug or f"papan-{n}", "name": f"Papan {n}", "position": n}
    with transaction() as session:
        board = Board(
            **{**values, "restricts_reading": bool(readers), "restricts_posting": bool(posters), **state},
        )
        session.add(board)
        session.flush()
        for verb, named in (("read", readers), ("post", posters)):
            for who in named:
                column = {"role": who.value} if isinstance(who, Role) else {"unit_id": who}
                session.add(BoardAccess(board_id=board.id, verb=verb, **column))
    return board


def an_archived_board(slug: str = "", **state: Any) -> Board:
    return a_board(slug, is_archived=True, **state)


def a_tag(name: str, *synonyms: str) -> Tag:
    with transaction() as session:
        tag = Tag(slug=slugify(name), name=name)
        session.add(tag)
        session.flush()
        session.add_all(TagSynonym(slug=slugify(word), name=word, tag_id=tag.id) for word in synonyms)
    return tag


def a_thread(
    author: User,
    board: Board,
    *,
    title: str = "",
    kind: str = "question",
    tags: str = "",
    body: str = "Bagaimana cara melakukannya dengan benar?",
) -> Written:
    """A thread with its opening post, by its author."""
    slug, asks = board.slug, viewer_for(author)
    title = title or f"Bagaimana hal nomor {next(_numbers)} ini"
    if kind in ("announcement", "scheduled"):
        asks = Viewer(**{**_fields(asks), "role": Role.ADMIN})
    with transaction():
        return writing.open_thread(asks, board=slug, kind=kind, title=title, tags=tags, text=a_text(body), key=a_key())


def _fields(viewer: Viewer) -> dict[str, Any]:
    return {name: getattr(viewer, name) for name in ("id", "username", "name", "unit_id")}


def a_reply(author: User, thread: Written, to: Written | int | None = None, *, body: str = "") -> Written:
    """A reply to post `to`, by default to the opening post."""
    parent = thread.post_id if to is None else to if isinstance(to, int) else to.post_id
    says = viewer_for(author)
    with transaction():
        return writing.post_reply(
            says, thread.thread_id, parent, a_text(body or f"Balasan nomor {next(_numbers)} di sini."), a_key()
        )


def replies(author: User, thread: Written, parents: Sequence[int | None]) -> list[int]:
    """Many replies in one transaction; `parents` holds for each the index of an earlier one, or None for the opening post.

    Returns the ids of the new posts in order.
    """
    says = viewer_for(author)
    made: list[int] = []
    with transaction():
        for index, parent in enumerate(parents):
            under = thread.post_id if parent is None else made[parent]
            prepared = a_text(f"Balasan ke-{index + 1} dalam diskusi ini.")
            made.append(writing.post_reply(says, thread.thread_id, under, prepared, a_key()).post_id)
    return made


def plant(author: User, thread: Written, parents: Sequence[int | None]) -> list[int]:
    """As `replies`, in a thread without replies, but straight into the table: for large threads. A recount finds it right."""
    first = _free_post_id()
    ids = [first + index for index in range(len(parents))]
    rows = {thread.post_id: _post_row(thread, author.id, thread.post_id, 0)}
    now = clock.now()
    for index, parent in enumerate(parents):
        under = rows[thread.post_id if parent is None else ids[parent]]
        row = _post_row(thread, author.id, ids[index], index + 1)
        under["child_count"] += 1
        row |= {
            "parent_id": under["id"],
            "depth": under["depth"] + 1,
            "child_no": under["child_count"],
            "created_at": now,
        }
        row["branch_id"] = under["branch_id"] or row["id"]
        rows[row["id"]] = row
    for row in reversed(rows.values()):
        if row["parent_id"]:
            rows[row["parent_id"]]["descendant_count"] += 1 + row["descendant_count"]
    opening = rows.pop(thread.post_id)
    counts = {"child_count": opening["child_count"], "descendant_count": opening["descendant_count"]}
    grown = {"last_number": len(ids) + 1, "reply_count": len(ids), "last_activity_at": now, "last_author_id": author.id}
    with transaction() as session:
        session.execute(insert(Post), list(rows.values()))
        session.execute(update(Post).where(Post.id == thread.post_id).values(**counts))
        session.execute(update(Thread).where(Thread.id == thread.thread_id).values(**grown))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT setval(pg_get_serial_sequence('posts', 'id'), (SELECT max(id) FROM posts))"))
    return ids


def _free_post_id() -> int:
    return (db.session.scalar(select(func.max(Post.id))) or 0) + 1


def _post_row(thread: Written, author_id: int, post_id: int, index: int) -> dict[str, Any]:
    prepared = a_text(f"Balasan ke-{index} dalam diskusi ini.")
    return {
        "id": post_id, "thread_id": thread.thread_id, "author_id": author_id, "parent_id": None, "branch_id": None,
        "number": index + 1, "depth": 0, "child_no": 0, "child_count": 0, "descendant_count": 0,
        "body": prepared.body, "html": prepared.html, "renderer_version": prepared.version, "idempotency_key": a_key(),
    }  # fmt: skip


def a_chain(author: User, thread: Written, length: int) -> list[int]:
    """Replies each of which answers the one before (planted)."""
    return plant(author, thread, [None, *range(length - 1)])


def delete(actor: User, post_id: int, reason: str = "Tidak sesuai aturan papan.") -> None:
    by = viewer_for(actor)
    with transaction():
        changing.delete_post(by, post_id, reason)


def restore(actor: User, post_id: int) -> None:
    by = viewer_for(actor)
    with transaction():
        changing.restore_post(by, post_id)


def lock(actor: User, thread: Written, reason: str = "Sudah selesai dibahas.") -> None:
    from forum.discussions.services import curating

    by = viewer_for(actor)
    with transaction():
        curating.lock(by, thread.thread_id, on=True, reason=reason)


def fresh(model: Any, key: int) -> Any:
    """The row as the database has it now."""
    db.session.rollback()
    return db.session.execute(
        select(model).where(model.id == key).execution_options(populate_existing=True)
    ).scalar_one()
