"""What moderators can do to posts and threads, offered to moderation; and doing it where no case is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.models import Board, Post, Thread
from forum.discussions.queries.boards import boards_with_rules
from forum.discussions.services import closing, duplicates, editing, hiding, merging, splitting
from forum.discussions.services.permitted import moderated
from forum.moderation import acts
from forum.moderation.acts import Act, Field
from forum.moderation.queries.rulings import ruling_for
from forum.moderation.services import perform


def perform_now(actor: Viewer, name: str, object_id: int, values: Mapping[str, Any], reason: str) -> str:
    """Do the act `name` to an object, as moderation does it: it is told, on record, and can be taken back.

    Returns the address of what it was done to. Raises what the act raises, and Invalid (field 'reason').
    """
    act = acts.act_of(name)
    if act is None:
        raise NotFound
    if act.kind == "thread":
        moderated(actor, object_id)  # of a thread that was merged there is nothing to read, but it is said
    ruling = perform(actor, name, object_id, values, reason)
    return ruling_for(actor, ruling).subject_url


def boards_to_split_into(actor: Viewer, post_id: int = 0) -> Sequence[tuple[str, str]]:
    """Slug and name of the boards in which `actor` may make a thread of others' replies: those in use that they moderate."""
    found = boards_with_rules(actor, ~Board.is_archived)
    return [(card.ref.slug, card.ref.name) for card, rules in found if policy.may_moderate(actor, rules.id)]


def boards_to_move_to(actor: Viewer, thread_id: int = 0) -> Sequence[tuple[str, str]]:
    """Slug and name of the boards in use in which `actor` may open a thread."""
    return [
        (card.ref.slug, card.ref.name) for card, _rules in boards_with_rules(actor, ~Board.is_archived) if card.may_post
    ]


def register() -> None:
    """Offer everything; in the order in which it is shown."""
    for act in (*_POSTS, *_THREADS):
        acts.register(act)


def _post(post_id: int) -> Any:
    return db.session.execute(
        select(Post.number, Post.deleted_at, Post.withheld).where(Post.id == post_id)
    ).one_or_none()


def _thread(thread_id: int) -> Any:
    return db.session.execute(
        select(Thread.deleted_at, Thread.locked_at, Thread.duplicate_of_id).where(
            Thread.id == thread_id, Thread.merged_as_id.is_(None)
        )
    ).one_or_none()


def _shown_post(actor: Viewer, post_id: int) -> bool:
    post = _post(post_id)
    return post is not None and post.deleted_at is None


def _shown_reply(actor: Viewer, post_id: int) -> bool:
    post = _post(post_id)
    return post is not None and post.deleted_at is None and post.number > 1


def _gone_post(actor: Viewer, post_id: int) -> bool:
    post = _post(post_id)
    return post is not None and post.deleted_at is not None and post.withheld != "moved"


def _shown_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.deleted_at is None


def _gone_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.deleted_at is not None


def _open_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.deleted_at is None and thread.locked_at is None


def _locked_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.locked_at is not None


def _original_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.deleted_at is None and thread.duplicate_of_id is None


def _duplicate_thread(actor: Viewer, thread_id: int) -> bool:
    thread = _thread(thread_id)
    return thread is not None and thread.duplicate_of_id is not None


_POSTS = (
    Act(
        "post.hide",
        "post",
        lazy("Sembunyikan"),
        lazy("Kiriman Anda dalam “%(title)s” disembunyikan moderator. Anda tetap dapat membacanya."),
        hiding.hide,
        hiding.unhide,
        offered=_shown_post,
    ),
    Act(
        "post.restore",
        "post",
        lazy("Tampilkan lagi"),
        lazy("Kiriman Anda dalam “%(title)s” ditampilkan lagi."),
        hiding.restore,
        hiding.unrestore,
        offered=_gone_post,
    ),
    Act(
        "post.rephrase",
        "post",
        lazy("Minta ditulis ulang"),
        lazy(
            "Moderator meminta Anda menulis ulang kiriman Anda dalam “%(title)s”. Sesudah Anda sunting, kiriman itu tampil lagi."
        ),
        hiding.ask_to_rephrase,
        hiding.unhide,
        offered=_shown_post,
    ),
    Act(
        "post.edit",
        "post",
        lazy("Sunting dengan tanda"),
        lazy("Kiriman Anda dalam “%(title)s” disunting moderator. Teks sebelumnya ada di riwayatnya."),
        editing.edit,
        editing.unedit,
        fields=(Field("body", lazy("Teks baru")),),
        offered=lambda actor, post_id: False,
    ),
    Act(
        "post.split",
        "post",
        lazy("Jadikan diskusi sendiri"),
        lazy("Balasan Anda, beserta tanggapannya, menjadi diskusi sendiri: “%(title)s”."),
        splitting.split,
        splitting.unsplit,
        fields=(
            Field("title", lazy("Judul diskusi baru")),
            Field("board", lazy("Papan"), "choice", options=boards_to_split_into),
        ),
        offered=_shown_reply,
    ),
)
_THREADS = (
    Act(
        "thread.hide",
        "thread",
        lazy("Sembunyikan diskusi"),
        lazy("Diskusi Anda “%(title)s” disembunyikan moderator. Anda tetap dapat membacanya."),
        hiding.hide_thread,
        hiding.unhide,
        offered=_shown_thread,
    ),
    Act(
        "thread.restore",
        "thread",
        lazy("Tampilkan lagi"),
        lazy("Diskusi Anda “%(title)s” ditampilkan lagi."),
        hiding.restore_thread,
        hiding.unrestore,
        offered=_gone_thread,
    ),
    Act(
        "thread.lock",
        "thread",
        lazy("Kunci"),
        lazy("Diskusi Anda “%(title)s” dikunci moderator: tetap terbaca, tetapi tidak menerima balasan baru."),
        closing.close,
        closing.relock,
        offered=_open_thread,
    ),
    Act(
        "thread.unlock",
        "thread",
        lazy("Buka kunci"),
        lazy("Diskusi Anda “%(title)s” dibuka lagi untuk balasan."),
        closing.open_again,
        closing.relock,
        offered=_locked_thread,
    ),
    Act(
        "thread.move",
        "thread",
        lazy("Pindahkan ke papan lain"),
        lazy("Diskusi Anda “%(title)s” dipindahkan ke papan lain. Alamatnya tetap."),
        closing.move,
        closing.move_back,
        fields=(Field("board", lazy("Papan tujuan"), "choice", options=boards_to_move_to),),
        offered=_shown_thread,
    ),
    Act(
        "thread.merge",
        "thread",
        lazy("Gabungkan dengan diskusi lain"),
        lazy("Diskusi “%(title)s” digabungkan dengan diskusi lain. Alamat lamanya mengantar ke sana."),
        merging.merge,
        merging.unmerge,
        fields=(Field("into", lazy("Nomor atau alamat diskusi tujuan")),),
        offered=_shown_thread,
    ),
    Act(
        "thread.duplicate",
        "thread",
        lazy("Tandai duplikat"),
        lazy(
            "Diskusi Anda “%(title)s” ditandai duplikat: jawabannya ada di diskusi lain, dan pembaca diantar ke sana."
        ),
        duplicates.mark_duplicate,
        duplicates.unmark_duplicate,
        fields=(Field("of", lazy("Nomor atau alamat diskusi asli")),),
        offered=_original_thread,
    ),
    Act(
        "thread.unduplicate",
        "thread",
        lazy("Lepas tanda duplikat"),
        lazy("Diskusi Anda “%(title)s” tidak lagi ditandai duplikat."),
        duplicates.release,
        duplicates.unrelease,
        offered=_duplicate_thread,
    ),
)
