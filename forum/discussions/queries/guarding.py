"""Posts, threads and tags as texts to be looked through, and who could see a post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.i18n import _, ngettext
from forum.core.viewer import Role, Viewer
from forum.discussions.addresses import permalink
from forum.discussions.models import Board, Post, PostRevision, ReadMark, Tag, TagSynonym, Thread, Vote
from forum.privacy.sources import Exposure, Item, Place, Reader

READERS = 200


def count_of(model: Any) -> int:
    """About how many rows there are: the highest id."""
    return db.session.scalar(select(func.max(model.id))) or 0


def posts_after(after: int, limit: int) -> Sequence[Item]:
    """Posts with their earlier texts, and the title with the opening post."""
    rows = db.session.execute(
        select(Post.id, Post.body, Post.number, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id > after)
        .order_by(Post.id)
        .limit(limit)
    ).all()
    earlier: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(
        select(PostRevision.post_id, PostRevision.title, PostRevision.body, PostRevision.reason)
        .where(PostRevision.post_id.in_([row.id for row in rows]))
        .order_by(PostRevision.post_id, PostRevision.number)
    ):
        earlier[row.post_id] += [row.title, row.body, row.reason]
    return [
        Item(
            row.id,
            {
                "body": row.body,
                "title": row.title if row.number == 1 else "",
                "history": "\n\n".join(earlier[row.id]),
            },
        )
        for row in rows
    ]


def threads_after(after: int, limit: int) -> Sequence[Item]:
    """Summaries of threads."""
    rows = db.session.execute(
        select(Thread.id, Thread.summary, Thread.lock_reason).where(Thread.id > after).order_by(Thread.id).limit(limit)
    )
    return [Item(row.id, {"summary": row.summary, "lock_reason": row.lock_reason}) for row in rows]


def tags_after(after: int, limit: int) -> Sequence[Item]:
    """Tags with their synonyms."""
    rows = db.session.execute(select(Tag.id, Tag.name).where(Tag.id > after).order_by(Tag.id).limit(limit)).all()
    words: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(
        select(TagSynonym.tag_id, TagSynonym.name).where(TagSynonym.tag_id.in_([row.id for row in rows]))
    ):
        words[row.tag_id].append(row.name)
    return [Item(row.id, {"name": row.name, "synonyms": "\n".join(words[row.id])}) for row in rows]


def post_places(ids: Sequence[int]) -> Mapping[int, Place]:
    """Title and address of posts, deleted ones too: moderators go there."""
    rows = db.session.execute(
        select(Post.id, Post.number, Thread.id, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(ids))
    )
    return {
        post_id: Place(title, _address(thread_id) if number == 1 else permalink(_address(thread_id), post_id))
        for post_id, number, thread_id, title in rows
    }


def thread_places(ids: Sequence[int]) -> Mapping[int, Place]:
    """Title and address of threads."""
    rows = db.session.execute(select(Thread.id, Thread.title).where(Thread.id.in_(ids)))
    return {thread_id: Place(title, _address(thread_id)) for thread_id, title in rows}


def _address(thread_id: int) -> str:
    """Without the words of the title: a number may be among them."""
    return f"/diskusi/{thread_id}"


def tag_places(ids: Sequence[int]) -> Mapping[int, Place]:
    """Tags are mended where admins keep them."""
    rows = db.session.execute(select(Tag.id, Tag.slug, Tag.name).where(Tag.id.in_(ids)))
    return {tag_id: Place(_("Tag"), f"/admin/tag/{slug}", can_mask=False) for tag_id, slug, _name in rows}


def moderated(viewer: Viewer, column: Any, thread_id: Any) -> Select[Any]:
    """`column` where its thread stands in a board that `viewer` moderates."""
    statement = select(column)
    if viewer.is_admin or (viewer.role is Role.MODERATOR and viewer.moderated_boards is None):
        return statement
    boards = sorted(viewer.moderated_boards or ()) if viewer.role is Role.MODERATOR else []
    own = select(Thread.id).where(Thread.board_id.in_(boards))
    return statement.where(thread_id.in_(own))


def holding(words: str, limit: int) -> Sequence[int]:
    """Posts that hold `words`, or did in an earlier text or in their title."""
    now = select(Post.id).where(Post.body.contains(words, autoescape=True))
    before = select(PostRevision.post_id).where(PostRevision.body.contains(words, autoescape=True))
    titled = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.number == 1, Thread.title.contains(words, autoescape=True))
    )
    return list(db.session.scalars(now.union(before, titled).limit(limit)))


def exposure(post_id: int) -> Exposure | None:
    """Since when a post could be seen, in which board, and who is known to have had it before them."""
    row = db.session.execute(
        select(Post.id, Post.number, Post.created_at, Post.deleted_at, Post.author_id, Thread, Board)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(Post.id == post_id)
    ).one_or_none()
    if row is None:
        return None
    thread, board = row.Thread, row.Board
    readers = _readers(thread.id, row.id, row.number, row.author_id)
    place = post_places([post_id])[post_id]
    return Exposure(
        title=place.title,
        url=place.url,
        since=row.created_at,
        audience=_audience(board),
        readers=readers[:READERS],
        more_readers=max(0, len(readers) - READERS),
        kept_away_at=row.deleted_at or thread.deleted_at,
    )


def _audience(board: Board) -> str:
    active = db.session.scalar(select(func.count()).select_from(User).where(User.is_active)) or 0
    if board.restricts_reading:
        return _("Papan terbatas “%(name)s”: hanya peran dan perangkat daerah yang ditunjuk.", name=board.name)
    everybody = ngettext("%(num)d akun aktif", "%(num)d akun aktif", active)
    return _("Papan “%(name)s”: semua pegawai yang masuk (%(people)s).", name=board.name, people=everybody)


def _readers(thread_id: int, post_id: int, number: int, author_id: int) -> tuple[Reader, ...]:
    """Who read so far, found it helpful, or answered; each person once, by what says most."""
    read = select(ReadMark.user_id, User.name, ReadMark.read_at).join(User, User.id == ReadMark.user_id)
    voted = select(Vote.user_id, User.name, Vote.created_at).join(User, User.id == Vote.user_id)
    answered = select(Post.author_id, User.name, Post.created_at).join(User, User.id == Post.author_id)
    known: dict[int, Reader] = {}
    for how, statement in (
        (_("membalasnya"), answered.where(Post.parent_id == post_id)),
        (_("menandainya bermanfaat"), voted.where(Vote.post_id == post_id)),
        (
            _("membaca diskusi sampai kiriman ini"),
            read.where(ReadMark.thread_id == thread_id, ReadMark.number >= number),
        ),
    ):
        for user_id, name, at in db.session.execute(statement):
            if user_id != author_id:
                known.setdefault(user_id, Reader(user_id, name, at, how))
    return tuple(sorted(known.values(), key=lambda reader: reader.at))
