"""What moderators do to posts and threads, rule by rule. That the numbers stay right is in test_acts_property."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.viewer import Role, Viewer
from forum.discussions.models import Board, Post, PostRevision, Thread
from forum.discussions.queries import contributions, lists, searching, threads
from forum.discussions.queries.presenting import post_view
from forum.discussions.queries.shapes import ListName, ThreadPage, View
from forum.discussions.queries.taking_up import source_thread
from forum.discussions.services import changing, curating, moderating, placing, reading
from forum.discussions.services.writing import Written
from forum.moderation import acts
from forum.moderation.acts import Done
from tests.factories.accounts import a_member, a_moderator, an_admin, viewer_for
from tests.factories.discussions import (
    a_board,
    a_reply,
    a_text,
    a_thread,
    an_archived_board,
    delete,
    fresh,
    plant,
    replies,
)
from tests.factories.recount import assert_counts_are_right

pytestmark = pytest.mark.usefixtures("app")
WHY = "Alasan yang cukup jelas."


def do(actor: Viewer, name: str, key: int, reason: str = WHY, **values: Any) -> Done:
    db.session.rollback()
    with transaction():
        return acts.act_of(name).perform(actor, key, {**values, "reason": reason})


def by_page(actor: Viewer, name: str, key: int, reason: str, **values: Any) -> str:
    """As the pages do it."""
    db.session.rollback()
    with transaction():
        return moderating.perform_now(actor, name, key, values, reason)


def undo(actor: Viewer, name: str, done: Done) -> None:
    db.session.rollback()
    with transaction():
        acts.act_of(name).undo(actor, json.loads(json.dumps(done.undo)))  # as it is kept


def meant(place: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """`values` with the ids that names in them stand for."""
    return {key: str(place["keys"].get(v, v)) if isinstance(v, str) else v for key, v in values.items()}


def moderator() -> Viewer:
    return viewer_for(a_moderator())


def shown(viewer: Viewer, thread_id: int, view: View = View.NESTED) -> ThreadPage:
    db.session.rollback()
    page = threads.thread_page(viewer, thread_id, view=view)
    assert isinstance(page, ThreadPage)
    return page


class TestEveryAct:
    CASES = (
        ("post.hide", "reply", {}),
        ("post.restore", "hidden", {}),
        ("post.rephrase", "reply", {}),
        ("post.edit", "reply", {"text": a_text("Teks moderator yang baru.")}),
        ("post.split", "reply", {"title": "Judul diskusi yang baru", "board": "sini"}),
        ("thread.hide", "thread", {}),
        ("thread.lock", "thread", {}),
        ("thread.move", "thread", {"board": "sana"}),
        ("thread.merge", "thread", {"into": "other"}),
        ("thread.duplicate", "thread", {"of": "other"}),
    )

    @pytest.fixture
    def place(self) -> dict[str, Any]:
        here = a_board("sini")
        a_board("sana")
        author = a_member()
        thread, other = a_thread(author, here), a_thread(author, here)
        reply, hidden = a_reply(author, thread), a_reply(author, thread)
        do(moderator(), "post.hide", hidden.post_id)
        keys = {"reply": reply.post_id, "hidden": hidden.post_id, "thread": thread.thread_id, "other": other.thread_id}
        return {"keys": keys, "board": here, "author": author}

    @pytest.mark.parametrize(("name", "what", "values"), CASES)
    def test_only_moderators_of_the_board_may(
        self, place: dict[str, Any], name: str, what: str, values: dict[str, Any]
    ) -> None:
        values = meant(place, values)
        for person in (place["author"], a_member(), a_moderator(boards=[])):
            with pytest.raises(Denied):
                do(viewer_for(person), name, place["keys"][what], **values)
        done = do(viewer_for(a_moderator(boards=[place["board"].id])), name, place["keys"][what], **values)
        assert place["author"].id in done.concerned
        for person in (place["author"], a_moderator(boards=[])):
            with pytest.raises((Denied, NotFound)):
                undo(viewer_for(person), name, done)
        undo(viewer_for(an_admin()), name, done)
        assert_counts_are_right()

    @pytest.mark.parametrize(("name", "what", "values"), CASES)
    def test_it_needs_a_reason_and_is_on_record_with_what_was(
        self, place: dict[str, Any], name: str, what: str, values: dict[str, Any]
    ) -> None:
        values = meant(place, values)
        by = moderator()
        with pytest.raises(Invalid) as refused:
            by_page(by, name, place["keys"][what], " \u200b", **values)
        assert refused.value.field == "reason"
        by_page(by, name, place["keys"][what], WHY, **values)
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.actor_id, entry.reason) == (name, by.id, WHY)
        assert entry.before != entry.after

    @pytest.mark.parametrize(("name", "what", "values"), CASES)
    def test_the_second_of_two_moderators_is_told(
        self, place: dict[str, Any], name: str, what: str, values: dict[str, Any]
    ) -> None:
        values = meant(place, values)
        do(moderator(), name, place["keys"][what], **values)
        with pytest.raises((Conflict, Invalid)):
            do(moderator(), name, place["keys"][what], **values)
        assert_counts_are_right()

    @pytest.mark.parametrize(("name", "what", "values"), CASES)
    def test_taking_back_twice_is_refused(
        self, place: dict[str, Any], name: str, what: str, values: dict[str, Any]
    ) -> None:
        values = meant(place, values)
        by = moderator()
        done = do(by, name, place["keys"][what], **values)
        undo(by, name, done)
        with pytest.raises(Conflict):
            undo(by, name, done)
        assert_counts_are_right()


class TestHiding:
    def test_a_hidden_reply_keeps_its_place_and_is_read_by_its_author_and_moderators(self) -> None:
        author, reader = a_member(), a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread, body="Rahasia orang lain di sini.")
        a_reply(reader, thread, reply)
        by = moderator()
        do(by, "post.hide", reply.post_id, "Memuat data pribadi.")
        for viewer, text in (
            (viewer_for(author), True),
            (by, True),
            (viewer_for(an_admin()), True),
            (viewer_for(reader), False),
        ):
            post = next(post for post in shown(viewer, thread.thread_id).posts if post.id == reply.post_id)
            assert ("Rahasia" in post.html) == text
            assert (post.author is not None) == text
            assert (post.withheld, post.delete_reason) == ("hidden", "Memuat data pribadi.")
            assert not post.may.reply and not post.may.vote  # noqa: PT018
        with pytest.raises(Denied), transaction():
            changing.restore_post(viewer_for(author), reply.post_id)
        with pytest.raises(Denied), transaction():
            changing.edit_post(viewer_for(author), reply.post_id, version=2, text=a_text("Teks baru di sini."))

    def test_it_is_in_no_list_search_profile_or_source(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), tags="jalan")
        reply = a_reply(author, thread)
        by = moderator()
        do(by, "post.hide", reply.post_id)
        assert contributions.reply_count(by, author.id) == 0
        assert searching.documents([f"post:{reply.post_id}"]) == ()
        assert [post.id for post in source_thread(by, thread.thread_id).posts] == [thread.post_id]
        do(by, "thread.hide", thread.thread_id)
        db.session.rollback()
        for viewer in (by, viewer_for(author)):
            assert contributions.thread_count(viewer, author.id) == 0
            assert lists.threads_page(viewer, ListName.LATEST, None).threads.is_empty
            assert lists.threads_page(viewer, ListName.MINE, None).threads.is_empty
        assert searching.documents([f"thread:{thread.thread_id}", f"post:{reply.post_id}"]) == ()
        assert searching.count() == 0

    def test_a_hidden_thread_is_there_for_its_author_alone(self) -> None:
        author, other = a_member(), a_member()
        thread = a_thread(author, a_board())
        a_reply(other, thread)
        do(moderator(), "thread.hide", thread.thread_id)
        page = shown(viewer_for(author), thread.thread_id)
        assert (page.thread.withheld, page.thread.may.reply, bool(page.opening.html)) == ("hidden", False, True)
        with pytest.raises(NotFound):
            shown(viewer_for(other), thread.thread_id)

    def test_hiding_the_solution_and_back_leaves_it_the_solution(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(a_member(), thread)
        by = moderator()
        with transaction():
            curating.solve(by, reply.post_id, on=True)
        done = do(by, "post.hide", reply.post_id)
        assert fresh(Thread, thread.thread_id).solution_id is None
        undo(by, "post.hide", done)
        assert fresh(Thread, thread.thread_id).solution_id == reply.post_id


class TestRephrasing:
    def test_the_author_writes_anew_and_the_post_is_back_at_once(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread, body="Petugasnya memang bodoh semua.")
        done = do(moderator(), "post.rephrase", reply.post_id, "Mohon tanpa makian.")
        viewer = viewer_for(author)
        _head, post = post_view(viewer, thread.thread_id, reply.post_id)
        assert (post.may.edit, post.delete_reason, "bodoh" in post.html) == (True, "Mohon tanpa makian.", True)
        _head, post = post_view(viewer_for(a_member()), thread.thread_id, reply.post_id)
        assert (post.may.edit, post.html, post.author) == (False, "", None)
        version = fresh(Post, reply.post_id).version
        with pytest.raises(Invalid) as refused, transaction():
            changing.edit_post(viewer, reply.post_id, version=version, text=a_text("Petugasnya memang bodoh semua."))
        assert refused.value.field == "body"
        with transaction():
            changing.edit_post(viewer, reply.post_id, version=version, text=a_text("Petugasnya belum paham aturan."))
        row = fresh(Post, reply.post_id)
        assert (row.deleted_at, row.withheld, row.edited_by_id) == (None, "", None)
        assert_counts_are_right()
        with pytest.raises(Conflict, match="ditulis ulang"):
            undo(moderator(), "post.rephrase", done)

    def test_a_whole_thread_can_go_back_too(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        do(moderator(), "post.rephrase", thread.post_id)
        version = fresh(Post, thread.post_id).version
        with transaction():
            changing.edit_post(
                viewer_for(author), thread.post_id, version=version, text=a_text(), title="Judul yang lebih baik lagi"
            )
        assert fresh(Thread, thread.thread_id).deleted_at is None
        assert_counts_are_right()


class TestEditing:
    def test_it_is_marked_kept_in_the_history_and_taken_back(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread, body="Nomornya 0812 begini begitu.")
        by = moderator()
        done = do(by, "post.edit", reply.post_id, text=a_text("Nomornya [dihapus moderator]."))
        _head, post = post_view(viewer_for(author), thread.thread_id, reply.post_id)
        assert post.edited_by_moderator
        assert [row.editor_id for row in db.session.scalars(select(PostRevision))] == [author.id, by.id]
        undo(by, "post.edit", done)
        _head, post = post_view(viewer_for(author), thread.thread_id, reply.post_id)
        assert ("0812" in post.html, post.edited_by_moderator, post.edited_at) == (True, False, None)

    def test_an_edit_by_the_author_stands_in_the_way_of_taking_it_back(self) -> None:
        author = a_member()
        reply = a_reply(author, a_thread(author, a_board()))
        done = do(moderator(), "post.edit", reply.post_id, text=a_text("Teks dari moderator."))
        with transaction():
            changing.edit_post(viewer_for(author), reply.post_id, version=2, text=a_text("Teks baru dari saya."))
        with pytest.raises(Conflict):
            undo(moderator(), "post.edit", done)


class TestMerging:
    def two(self) -> tuple[Written, Written]:
        here = a_board()
        return a_thread(a_member(), here, kind="question"), a_thread(a_member(), here, kind="question")

    def test_posts_stand_in_order_of_time_with_their_tree(self) -> None:
        one, other = self.two()
        people = [a_member() for _ in range(2)]
        first = a_reply(people[0], one)
        second = a_reply(people[1], other)
        third = a_reply(people[1], one, first)
        do(moderator(), "thread.merge", one.thread_id, into=str(other.thread_id))
        page = shown(viewer_for(a_member()), other.thread_id, View.FLAT)
        assert [post.id for post in page.posts] == [one.post_id, first.post_id, second.post_id, third.post_id]
        assert [post.depth for post in page.posts] == [1, 2, 1, 3]
        assert page.thread.reply_count == 4
        with pytest.raises(NotFound):
            threads.thread_page(viewer_for(a_member()), one.thread_id)
        assert_counts_are_right()

    def test_a_question_takes_the_answer_along_and_gives_it_back(self) -> None:
        one, other = self.two()
        reply = a_reply(a_member(), one)
        by = moderator()
        with transaction():
            curating.solve(by, reply.post_id, on=True)
        done = do(
            by, "thread.merge", one.thread_id, into=f"https://rembuk.example/diskusi/{other.thread_id}-apa-saja?x=1#p-3"
        )
        assert fresh(Thread, other.thread_id).solution_id == reply.post_id
        undo(by, "thread.merge", done)
        assert fresh(Thread, other.thread_id).solution_id is None
        assert fresh(Thread, one.thread_id).solution_id == reply.post_id

    def test_replies_written_since_go_back_with_what_they_answer(self) -> None:
        one, other = self.two()
        by = moderator()
        done = do(by, "thread.merge", one.thread_id, into=str(other.thread_id))
        beneath = a_reply(a_member(), Written(one.post_id, other.thread_id, ""), one.post_id)
        beside = a_reply(a_member(), other)
        undo(by, "thread.merge", done)
        assert fresh(Post, beneath.post_id).thread_id == one.thread_id
        assert fresh(Post, beside.post_id).thread_id == other.thread_id
        assert_counts_are_right()

    def test_it_is_refused_where_it_would_make_no_sense_or_show_what_is_closed(self) -> None:
        here, closed, archived = a_board(), a_board(readers=[Role.MODERATOR]), an_archived_board("arsip")
        author, by = a_moderator(), moderator()
        one, gone, hidden = (a_thread(author, here) for _ in range(3))
        inside = a_thread(author, closed)
        delete(a_moderator(), gone.post_id)
        do(by, "thread.hide", hidden.thread_id)
        old = a_thread(author, here)
        with transaction() as session:
            session.get(Thread, old.thread_id).board_id = archived.id
        for into in (one, gone, hidden, inside, old):
            with pytest.raises(Invalid) as refused:
                do(by, "thread.merge", one.thread_id, into=str(into.thread_id))
            assert refused.value.field == "into"
        with pytest.raises(Invalid):
            do(by, "thread.merge", inside.thread_id, into=str(one.thread_id))
        for text in ("", "x", "0", "9" * 30, "/diskusi/", "-1", "99999"):
            with pytest.raises(Invalid) as refused:
                do(by, "thread.merge", one.thread_id, into=text)
            assert refused.value.field == "into"
        with pytest.raises(Conflict):
            do(by, "thread.merge", hidden.thread_id, into=str(one.thread_id))
        limited = viewer_for(a_moderator(boards=[here.id]))
        elsewhere = a_thread(a_member(), a_board())
        with pytest.raises(Invalid) as refused:
            do(limited, "thread.merge", one.thread_id, into=str(elsewhere.thread_id))
        secret = a_thread(author, a_board(readers=[Role.ADMIN]))
        told = set()
        for into in (secret.thread_id, 99999):
            with pytest.raises(Invalid) as refused:
                do(limited, "thread.merge", one.thread_id, into=str(into))
            told.add(str(refused.value))
        assert len(told) == 1, "what is closed must look like what is not there"

    def test_a_thread_that_was_split_out_of_the_merged_part_stands_in_the_way(self) -> None:
        one, other = self.two()
        a_reply(a_member(), one)
        by = moderator()
        done = do(by, "thread.merge", one.thread_id, into=str(other.thread_id))
        do(by, "post.split", one.post_id, title="Diskusi yang lain lagi", board=fresh_board(other))
        with pytest.raises(Conflict, match="diskusi lain"):
            undo(by, "thread.merge", done)

    def test_too_large_a_thread_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(placing, "MOST_POSTS", 10)
        one, other = self.two()
        plant(a_member(), one, [None] * 6)
        plant(a_member(), other, [None] * 6)
        with pytest.raises(Conflict, match="terlalu besar"):
            do(moderator(), "thread.merge", one.thread_id, into=str(other.thread_id))


def fresh_board(thread: Written) -> str:
    db.session.rollback()
    return db.session.get(Board, db.session.get(Thread, thread.thread_id).board_id).slug


class TestSplitting:
    def test_a_branch_becomes_a_thread_and_leaves_a_mark(self) -> None:
        here, there = a_board(), a_board()
        author, asker = a_member(), a_member()
        thread = a_thread(asker, here)
        ids = replies(author, thread, [None, 0, 1, None])
        done = do(moderator(), "post.split", ids[0], title="Hal yang sama sekali lain", board=there.slug)
        new = done.undo["thread"]
        page = shown(viewer_for(asker), new)
        assert (page.thread.title, page.thread.board.id, page.thread.author.id) == (
            "Hal yang sama sekali lain",
            there.id,
            author.id,
        )
        assert [post.id for post in page.posts] == [ids[1], ids[2]]
        old = shown(viewer_for(asker), thread.thread_id)
        assert [(post.id == ids[3], post.moved_url) for post in old.posts] == [(False, f"/diskusi/{new}"), (True, None)]
        assert old.thread.reply_count == 1
        assert set(done.concerned) == {author.id, asker.id}
        assert_counts_are_right()

    def test_a_mark_is_nothing_that_can_be_restored_answered_or_hidden(self) -> None:
        board = a_board()
        thread = a_thread(a_member(), board)
        reply = a_reply(a_member(), thread)
        by = moderator()
        done = do(by, "post.split", reply.post_id, title="Hal yang sama sekali lain", board=board.slug)
        mark = done.undo["mark"]
        for act in ("post.hide", "post.restore", "post.rephrase"):
            with pytest.raises(Conflict):
                do(by, act, mark)
        with pytest.raises(Conflict):
            do(by, "post.split", mark, title="Hal yang sama sekali lain", board=board.slug)
        with pytest.raises(Denied), transaction():
            changing.restore_post(by, mark)
        with pytest.raises(Conflict):
            a_reply(a_member(), thread, mark)
        assert_counts_are_right()

    def test_it_is_refused_for_an_opening_post_and_for_boards_that_one_does_not_moderate(self) -> None:
        here, there = a_board(), a_board()
        thread = a_thread(a_member(), here)
        reply = a_reply(a_member(), thread)
        by = viewer_for(a_moderator(boards=[here.id]))
        good = {"title": "Hal yang sama sekali lain", "board": here.slug}
        with pytest.raises(Invalid, match="pembuka"):
            do(by, "post.split", thread.post_id, **good)
        secret = a_board(readers=[Role.ADMIN])
        for board in (there.slug, an_archived_board("lama").slug, secret.slug, "tidak-ada", ""):
            with pytest.raises(Invalid) as refused:
                do(by, "post.split", reply.post_id, **{**good, "board": board})
            assert refused.value.field == "board"
        for field, value in (("title", "pendek"), ("title", ""), ("title", "x" * 151), ("kind", "announcement")):
            with pytest.raises(Invalid) as refused:
                do(by, "post.split", reply.post_id, **{**good, field: value})
            assert refused.value.field == field

    def test_what_has_become_of_the_new_thread_stands_in_the_way(self) -> None:
        board = a_board()
        thread, third = a_thread(a_member(), board), a_thread(a_member(), board)
        by = moderator()
        for spoil in ("thread.hide", "thread.merge", "thread.duplicate"):
            reply = a_reply(a_member(), thread)
            done = do(by, "post.split", reply.post_id, title="Hal yang sama sekali lain", board=board.slug)
            other = str(third.thread_id)
            do(by, spoil, done.undo["thread"], into=other, of=other)
            with pytest.raises(Conflict):
                undo(by, "post.split", done)
            assert_counts_are_right()

    def test_readers_have_read_in_both_what_they_had_read_before(self) -> None:
        board, reader = a_board(), viewer_for(a_member())
        thread = a_thread(a_member(), board)
        ids = replies(a_member(), thread, [None, 0, None, 0, None])
        with transaction():
            reading.mark_read(reader, thread.thread_id, 4)
        done = do(moderator(), "post.split", ids[0], title="Hal yang sama sekali lain", board=board.slug)
        old, new = shown(reader, thread.thread_id), shown(reader, done.undo["thread"])
        assert (old.last_number, old.unread_count) == (4, 1)
        assert (new.last_number, new.unread_count) == (3, 1)


class TestDuplicates:
    def test_a_duplicate_is_locked_led_on_and_found_through_the_original(self) -> None:
        board, author = a_board(), a_member()
        original = a_thread(author, board, title="Lampu jalan padam di gang")
        twin = a_thread(author, board, title="Penerangan umum mati sebulan")
        reply = a_reply(author, twin)
        by = moderator()
        done = do(by, "thread.duplicate", twin.thread_id, of=str(original.thread_id))
        head = shown(viewer_for(author), twin.thread_id).thread
        assert (head.is_duplicate, head.is_locked) == (True, True)
        assert head.original == ("Lampu jalan padam di gang", original.url)
        rows = lists.threads_page(by, ListName.LATEST, None).threads.rows
        assert {row.id: row.is_duplicate for row in rows} == {original.thread_id: False, twin.thread_id: True}
        keys = [f"thread:{twin.thread_id}", f"post:{reply.post_id}", f"thread:{original.thread_id}"]
        (found,) = searching.documents(keys)
        assert (found.key, "Penerangan umum mati" in found.body) == (keys[2], True)
        do(by, "thread.hide", original.thread_id)
        assert {one.key for one in searching.documents(keys)} == set(keys[:2])
        do(by, "thread.restore", original.thread_id)
        undo(by, "thread.duplicate", done)
        head = shown(viewer_for(author), twin.thread_id).thread
        assert (head.is_duplicate, head.is_locked) == (False, False)

    def test_there_are_no_circles_and_nothing_closed_is_named(self) -> None:
        board = a_board()
        one, two, three = (a_thread(a_member(), board) for _ in range(3))
        by = moderator()
        do(by, "thread.duplicate", one.thread_id, of=str(two.thread_id))
        for of in (one, two):
            with pytest.raises(Invalid) as refused:
                do(by, "thread.duplicate", two.thread_id, of=str(of.thread_id))
            assert refused.value.field == "of"
        with pytest.raises(Invalid):
            do(by, "thread.merge", two.thread_id, into=str(one.thread_id))
        with pytest.raises(Conflict):
            do(by, "thread.duplicate", one.thread_id, of=str(three.thread_id))
        inside = a_thread(a_moderator(), a_board(readers=[Role.MODERATOR]))
        with pytest.raises(Invalid):
            do(by, "thread.duplicate", three.thread_id, of=str(inside.thread_id))
        done = do(by, "thread.unduplicate", one.thread_id)
        do(by, "thread.duplicate", two.thread_id, of=str(one.thread_id))
        with pytest.raises(Conflict):
            undo(by, "thread.unduplicate", done)

    def test_the_title_of_an_original_that_moved_away_is_not_told(self) -> None:
        board, closed = a_board(), a_board("tertutup", readers=[Role.MODERATOR])
        one, two = a_thread(a_member(), board), a_thread(a_member(), board)
        by = moderator()
        do(by, "thread.duplicate", one.thread_id, of=str(two.thread_id))
        do(by, "thread.move", two.thread_id, board=closed.slug)
        assert shown(viewer_for(a_member()), one.thread_id).thread.original is None
        assert shown(by, one.thread_id).thread.original is not None

    def test_what_repeats_a_thread_repeats_the_one_that_it_joins(self) -> None:
        board = a_board()
        twin, original, bigger = (a_thread(a_member(), board) for _ in range(3))
        by = moderator()
        do(by, "thread.duplicate", twin.thread_id, of=str(original.thread_id))
        done = do(by, "thread.merge", original.thread_id, into=str(bigger.thread_id))
        assert fresh(Thread, twin.thread_id).duplicate_of_id == bigger.thread_id
        undo(by, "thread.merge", done)
        assert fresh(Thread, twin.thread_id).duplicate_of_id == original.thread_id
