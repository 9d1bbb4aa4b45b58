"""Opening threads and replying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.attachments.services.attaching import NOTHING, Chosen, attach
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.markup import normalise
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, slugify, thread_url
from forum.discussions.models import Board, Draft, Post, ReadMark, Thread, ThreadTag
from forum.discussions.queries.boards import board_by_slug
from forum.discussions.queries.records import ThreadRecord, hold_thread, post_by_key, thread_for
from forum.discussions.queries.shapes import FILES, ThreadKind
from forum.discussions.services.tagging import parse_tags, set_tags, tag_ids
from forum.discussions.services.texts import Text, title_text
from forum.discussions.services.touching import touch, touch_citations
from forum.moderation.services import checking
from forum.privacy.services import personal
from forum.privacy.services.personal import NO_OVERRIDE, Override

MAX_KEY = 64


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, or had been written already by an earlier try with the same key."""

    post_id: int
    thread_id: int
    url: str


def is_key(text: str) -> bool:
    """Does `text` look like a key that one of our forms made?"""
    return 8 <= len(text) <= MAX_KEY and text.isascii() and text.isprintable()


def kinds_for(actor: Viewer, board_id: int) -> tuple[ThreadKind, ...]:
    """The kinds of thread that `actor` may open: announcements and scheduled discussions are for moderators."""
    kinds: tuple[ThreadKind, ...] = (ThreadKind.QUESTION, ThreadKind.PRACTICE)
    if policy.may_moderate(actor, board_id):
        kinds += (ThreadKind.ANNOUNCEMENT, ThreadKind.SCHEDULED)
    return kinds


def _earlier(actor: Viewer, key: str, text: Text) -> Written | None:
    """What `actor` sent under `key` before. Holds the author's row, so that two tries at once come one after the other."""
    if not is_key(key):
        raise Invalid(_("Formulir ini tidak lengkap. Tulisan Anda tetap ada di sini: periksa, lalu kirim lagi."))
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    return sent_before(actor, key, text.body)


def sent_before(actor: Viewer, key: str, body: str) -> Written | None:
    """What `actor` wrote by an earlier try with `key`, whatever happened to its thread since; None for a new key.

    Raises Invalid when that was another text than `body`: who went back and wrote on must not lose it.
    """
    found = post_by_key(actor.id, key) if is_key(key) else None
    if found is None:
        return None
    if found.body is not None and found.body != normalise(body):
        raise Invalid(
            _("Dari formulir ini sudah terkirim tulisan lain. Bila yang di bawah ini memang tulisan baru, kirim lagi.")
        )
    url = thread_url(found.thread_id, found.slug)
    return Written(found.post_id, found.thread_id, url if found.is_opening else permalink(url, found.post_id))


def open_thread(
    actor: Viewer,
    *,
    board: str,
    kind: str,
    title: str,
    tags: str,
    text: Text,
    key: str,
    files: Chosen = NOTHING,
    is_sample: bool = False,
    override: Override = NO_OVERRIDE,
) -> Written:
    """Open a thread in the board with slug `board`. `key` is the form's own: the same key never makes a second thread.

    Raises Invalid, PersonalData (unless `override` explains it), NotFound (a board not to be read), Denied (may not post there).
    """
    if earlier := _earlier(actor, key, text):
        return earlier
    title = title_text(title)
    names = parse_tags(tags)
    try:
        card, rules = board_by_slug(actor, board)
    except NotFound:
        raise Invalid(_("Pilih papan untuk diskusi ini."), "board") from None
    if reason := policy.refuse_posting(actor, rules):
        raise Denied(reason)
    if kind not in kinds_for(actor, card.ref.id):
        raise Invalid(_("Pilih jenis diskusi."), "kind")
    stated = personal.check({"title": title, "body": text.body, "tags": ", ".join(names.values())}, override)
    now = clock.now()
    thread = Thread(
        board_id=card.ref.id,
        author_id=actor.id,
        unit_id=actor.unit_id,
        title=title,
        slug=slugify(title),
        kind=kind,
        created_at=now,
        last_activity_at=now,
        last_author_id=actor.id,
        is_sample=is_sample,
    )
    db.session.add(thread)
    db.session.flush()
    post = _new_post(actor, thread.id, text, key, now, number=1)
    attach(actor, FILES, post.id, files, [text.body])
    set_tags(thread.id, tag_ids(names), now)
    db.session.execute(
        update(Board).where(Board.id == card.ref.id).values(thread_count=Board.thread_count + 1, last_activity_at=now)
    )
    db.session.add(ReadMark(user_id=actor.id, thread_id=thread.id, number=1, read_at=now))
    _drop_draft(actor, "new")
    personal.state(actor, stated, "post", post.id)
    db.session.flush()
    touch(threads=[thread.id])
    touch_citations(post.id, post.html)
    checking.ask(post.id)
    return Written(post.id, thread.id, thread_url(thread.id, thread.slug))


def _new_post(actor: Viewer, thread_id: int, text: Text, key: str, now: datetime, **place: Any) -> Post:
    post = Post(
        thread_id=thread_id,
        author_id=actor.id,
        body=text.body,
        html=text.html,
        renderer_version=text.version,
        created_at=now,
        idempotency_key=key,
        **place,
    )
    db.session.add(post)
    db.session.flush()
    return post


def post_reply(
    actor: Viewer,
    thread_id: int,
    parent_id: int,
    text: Text,
    key: str,
    files: Chosen = NOTHING,
    override: Override = NO_OVERRIDE,
) -> Written:
    """Reply to a post of the thread. `key` as in `open_thread`.

    Raises NotFound, Denied (locked, archived), Conflict (the thread, or the post answered, was deleted meanwhile), PersonalData
    (unless `override` explains it).
    """
    if earlier := _earlier(actor, key, text):
        return earlier
    hold_thread(thread_id)
    thread = thread_to_answer(actor, thread_id)
    parent = db.session.execute(
        select(Post.id, Post.deleted_at).where(Post.id == parent_id, Post.thread_id == thread_id)
    ).one_or_none()
    if parent is None:
        raise NotFound
    if parent.deleted_at is not None:
        raise Conflict(
            _("Balasan yang Anda tanggapi sudah dihapus. Tanggapi kiriman lain atau pertanyaannya langsung.")
        )
    stated = personal.check({"body": text.body}, override)
    now = clock.now()
    number = _next_number(actor, thread_id, now)
    place = _place_under(parent_id)
    post = _new_post(actor, thread_id, text, key, now, number=number, parent_id=parent_id, **place)
    if post.branch_id is None:
        post.branch_id = post.id
    attach(actor, FILES, post.id, files, [text.body])
    _carry_activity(thread_id, thread.board_id, now)
    _read_own(actor, thread_id, number, now)
    _drop_draft(actor, f"reply:{parent_id}")
    personal.state(actor, stated, "post", post.id)
    db.session.flush()
    touch(replies=[post.id])
    touch_citations(post.id, post.html)
    checking.ask(post.id)
    return Written(post.id, thread_id, permalink(thread.url, post.id))


def thread_to_answer(actor: Viewer, thread_id: int) -> ThreadRecord:
    """The thread, if `actor` may reply in it. Raises NotFound, Denied (locked, archived), Conflict (deleted)."""
    thread = thread_for(actor, thread_id, even_deleted=True)
    if reason := policy.refuse_reply(actor, thread.board, thread):
        raise Conflict(reason) if thread.is_deleted else Denied(reason)
    return thread


def _next_number(actor: Viewer, thread_id: int, now: datetime) -> int:
    """Count the thread on by one post. The row stays locked until the end, so that numbers stay dense."""
    return db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(
            last_number=Thread.last_number + 1,
            reply_count=Thread.reply_count + 1,
            last_activity_at=now,
            last_author_id=actor.id,
        )
        .returning(Thread.last_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()


def _place_under(parent_id: int) -> dict[str, Any]:
    """The place of a new child of `parent_id`; counts it in its parent and in every ancestor."""
    parent = db.session.execute(
        update(Post)
        .where(Post.id == parent_id)
        .values(child_count=Post.child_count + 1)
        .returning(Post.child_count, Post.depth, Post.branch_id)
        .execution_options(synchronize_session=False)
    ).one()
    line = select(Post.id, Post.parent_id).where(Post.id == parent_id).cte("line", recursive=True)
    up = aliased(Post)
    line = line.union_all(select(up.id, up.parent_id).join(line, line.c.parent_id == up.id))
    db.session.execute(
        update(Post)
        .where(Post.id.in_(select(line.c.id)))
        .values(descendant_count=Post.descendant_count + 1)
        .execution_options(synchronize_session=False)
    )
    return {"child_no": parent.child_count, "depth": parent.depth + 1, "branch_id": parent.branch_id}


def _carry_activity(thread_id: int, board_id: int, now: datetime) -> None:
    db.session.execute(update(ThreadTag).where(ThreadTag.thread_id == thread_id).values(last_activity_at=now))
    db.session.execute(update(Board).where(Board.id == board_id).values(last_activity_at=now))


def _read_own(actor: Viewer, thread_id: int, number: int, now: datetime) -> None:
    """Who has read all before has read their own reply too; who has not keeps their place."""
    db.session.execute(
        update(ReadMark)
        .where(ReadMark.user_id == actor.id, ReadMark.thread_id == thread_id, ReadMark.number == number - 1)
        .values(number=number, read_at=now)
    )


def _drop_draft(actor: Viewer, place: str) -> None:
    db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))
