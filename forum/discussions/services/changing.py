"""Editing, deleting and restoring posts. Nothing is ever lost: every text that a post had is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update

from forum.attachments.services.attaching import NOTHING, Chosen, attach
from forum.audit.services import record
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink, slugify, thread_url
from forum.discussions.models import Board, Draft, Post, PostRevision, Thread, ThreadTag
from forum.discussions.queries.records import PostRecord, ThreadRecord, hold_thread_of, post_for
from forum.discussions.queries.shapes import FILES
from forum.discussions.services.tagging import count_tags, parse_tags, set_tags, tag_ids
from forum.discussions.services.texts import Text, reason_text, title_text
from forum.discussions.services.touching import touch, touch_citations, touch_duplicates, touch_post, touch_whole_thread
from forum.moderation.services import checking
from forum.privacy.services import personal
from forum.privacy.services.personal import NO_OVERRIDE, Override


def edit_post(
    actor: Viewer,
    post_id: int,
    *,
    version: int,
    text: Text,
    title: str | None = None,
    tags: str | None = None,
    reason: str = "",
    files: Chosen = NOTHING,
    override: Override = NO_OVERRIDE,
) -> str:
    """Replace the text of a post; of an opening post also title and tags of its thread (None leaves them). `files`: its attachments.

    `version` is the one that the editor read. Returns the address of the post. Raises NotFound, Denied, Invalid, PersonalData
    (unless `override` explains it), and Conflict when someone else edited meanwhile.
    """
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id)
    if not policy.may_edit(actor, thread, post):
        raise Denied(_("Hanya penulis dan moderator yang dapat menyunting kiriman ini."))
    if post.version != version:
        raise Conflict(
            _("Kiriman ini sudah disunting orang lain sementara Anda menulis. Bandingkan dahulu dengan teks terbaru.")
        )
    reason = reason_text(reason)
    new_title = title_text(title) if title is not None and post.is_opening else thread.title
    names = parse_tags(tags) if tags is not None and post.is_opening else None
    texts = {"title": new_title, "body": text.body, "tags": ", ".join((names or {}).values()), "reason": reason}
    if not post.is_opening:
        del texts["title"]
    stated = personal.check(texts, override, personal.accepted("post", post_id))
    if names is not None:
        set_tags(thread.id, tag_ids(names), _last_activity(thread.id))
    _put(actor, thread, post, text, new_title, reason)
    attach(actor, FILES, post_id, files, [text.body])
    personal.state(actor, stated, "post", post_id)
    touch_post(thread.id, post_id, is_opening=post.is_opening)
    _touch_original(thread)
    touch_citations(post_id, post.html, text.html)
    checking.ask(post_id)
    db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == f"edit:{post_id}"))
    db.session.flush()
    url = thread_url(thread.id, thread.slug if new_title == thread.title else slugify(new_title))
    return url if post.is_opening else permalink(url, post_id)


def _put(actor: Viewer, thread: ThreadRecord, post: PostRecord, text: Text, title: str, reason: str) -> None:
    """The new text in place of the old one; what its author was asked to rephrase is there again. Raises Invalid, Conflict."""
    rewritten = post.withheld == "rephrase" and actor.id == post.author_id
    if (text.body, title) != (post.body, thread.title):
        store_edit(actor, thread, post, text, title, reason)
        if actor.id != post.author_id:
            record(actor, "post.edit", "post", post.id, before={"version": post.version}, reason=reason)
    elif rewritten:
        raise Invalid(_("Teksnya belum berubah. Tulis ulang bagian yang diminta moderator, lalu simpan."), "body")
    if rewritten:
        # At once, and not after another look: the history keeps both texts, and whoever is asked to mend something politely
        # should not wait for days until somebody has time.
        bring_back(thread, post)
        record(actor, "post.rephrased", "post", post.id, before={"note": post.delete_reason})


def replace_text(actor: Viewer, thread: ThreadRecord, post: PostRecord, text: Text, reason: str) -> None:
    """Give a post another text, without a word in the audit log: the caller has one. Raises Conflict."""
    store_edit(actor, thread, post, text, thread.title, reason)
    touch_post(thread.id, post.id, is_opening=post.is_opening)
    touch_citations(post.id, post.html, text.html)


def _last_activity(thread_id: int) -> datetime:
    return db.session.execute(select(Thread.last_activity_at).where(Thread.id == thread_id)).scalar_one()


def store_edit(actor: Viewer, thread: ThreadRecord, post: PostRecord, text: Text, title: str, reason: str) -> None:
    """Keep the text that stood, and put another in its place; the actor may do so. Raises Conflict when somebody else just has."""
    now = clock.now()
    last = db.session.scalar(select(func.max(PostRevision.number)).where(PostRevision.post_id == post.id))
    if last is None:
        _add_revision(
            post.id, 1, post.author_id, thread.title if post.is_opening else "", post.body, "", post.created_at
        )
    _add_revision(post.id, (last or 1) + 1, actor.id, title if post.is_opening else "", text.body, reason, now)
    changed = db.session.execute(
        update(Post)
        .where(Post.id == post.id, Post.version == post.version)
        .values(
            body=text.body,
            html=text.html,
            renderer_version=text.version,
            edited_at=now,
            edited_by_id=None if actor.id == post.author_id else actor.id,
            version=Post.version + 1,
        )
    )
    if rows_changed(changed) != 1:
        raise Conflict(
            _("Kiriman ini sudah disunting orang lain sementara Anda menulis. Bandingkan dahulu dengan teks terbaru.")
        )
    if title != thread.title:
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(title=title, slug=slugify(title)))


def _add_revision(
    post_id: int, number: int, editor_id: int | None, title: str, body: str, reason: str, at: object
) -> None:
    db.session.add(
        PostRevision(
            post_id=post_id,
            number=number,
            editor_id=editor_id,
            title=title,
            body=body,
            reason=reason,
            created_at=at,
        )
    )
    db.session.flush()


def delete_post(actor: Viewer, post_id: int, reason: str = "") -> str:
    """Take a post out of sight; of an opening post the whole thread. What stands below a reply stays.

    A moderator who deletes another's post must say why. Returns the address to go on at. Deleting twice is no error.
    Raises NotFound, Denied, Invalid.
    """
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id)
    gone_to = f"/papan/{_board_slug(thread.board_id)}" if post.is_opening else permalink(thread.url, post_id)
    if post.is_deleted:
        return gone_to
    if not policy.may_delete(actor, thread, post):
        if post.is_opening and post.author_id == actor.id:
            raise Denied(
                _("Diskusi yang sudah dibalas hanya dapat dihapus moderator, karena balasan itu milik penulisnya.")
            )
        raise Denied(_("Hanya penulis dan moderator yang dapat menghapus kiriman ini."))
    reason = reason_text(reason, required=actor.id != post.author_id)
    if not take_away(actor, thread, post, reason):
        return gone_to
    record(actor, "thread.delete" if post.is_opening else "post.delete", "post", post_id, reason=reason)
    return gone_to


def take_away(actor: Viewer, thread: ThreadRecord, post: PostRecord, reason: str, withheld: str = "") -> bool:
    """A post is out of sight from now on, with its thread if it opens that; `withheld` as in the model. False: it was already."""
    now = clock.now()
    deleted = db.session.execute(
        update(Post)
        .where(Post.id == post.id, Post.deleted_at.is_(None))
        .values(
            deleted_at=now, deleted_by_id=actor.id, delete_reason=reason, withheld=withheld, version=Post.version + 1
        )
    )
    if rows_changed(deleted) != 1:
        return False
    if post.is_opening:
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(deleted_at=now, withheld=withheld))
        count_thread(thread, -1)
        touch_whole_thread(thread.id)
        touch_duplicates(thread.id)
        _touch_original(thread)
    else:
        _count_reply(thread, -1)
        was_solution = thread.solution_id == post.id
        if was_solution:
            _clear_solution(thread.id)
        touch(threads=[thread.id] if was_solution else [], replies=[post.id])
    return True


def bring_back(thread: ThreadRecord, post: PostRecord) -> bool:
    """A post that was deleted or withheld is there again. False: it was already."""
    restored = db.session.execute(
        update(Post)
        .where(Post.id == post.id, Post.deleted_at.is_not(None))
        .values(deleted_at=None, deleted_by_id=None, delete_reason="", withheld="", version=Post.version + 1)
    )
    if rows_changed(restored) != 1:
        return False
    if post.is_opening:
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(deleted_at=None, withheld=""))
        count_thread(thread, +1)
        touch_whole_thread(thread.id)
        touch_duplicates(thread.id)
        _touch_original(thread)
    else:
        _count_reply(thread, +1)
        touch(replies=[post.id])
    return True


def _touch_original(thread: ThreadRecord) -> None:
    """What a thread repeats is found by its title too."""
    if thread.duplicate_of_id is not None:
        touch(threads=[thread.duplicate_of_id])


def restore_post(actor: Viewer, post_id: int) -> str:
    """Undo `delete_post`. Returns the address of the post. Raises NotFound, Denied.

    A deleted thread is out of its author's sight too, but they may take back what they did themselves.
    """
    hold_thread_of(post_id)
    thread, post = post_for(actor, post_id, even_deleted=True)
    own_thread = post.is_opening and policy.may_restore(actor, thread, post)
    if thread.is_deleted and not (own_thread or policy.may_moderate(actor, thread.board_id)):
        raise NotFound
    url = thread.url if post.is_opening else permalink(thread.url, post_id)
    if not post.is_deleted:
        return url
    if not policy.may_restore(actor, thread, post):
        raise Denied(_("Kiriman ini dihapus moderator, jadi hanya moderator yang dapat memulihkannya."))
    if not bring_back(thread, post):
        return url
    record(actor, "thread.restore" if post.is_opening else "post.restore", "post", post_id)
    return url


def _board_slug(board_id: int) -> str:
    return db.session.execute(select(Board.slug).where(Board.id == board_id)).scalar_one()


def _count_reply(thread: ThreadRecord, step: int) -> None:
    db.session.execute(update(Thread).where(Thread.id == thread.id).values(reply_count=Thread.reply_count + step))


def count_thread(thread: ThreadRecord, step: int) -> None:
    """A thread comes into its board's list, and those of its tags, or goes out of them."""
    tags = set(db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)))
    count_tags(tags, step)
    db.session.execute(update(Board).where(Board.id == thread.board_id).values(thread_count=Board.thread_count + step))


def _clear_solution(thread_id: int) -> None:
    db.session.execute(
        update(Thread).where(Thread.id == thread_id).values(solution_id=None, solved_by_id=None, solved_at=None)
    )
