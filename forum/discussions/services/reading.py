"""What readers leave behind: votes, how far they have read, drafts."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from forum.core import clock
from forum.core.db import db, insert, rows_changed
from forum.core.errors import Denied, Invalid, NotFound, TooLarge
from forum.core.i18n import _
from forum.core.markup import POST, normalise
from forum.core.paging import parse_id
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Draft, Post, ReadHorizon, ReadMark, Thread, Vote
from forum.discussions.queries.records import ThreadRecord, hold_thread_of, post_for, thread_for
from forum.discussions.services.touching import touch_post

MAX_DRAFTS_KEPT = 200


def vote(actor: Viewer, post_id: int, *, on: bool) -> tuple[ThreadRecord, int]:
    """Say that a post is helpful, or take it back; twice is once. Returns the thread and the new count.

    Raises NotFound, Denied (one's own post, a deleted one).
    """
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id)
    if not policy.may_vote(actor, thread, post):
        raise Denied(_("Anda tidak dapat memberi suara pada kiriman ini."))
    if on:
        statement = (
            insert(db.session(), Vote)
            .values(post_id=post_id, user_id=actor.id, created_at=clock.now())
            .on_conflict_do_nothing()
        )
    else:
        statement = delete(Vote).where(Vote.post_id == post_id, Vote.user_id == actor.id)
    # Not its row count: psycopg gives none for an INSERT that SQLAlchemy made for a mapped class.
    if db.session.execute(statement.returning(Vote.post_id)).first():
        step = 1 if on else -1
        db.session.execute(update(Post).where(Post.id == post_id).values(helpful_count=Post.helpful_count + step))
        db.session.execute(
            update(Thread).where(Thread.id == thread.id).values(helpful_count=Thread.helpful_count + step)
        )
        touch_post(thread.id, post_id, is_opening=post.is_opening)
    return thread, db.session.execute(select(Post.helpful_count).where(Post.id == post_id)).scalar_one()


def mark_read(actor: Viewer, thread_id: int, number: int) -> ThreadRecord:
    """Note that `actor` has read the thread up to post `number`; never moves back. Raises NotFound."""
    thread = thread_for(actor, thread_id)
    number = min(number, thread.last_number)
    now = clock.now()
    statement = insert(db.session(), ReadMark).values(user_id=actor.id, thread_id=thread_id, number=number, read_at=now)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "thread_id"],
            set_={"number": number, "read_at": now},
            where=ReadMark.number < number,
        )
    )
    return thread


def mark_all_read(actor: Viewer) -> None:
    """Everything written until now counts as read."""
    now = clock.now()
    statement = insert(db.session(), ReadHorizon).values(user_id=actor.id, at=now)
    db.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_={"at": now}))
    unread = select(Thread.last_number).where(Thread.id == ReadMark.thread_id).scalar_subquery()
    db.session.execute(
        update(ReadMark)
        .where(ReadMark.user_id == actor.id)
        .values(number=unread, read_at=now)
        .execution_options(synchronize_session=False)
    )


def check_place(actor: Viewer, place: str) -> None:
    """A place for a draft is 'new', or 'reply:'/'edit:' and a post that the actor can see. Raises NotFound, Denied."""
    verb, _colon, key = place.partition(":")
    if place == "new":
        return
    if verb not in ("reply", "edit"):
        raise NotFound
    thread, post = post_for(actor, parse_id(key))
    if verb == "edit" and not policy.may_edit(actor, thread, post):
        raise Denied(_("Hanya penulis dan moderator yang dapat menyunting kiriman ini."))


def save_draft(actor: Viewer, place: str, fields: dict[str, str]) -> Draft | None:
    """Keep unsent text; an empty one removes the draft (None). `fields`: title, body, board_slug, kind, tags.

    Raises NotFound, Denied, TooLarge, Invalid.
    """
    check_place(actor, place)
    values = {name: normalise(fields.get(name, "")) for name in ("title", "body", "board_slug", "kind", "tags")}
    # Twice what may be posted: who is over the limit still has their text while they shorten it.
    if len(values["body"]) > 2 * POST.characters or any(len(values[name]) > 300 for name in ("title", "tags")):
        raise TooLarge(
            _("Draf ini terlalu panjang untuk disimpan. Salin ke tempat lain, lalu bagi menjadi beberapa kiriman.")
        )
    values["board_slug"], values["kind"] = values["board_slug"][:60], values["kind"][:20]
    if not values["title"].strip() and not values["body"].strip():
        db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))
        return None
    kept = (
        db.session.scalar(
            select(func.count()).select_from(Draft).where(Draft.user_id == actor.id, Draft.place != place)
        )
        or 0
    )
    if kept >= MAX_DRAFTS_KEPT:
        raise Invalid(_("Anda menyimpan terlalu banyak draf. Hapus yang tidak diperlukan."))
    now = clock.now()
    statement = insert(db.session(), Draft).values(user_id=actor.id, place=place, updated_at=now, version=1, **values)
    draft_id = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "place"],
            set_={**values, "updated_at": now, "version": Draft.version + 1},
        ).returning(Draft.id)
    ).scalar_one()
    return db.session.execute(
        select(Draft).where(Draft.id == draft_id).execution_options(populate_existing=True)
    ).scalar_one()


def discard_draft(actor: Viewer, draft_id: int) -> None:
    """Remove one's own draft. Raises NotFound for anybody else's."""
    gone = db.session.execute(delete(Draft).where(Draft.id == draft_id, Draft.user_id == actor.id))
    if rows_changed(gone) != 1:
        raise NotFound
