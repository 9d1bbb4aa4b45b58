"""After every act of every service the index, once drained, says what the database says: no service forgets to tell search."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.core.viewer import Viewer
from forum.demo import load
from forum.discussions import services
from forum.discussions.models import Board, Post
from forum.discussions.services import (
    boards,
    changing,
    closing,
    curating,
    duplicates,
    editing,
    hiding,
    masking,
    merging,
    moderating,
    reading,
    splitting,
    tags,
    upkeep,
    writing,
)
from forum.discussions.services.masking import MaskedPost
from forum.discussions.services.writing import Written
from forum.moderation.acts import Done
from forum.search import indexer
from tests.factories.accounts import a_member, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_key, a_reply, a_tag, a_text, a_thread, delete


@dataclass(frozen=True)
class World:
    """A solved thread with two tags and three replies, one of them deleted, and a deleted thread with a reply."""

    author: User
    by: Viewer
    admin: Viewer
    board: Board
    thread: Written
    solution: Written
    reply: Written
    deleted_reply: Written
    deleted_thread: Written
    tag_id: int
    other_tag_id: int


@pytest.fixture
def world(app: Flask) -> World:
    author, admin = a_member(unit_id=a_unit().id), an_admin()
    board = a_board("asal")
    a_board("tujuan")
    tag, other = a_tag("pajak", "retribusi").id, a_tag("pbb").id
    thread = a_thread(author, board, title="Judul yang semula ada", tags="pajak, pbb")
    solution, reply, deleted = (a_reply(admin, thread) for _ in range(3))
    gone = a_thread(author, board, tags="pajak")
    a_reply(author, gone)
    by = viewer_for(author)
    with transaction():
        curating.solve(by, solution.post_id, on=True)
    delete(admin, deleted.post_id), delete(admin, gone.post_id)
    world = World(author, by, viewer_for(admin), board, thread, solution, reply, deleted, gone, tag, other)
    indexer.rebuild()
    indexer.drain()
    return world


def edit(world: World, post: Written, **changes: str) -> None:
    changing.edit_post(world.by, post.post_id, **{"version": 1, "text": a_text(), "tags": "pajak, pbb", **changes})


def board_values(world: World) -> dict[str, object]:
    return {
        "slug": "asal", "name": "Nama lain", "description": "", "position": 1, "icon": "road", "colour": "red", "template": "",
    }  # fmt: skip


def outdate(world: World) -> None:
    """A post whose HTML an older renderer made, of a text that today's renders otherwise."""
    with transaction() as session:
        for post_id in (world.thread.post_id, world.reply.post_id):
            session.execute(
                db.update(Post)
                .where(Post.id == post_id)
                .values(body="**Teks** lama sekali", html="<p>**Teks** lama sekali</p>", renderer_version=0)
            )
    indexer.rebuild()
    assert indexer.verify().is_clean
    upkeep.render_again()


WHY = {"reason": "Alasan yang cukup."}


def another(world: World) -> dict[str, str]:
    """A thread that was made just now, as acts name it."""
    made = writing.open_thread(
        world.by, board="asal", kind="question", title="Judul dari diskusi lain", tags="pbb", text=a_text(), key=a_key()
    )
    return {**WHY, "into": str(made.thread_id), "of": str(made.thread_id)}


def branch(world: World) -> dict[str, str]:
    return {**WHY, "title": "Judul diskusi yang baru", "board": "tujuan"}


def taken_back(
    do: Callable[[World], Done], undo: Callable[[Viewer, Mapping[str, Any]], None], *, changes: bool = True
) -> Callable[[World], None]:
    """Do something, and take it back when the index knows of it; `changes`: with a thread that was made meanwhile."""

    def act(world: World) -> None:
        with transaction():
            done = do(world)
            if changes:
                another(world)
        indexer.drain()
        assert indexer.verify().is_clean
        with transaction():
            undo(world.admin, done.undo)

    return act


def mark(world: World) -> Done:
    return duplicates.mark_duplicate(world.admin, world.thread.thread_id, another(world))


def unmark(world: World) -> Done:
    mark(world)
    return duplicates.release(world.admin, world.thread.thread_id, WHY)


# What each act is called, does, and whether it changes a document. Those that open their own transactions say so.
Act = Callable[[World], object]
ACTS: dict[str, tuple[Act, bool]] = {
    "writing.open_thread": (
        lambda w: writing.open_thread(
            w.by, board="asal", kind="question", title="Judul yang baru ada", tags="baru", text=a_text(), key=a_key()
        ),
        True,
    ),
    "writing.post_reply": (
        lambda w: writing.post_reply(w.by, w.thread.thread_id, w.reply.post_id, a_text(), a_key()),
        True,
    ),
    "changing.edit_post title": (lambda w: edit(w, w.thread, title="Judul yang kemudian ada"), True),
    "changing.edit_post tags": (lambda w: edit(w, w.thread, tags="pajak, kadaluarsa"), True),
    "changing.edit_post text": (
        lambda w: changing.edit_post(w.by, w.thread.post_id, version=1, text=a_text("Isi yang lain sekali.")),
        True,
    ),
    "changing.edit_post reply": (
        lambda w: changing.edit_post(w.admin, w.reply.post_id, version=1, text=a_text("Balasan yang lain sekali.")),
        True,
    ),
    "changing.delete_post reply": (lambda w: changing.delete_post(w.admin, w.reply.post_id, "Salah tempat."), True),
    "changing.delete_post solution": (
        lambda w: changing.delete_post(w.admin, w.solution.post_id, "Salah tempat."),
        True,
    ),
    "changing.delete_post thread": (lambda w: changing.delete_post(w.admin, w.thread.post_id, "Ganda."), True),
    "changing.restore_post reply": (lambda w: changing.restore_post(w.admin, w.deleted_reply.post_id), True),
    "changing.restore_post thread": (lambda w: changing.restore_post(w.admin, w.deleted_thread.post_id), True),
    "curating.solve other": (lambda w: curating.solve(w.by, w.reply.post_id, on=True), True),
    "curating.solve off": (lambda w: curating.solve(w.by, w.solution.post_id, on=False), True),
    "curating.pin": (lambda w: curating.pin(w.admin, w.thread.thread_id, on=True), False),
    "curating.lock": (lambda w: curating.lock(w.admin, w.thread.thread_id, on=True, reason="Selesai."), False),
    "curating.move": (lambda w: curating.move(w.admin, w.thread.thread_id, "tujuan"), True),
    "curating.summarise": (
        lambda w: curating.summarise(w.admin, w.thread.thread_id, a_text("Ringkasan diskusi.")),
        True,
    ),
    "reading.vote reply": (lambda w: reading.vote(w.by, w.reply.post_id, on=True), True),
    "reading.vote thread": (lambda w: reading.vote(w.admin, w.thread.post_id, on=True), True),
    "reading.mark_read": (lambda w: reading.mark_read(w.by, w.thread.thread_id, 2), False),
    "reading.mark_all_read": (lambda w: reading.mark_all_read(w.by), False),
    "reading.save_draft": (lambda w: reading.save_draft(w.by, "new", {"title": "Draf", "body": "isi"}), False),
    "tags.create_tag": (lambda w: tags.create_tag(w.admin, "tag baru", ["sinonim baru"]), False),
    "tags.update_tag name": (
        lambda w: tags.update_tag(w.admin, w.tag_id, name="pajak daerah", synonyms=["retribusi"]),
        True,
    ),
    "tags.update_tag synonyms": (
        lambda w: tags.update_tag(w.admin, w.tag_id, name="pajak", synonyms=["retribusi", "pungutan"]),
        True,
    ),
    "tags.merge_tag": (lambda w: tags.merge_tag(w.admin, w.other_tag_id, w.tag_id), True),
    "boards.create_board": (lambda w: boards.create_board(w.admin, slug="baru-sekali", name="Papan yang baru"), False),
    "boards.update_board": (lambda w: boards.update_board(w.admin, w.board.id, **board_values(w)), False),
}  # fmt: skip
ACTS |= {
    "merging.merge": (lambda w: merging.merge(w.admin, w.thread.thread_id, another(w)), True),
    "splitting.split": (lambda w: splitting.split(w.admin, w.solution.post_id, branch(w)), True),
    "hiding.hide": (lambda w: hiding.hide(w.admin, w.solution.post_id, WHY), True),
    "hiding.hide_thread": (lambda w: hiding.hide_thread(w.admin, w.thread.thread_id, WHY), True),
    "hiding.ask_to_rephrase": (lambda w: hiding.ask_to_rephrase(w.admin, w.reply.post_id, WHY), True),
    "hiding.restore": (lambda w: hiding.restore(w.admin, w.deleted_reply.post_id, WHY), True),
    "hiding.restore_thread": (lambda w: hiding.restore_thread(w.admin, w.deleted_thread.thread_id, WHY), True),
    "duplicates.mark_duplicate": (mark, True),
    "duplicates.release": (unmark, True),
    "closing.close": (lambda w: closing.close(w.admin, w.thread.thread_id, WHY), False),
    "closing.open_again": (
        lambda w: (
            closing.close(w.admin, w.thread.thread_id, WHY),
            closing.open_again(w.admin, w.thread.thread_id, WHY),
        ),
        False,
    ),
    "closing.move": (lambda w: closing.move(w.admin, w.thread.thread_id, {**WHY, "board": "tujuan"}), True),
    "editing.edit": (
        lambda w: editing.edit(w.admin, w.reply.post_id, {**WHY, "text": a_text("Teks dari moderator.")}),
        True,
    ),
    "masking.mask_post": (
        lambda w: masking.mask_post(
            w.admin, w.reply.post_id, MaskedPost(1, a_text("Teks yang disamarkan."), ""), "Data pribadi."
        ),
        True,
    ),
    "masking.mask_summary": (
        lambda w: masking.mask_summary(w.admin, w.thread.thread_id, a_text("Ringkasan tersamar."), "Data pribadi."),
        True,
    ),
    "moderating.perform_now": (
        lambda w: moderating.perform_now(w.admin, "post.hide", w.reply.post_id, {}, "Salah."),
        True,
    ),
}
OWN_TRANSACTIONS: dict[str, tuple[Act, bool]] = {
    "upkeep.render_again": (outdate, True),
    "merging.unmerge": (taken_back(ACTS["merging.merge"][0], merging.unmerge), True),
    "splitting.unsplit": (taken_back(ACTS["splitting.split"][0], splitting.unsplit), True),
    "hiding.unhide": (taken_back(ACTS["hiding.hide"][0], hiding.unhide), True),
    "hiding.unrestore": (taken_back(ACTS["hiding.restore"][0], hiding.unrestore), True),
    "duplicates.unmark_duplicate": (taken_back(mark, duplicates.unmark_duplicate), True),
    "duplicates.unrelease": (taken_back(unmark, duplicates.unrelease), True),
    "closing.relock": (taken_back(ACTS["closing.close"][0], closing.relock, changes=False), False),
    "closing.move_back": (taken_back(ACTS["closing.move"][0], closing.move_back), True),
    "editing.unedit": (taken_back(ACTS["editing.edit"][0], editing.unedit), True),
}

# These read, or are parts of the acts above. `tagging` sets the tags of a thread that its callers have indexed.
PARTS = {
    "writing.is_key", "writing.kinds_for", "writing.sent_before", "writing.thread_to_answer", "reading.check_place",
    "reading.discard_draft", "tagging.parse_tags", "tagging.tag_ids", "tagging.set_tags", "tagging.count_tags",
    "changing.replace_text", "changing.store_edit", "changing.take_away",
    "masking.prepare_post", "masking.prepare_summary", "changing.bring_back", "changing.count_thread",
    "closing.lock_of", "closing.set_lock", "closing.put_in", "closing.author_of",
    "moderating.boards_to_split_into", "moderating.boards_to_move_to", "moderating.register",
    "texts.refusal", "texts.mentioned", "texts.render", "texts.post_text", "texts.title_text", "texts.reason_text",
}  # fmt: skip


def test_every_service_is_tried_here() -> None:
    named = set()
    for found in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{found.name}")
        if found.name not in ("touching", "permitted", "placing"):
            named |= {
                f"{found.name}.{name}"
                for name, function in inspect.getmembers(module, inspect.isfunction)
                if function.__module__ == module.__name__ and not name.startswith("_")
            }
    assert named - PARTS == {name.split(" ")[0] for name in ACTS | OWN_TRANSACTIONS}


def prints() -> dict[str, int]:
    from forum.search.indexer import loading

    return {document.key: document.fingerprint for batch in loading.everything(100) for document in batch}


@pytest.mark.parametrize("name", ACTS | OWN_TRANSACTIONS)
def test_after_each_act_the_index_says_what_the_database_says(world: World, name: str) -> None:
    assert indexer.verify() == indexer.Report(documents=3)
    before = prints()
    act, changes = (ACTS | OWN_TRANSACTIONS)[name]
    if name in OWN_TRANSACTIONS:
        act(world)
    else:
        with transaction():
            act(world)
    assert (prints() != before) == changes
    report = indexer.verify()
    assert report.is_clean, "what is on its way is no difference"
    assert bool(report.waiting) == changes
    indexer.drain()
    assert indexer.verify() == indexer.Report(documents=len(prints()))


def test_a_reply_does_not_rewrite_its_thread(world: World) -> None:
    with transaction():
        reply = writing.post_reply(world.by, world.thread.thread_id, world.thread.post_id, a_text(), a_key())
    assert [job.key for job in indexer.claim()] == [f"post:{reply.post_id}"]


def test_the_sample_content_is_found_as_soon_as_it_is_loaded(app: Flask) -> None:
    load.load_sample()
    report = indexer.verify()
    assert report.documents > 200
    assert report == indexer.Report(documents=report.documents)
