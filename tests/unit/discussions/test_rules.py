"""The rules of writing, changing and curating, one by one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound, TooLarge
from forum.core.viewer import Role, Viewer
from forum.discussions.models import Board, Draft, Post, PostRevision, ReadMark, Tag, Thread
from forum.discussions.queries import drafts, lists, threads
from forum.discussions.queries.history import history_page
from forum.discussions.queries.shapes import ListName
from forum.discussions.services import changing, curating, reading, tagging, texts, writing
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import (
    a_board,
    a_key,
    a_reply,
    a_tag,
    a_text,
    a_thread,
    an_archived_board,
    delete,
    fresh,
    lock,
    replies,
    restore,
)
from tests.factories.recount import assert_counts_are_right, row_count

pytestmark = pytest.mark.usefixtures("app")


def write(actor: Viewer, verb, *arguments, **more):
    with transaction():
        return verb(actor, *arguments, **more)


def open_with(actor: Viewer, board: str, **changes: object) -> writing.Written:
    values = {"kind": "question", "title": "Bagaimana cara mengurusnya", "tags": "", "text": a_text(), "key": a_key()}
    return write(actor, writing.open_thread, board=board, **{**values, **changes})


class TestKeys:
    def test_the_same_key_makes_one_thread_and_leads_to_the_same_address(self) -> None:
        actor, board = viewer_for(a_member()), a_board("jalan")
        first, second = (open_with(actor, board.slug, key="kunci-yang-sama") for _ in range(2))
        assert first == second
        assert row_count(Thread) == row_count(Post) == 1

    def test_the_same_key_makes_one_reply_and_leads_to_the_same_address(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        actor = viewer_for(author)
        sent = [
            write(actor, writing.post_reply, thread.thread_id, thread.post_id, a_text(), "kunci-yang-sama")
            for _ in range(3)
        ]
        assert len(set(sent)) == 1
        assert_counts_are_right()
        assert row_count(Post) == 2

    def test_two_people_may_use_the_same_key(self) -> None:
        board = a_board("jalan")
        for actor in (viewer_for(a_member()), viewer_for(a_member())):
            open_with(actor, board.slug, key="kunci-yang-sama")
        assert row_count(Thread) == 2

    @pytest.mark.parametrize("key", ["", "pendek", "x" * 65, "kunci\x00yang salah", "kunci yang panjang é"])
    def test_a_form_without_a_proper_key_is_refused(self, key: str) -> None:
        with pytest.raises(Invalid):
            open_with(viewer_for(a_member()), a_board().slug, key=key)
        assert row_count(Thread) == 0


class TestOpening:
    def test_an_unknown_or_hidden_board_is_no_choice(self) -> None:
        hidden = a_board(readers=[Role.MODERATOR]).slug
        for slug in (hidden, "tidak-ada", "", "\x00"):
            with pytest.raises(Invalid) as refused:
                open_with(viewer_for(a_member()), slug)
            assert refused.value.field == "board"

    def test_a_board_where_only_some_may_post_refuses_the_others(self) -> None:
        unit = a_unit().id
        board = a_board(posters=[unit])
        with pytest.raises(Denied):
            open_with(viewer_for(a_member()), board.slug)
        for actor in (a_member(unit_id=unit), a_moderator(boards=[board.id]), an_admin()):
            open_with(viewer_for(actor), board.slug)
        assert row_count(Thread) == 3

    def test_an_archived_board_takes_nothing_new(self) -> None:
        with pytest.raises(Denied):
            open_with(viewer_for(an_admin()), an_archived_board("arsip").slug)

    @pytest.mark.parametrize("kind", ["announcement", "scheduled"])
    def test_announcements_are_for_moderators_of_the_board(self, kind: str) -> None:
        board = a_board()
        for actor in (a_member(), a_moderator(boards=[])):
            with pytest.raises(Invalid) as refused:
                open_with(viewer_for(actor), board.slug, kind=kind)
            assert refused.value.field == "kind"
        open_with(viewer_for(a_moderator(boards=[board.id])), board.slug, kind=kind)

    @pytest.mark.parametrize("kind", ["", "xyz", "QUESTION", "question "])
    def test_a_kind_that_does_not_exist_is_refused(self, kind: str) -> None:
        with pytest.raises(Invalid):
            open_with(viewer_for(a_member()), a_board().slug, kind=kind)

    @pytest.mark.parametrize(
        "title", ["", "   ", "pendek", "\u200b" * 30, "\u3164" * 30, "\n\t", "x" * 151, "a" * 100_000]
    )
    def test_a_title_must_be_visible_and_of_reasonable_length(self, title: str) -> None:
        with pytest.raises(Invalid) as refused:
            open_with(viewer_for(a_member()), a_board().slug, title=title)
        assert refused.value.field == "title"

    @pytest.mark.parametrize(
        "title", ["x" * 10, "y" * 150, "  sepuluh hrf  ", "Judul\nyang\tpatah baris", "<b>Judul tebal</b>"]
    )
    def test_a_title_is_kept_as_one_line(self, title: str) -> None:
        written = open_with(viewer_for(a_member()), a_board().slug, title=title)
        assert fresh(Thread, written.thread_id).title == " ".join(title.split())


class TestReplying:
    def test_a_locked_thread_takes_replies_of_its_moderators_only(self) -> None:
        board = a_board()
        member, here, elsewhere = a_member(), a_moderator(boards=[board.id]), a_moderator(boards=[])
        thread = a_thread(member, board)
        lock(here, thread)
        for author in (member, elsewhere):
            with pytest.raises(Denied):
                a_reply(author, thread)
        a_reply(here, thread)
        assert_counts_are_right()

    def test_an_archived_board_takes_no_replies_even_of_admins(self) -> None:
        board, admin = a_board(), an_admin()
        thread = a_thread(admin, board)
        with transaction():
            db.session.get(Board, board.id).is_archived = True
        with pytest.raises(Denied):
            a_reply(admin, thread)

    def test_a_deleted_thread_says_that_it_was_deleted(self) -> None:
        member, admin = a_member(), an_admin()
        thread = a_thread(member, a_board())
        delete(admin, thread.post_id)
        for author in (member, admin, a_member()):
            with pytest.raises(Conflict):
                a_reply(author, thread)

    def test_a_deleted_thread_of_a_board_that_one_may_not_read_is_not_there(self) -> None:
        admin = an_admin()
        thread = a_thread(admin, a_board(readers=[Role.ADMIN]))
        delete(admin, thread.post_id)
        with pytest.raises(NotFound):
            a_reply(a_member(), thread)

    def test_a_deleted_post_takes_no_replies(self) -> None:
        member = a_member()
        thread = a_thread(member, a_board())
        reply = a_reply(member, thread)
        delete(member, reply.post_id)
        with pytest.raises(Conflict):
            a_reply(member, thread, reply)

    def test_the_post_of_another_thread_is_no_parent(self) -> None:
        member, board = a_member(), a_board()
        thread, other = a_thread(member, board), a_thread(member, board)
        for parent in (other.post_id, 10**9, 2**63 - 1):
            with pytest.raises(NotFound):
                a_reply(member, thread, parent)
        assert row_count(Post) == 2

    def test_a_reply_brings_its_thread_and_board_to_the_top(self) -> None:
        member, board = a_member(), a_board()
        with clock.fixed(NOW):
            thread = a_thread(member, board, tags="jalan")
        with clock.fixed(NOW + timedelta(hours=1)):
            a_reply(member, thread)
        assert fresh(Thread, thread.thread_id).last_activity_at == NOW + timedelta(hours=1)
        assert fresh(Board, board.id).last_activity_at == NOW + timedelta(hours=1)
        assert_counts_are_right()


class TestEditing:
    def test_every_text_that_a_post_had_is_kept(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), title="Judul yang pertama", body="Teks pertama yang panjang.")
        actor = viewer_for(author)
        for number, title in ((1, "Judul yang kedua"), (2, "Judul yang ketiga")):
            write(
                actor, changing.edit_post, thread.post_id, version=number, text=a_text(f"Teks ke-{number + 1} di sini."),
                title=title, reason="perbaikan",
            )  # fmt: skip
        rows = db.session.scalars(select(PostRevision).order_by(PostRevision.number)).all()
        assert [(row.number, row.title, row.body, row.reason) for row in rows] == [
            (1, "Judul yang pertama", "Teks pertama yang panjang.", ""),
            (2, "Judul yang kedua", "Teks ke-2 di sini.", "perbaikan"),
            (3, "Judul yang ketiga", "Teks ke-3 di sini.", "perbaikan"),
        ]
        assert fresh(Thread, thread.thread_id).slug == "judul-yang-ketiga"
        assert fresh(Post, thread.post_id).edited_at is not None

    def test_saving_without_a_change_is_no_edit(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), body="Teks pertama yang panjang.")
        write(
            viewer_for(author), changing.edit_post, thread.post_id, version=1, text=a_text("Teks pertama yang panjang.")
        )
        assert row_count(PostRevision) == 0
        assert fresh(Post, thread.post_id).edited_at is None

    @pytest.mark.parametrize("version", [0, 2, 999])
    def test_an_edit_of_another_version_is_a_conflict(self, version: int) -> None:
        author = a_member()
        reply = a_reply(author, a_thread(author, a_board()), body="Teks yang sekarang berlaku.")
        with pytest.raises(Conflict):
            write(
                viewer_for(author),
                changing.edit_post,
                reply.post_id,
                version=version,
                text=a_text("Teks baru di sini."),
            )
        assert fresh(Post, reply.post_id).body == "Teks yang sekarang berlaku."

    def test_only_the_author_and_moderators_of_the_board_edit(self) -> None:
        author, board = a_member(), a_board()
        reply = a_reply(author, a_thread(a_member(), board))
        for actor in (a_member(), a_moderator(boards=[])):
            with pytest.raises(Denied):
                write(
                    viewer_for(actor), changing.edit_post, reply.post_id, version=1, text=a_text("Teks baru di sini.")
                )
        write(
            viewer_for(a_moderator(boards=[board.id])), changing.edit_post, reply.post_id, version=1,
            text=a_text("Teks baru di sini."),
        )  # fmt: skip
        assert db.session.scalars(select(AuditEntry.action)).all() == ["post.edit"]

    def test_the_title_belongs_to_the_opening_post(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), title="Judul yang pertama")
        reply = a_reply(author, thread)
        write(
            viewer_for(author), changing.edit_post, reply.post_id, version=1, text=a_text("Teks baru di sini."),
            title="Judul rebutan orang", tags="rebutan",
        )  # fmt: skip
        assert fresh(Thread, thread.thread_id).title == "Judul yang pertama"
        assert row_count(Tag) == 0

    def test_history_is_for_the_author_and_moderators(self) -> None:
        author, board = a_member(), a_board()
        thread = a_thread(author, board)
        reply = a_reply(author, thread, body="Nomor saya 0812 dan lain-lain.")
        write(
            viewer_for(author),
            changing.edit_post,
            reply.post_id,
            version=1,
            text=a_text("Nomor saya dihapus dari sini."),
        )
        for person in (a_member(), a_moderator(boards=[])):
            with pytest.raises(Denied):
                history_page(viewer_for(person), reply.post_id, None, None)
        for person in (author, a_moderator(boards=[board.id]), an_admin()):
            page = history_page(viewer_for(person), reply.post_id, None, None)
            assert [line.number for line in page.revisions] == [2, 1]
            assert "0812" in "".join(piece.text for piece in page.body_diff if piece.kind == "removed")
        for older, newer in ((0, 1), (1, 3), (9, 9)):
            with pytest.raises(NotFound):
                history_page(viewer_for(author), reply.post_id, older, newer)
        with pytest.raises(NotFound):
            history_page(viewer_for(author), thread.post_id, None, None)


class TestDeleting:
    def test_a_moderator_must_say_why_and_an_author_need_not(self) -> None:
        author, moderator = a_member(), a_moderator()
        thread = a_thread(author, a_board())
        first, second = a_reply(author, thread), a_reply(author, thread)
        with pytest.raises(Invalid) as refused:
            delete(moderator, first.post_id, " \u200b ")
        assert refused.value.field == "reason"
        with pytest.raises(Invalid):
            delete(moderator, first.post_id, "x" * 201)
        delete(author, second.post_id, "")
        assert fresh(Post, second.post_id).deleted_by_id == author.id
        assert_counts_are_right()

    def test_authors_take_back_what_they_deleted_themselves_a_whole_thread_too(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), tags="jalan")
        reply = a_reply(author, thread)
        delete(author, reply.post_id, "")
        restore(author, reply.post_id)
        delete(author, reply.post_id, "")
        delete(author, thread.post_id, "")
        with pytest.raises(NotFound):
            threads.thread_page(viewer_for(author), thread.thread_id)
        with pytest.raises(NotFound):
            restore(author, reply.post_id)
        with pytest.raises(NotFound):
            restore(a_member(), thread.post_id)
        restore(author, thread.post_id)
        assert threads.thread_page(viewer_for(author), thread.thread_id).thread.reply_count == 0
        assert_counts_are_right()

    def test_what_a_moderator_deleted_stays_deleted(self) -> None:
        author, moderator = a_member(), a_moderator()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread)
        delete(moderator, reply.post_id)
        with pytest.raises(Denied):
            restore(author, reply.post_id)
        delete(moderator, thread.post_id)
        with pytest.raises(NotFound):
            restore(author, thread.post_id)
        restore(moderator, thread.post_id)
        restore(moderator, reply.post_id)
        assert_counts_are_right()

    def test_an_answered_question_belongs_to_those_who_answered_too(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        a_reply(a_member(), thread)
        with pytest.raises(Denied, match="moderator"):
            delete(author, thread.post_id)
        assert fresh(Thread, thread.thread_id).deleted_at is None

    def test_deleting_the_solution_takes_the_mark_away(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread)
        write(viewer_for(author), curating.solve, reply.post_id, on=True)
        delete(author, reply.post_id)
        row = fresh(Thread, thread.thread_id)
        assert (row.solution_id, row.solved_by_id, row.solved_at) == (None, None, None)
        restore(author, reply.post_id)
        assert fresh(Thread, thread.thread_id).solution_id is None

    def test_every_deletion_and_restoration_is_on_record(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread)
        for act in (delete, restore):
            act(author, reply.post_id)
        actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["post.delete", "post.restore"]


class TestVoting:
    def test_a_person_has_one_vote_a_post(self) -> None:
        author = a_member()
        reply = a_reply(author, a_thread(author, a_board()))
        voter = viewer_for(a_member())
        counts = [write(voter, reading.vote, reply.post_id, on=on)[1] for on in (True, True, False, False, True)]
        assert counts == [1, 1, 0, 0, 1]
        assert_counts_are_right()

    def test_nobody_votes_for_themselves_or_for_what_was_deleted(self) -> None:
        author, admin = a_member(), an_admin()
        thread = a_thread(author, a_board())
        reply = a_reply(author, thread)
        with pytest.raises(Denied):
            write(viewer_for(author), reading.vote, reply.post_id, on=True)
        delete(admin, reply.post_id)
        for person in (a_member(), admin):
            with pytest.raises(Denied):
                write(viewer_for(person), reading.vote, reply.post_id, on=True)


class TestSolving:
    def test_the_asker_accepts_changes_and_takes_back(self) -> None:
        asker, helper = a_member(), a_member()
        thread = a_thread(asker, a_board())
        first, second = a_reply(helper, thread), a_reply(helper, thread)
        actor = viewer_for(asker)
        for post, on, expected in (
            (first, True, first.post_id),
            (second, True, second.post_id),
            (first, False, second.post_id),
            (second, False, None),
        ):
            write(actor, curating.solve, post.post_id, on=on)
            assert fresh(Thread, thread.thread_id).solution_id == expected

    def test_moderators_of_the_board_may_and_others_may_not(self) -> None:
        board, helper = a_board(), a_member()
        reply = a_reply(helper, a_thread(a_member(), board))
        for person in (helper, a_member(), a_moderator(boards=[])):
            with pytest.raises(Denied):
                write(viewer_for(person), curating.solve, reply.post_id, on=True)
        write(viewer_for(a_moderator(boards=[board.id])), curating.solve, reply.post_id, on=True)

    def test_only_a_standing_reply_to_a_question_solves_it(self) -> None:
        asker, board = a_member(), a_board()
        thread, practice = a_thread(asker, board), a_thread(asker, board, kind="practice")
        gone = a_reply(asker, thread)
        delete(asker, gone.post_id)
        for post_id in (thread.post_id, a_reply(asker, practice).post_id, gone.post_id):
            with pytest.raises(Conflict):
                write(viewer_for(asker), curating.solve, post_id, on=True)


class TestModerating:
    def test_members_and_moderators_of_other_boards_cannot(self) -> None:
        member, board = a_member(), a_board()
        thread = a_thread(member, board).thread_id
        for person in (member, a_moderator(boards=[])):
            actor = viewer_for(person)
            for verb, arguments, more in (
                (curating.pin, (), {"on": True}),
                (curating.lock, (), {"on": True, "reason": "cukup"}),
                (curating.move, (board.slug,), {}),
                (curating.summarise, (a_text(),), {}),
            ):
                with pytest.raises(Denied):
                    write(actor, verb, thread, *arguments, **more)

    def test_locking_needs_a_reason_that_readers_see(self) -> None:
        moderator = a_moderator()
        thread = a_thread(moderator, a_board())
        with pytest.raises(Invalid) as refused:
            lock(moderator, thread, "")
        assert refused.value.field == "reason"
        lock(moderator, thread, "Sudah tuntas.")
        head = threads.thread_page(viewer_for(a_member()), thread.thread_id).thread
        assert (head.is_locked, head.lock_reason, head.may.reply) == (True, "Sudah tuntas.", False)
        write(viewer_for(moderator), curating.lock, thread.thread_id, on=False)
        head = threads.thread_page(viewer_for(a_member()), thread.thread_id).thread
        assert (head.is_locked, head.lock_reason, head.may.reply) == (False, "", True)

    def test_a_moved_thread_keeps_its_address_and_both_boards_count_right(self) -> None:
        moderator, here, there = a_moderator(), a_board(), a_board()
        thread = a_thread(a_member(), here)
        moved = write(viewer_for(moderator), curating.move, thread.thread_id, there.slug)
        assert moved.url == thread.url
        head = threads.thread_page(viewer_for(a_member()), thread.thread_id).thread
        assert (head.url, head.board.slug) == (thread.url, there.slug)
        assert_counts_are_right()
        delete(moderator, thread.post_id)
        write(viewer_for(moderator), curating.move, thread.thread_id, here.slug)
        assert_counts_are_right()
        restore(moderator, thread.post_id)
        assert_counts_are_right()

    def test_a_thread_moves_only_to_a_board_in_use_that_the_mover_can_read(self) -> None:
        here, hidden = a_board(), a_board(readers=[Role.ADMIN])
        moderator = a_moderator(boards=[here.id])
        thread = a_thread(moderator, here)
        for slug in (hidden.slug, an_archived_board("arsip").slug, "tidak-ada", ""):
            with pytest.raises(Invalid) as refused:
                write(viewer_for(moderator), curating.move, thread.thread_id, slug)
            assert refused.value.field == "board"

    def test_a_summary_is_put_on_top_and_taken_away(self) -> None:
        moderator = a_moderator(name="Ayu Kurator")
        thread = a_thread(a_member(), a_board())
        write(viewer_for(moderator), curating.summarise, thread.thread_id, a_text("Intinya begini saja."))
        head = threads.thread_page(viewer_for(a_member()), thread.thread_id).thread
        assert (head.summary_html, head.summary_by) == ("<p>Intinya begini saja.</p>", "Ayu Kurator")
        write(viewer_for(moderator), curating.summarise, thread.thread_id, None)
        head = threads.thread_page(viewer_for(a_member()), thread.thread_id).thread
        assert (head.summary_html, head.summary_by, head.summary_at) == ("", "", None)


class TestTags:
    @pytest.mark.parametrize(
        ("typed", "names"),
        [
            ("", []),
            (" , ;\n", []),
            ("Jalan Rusak, jalan rusak; #JALAN RUSAK", ["jalan rusak"]),
            ("a b, c\u200bd", ["a b", "cd"]),
            ("satu, dua, tiga, empat, lima", ["satu", "dua", "tiga", "empat", "lima"]),
        ],
    )
    def test_tags_are_parsed_as_people_type_them(self, typed: str, names: list[str]) -> None:
        assert list(tagging.parse_tags(typed).values()) == names

    @pytest.mark.parametrize(
        "typed", ["a", "x" * 41, "!!!", "satu, dua, tiga, empat, lima, enam", "\u4e2d\u6587", "😀😀"]
    )
    def test_tags_that_cannot_be_used_are_refused(self, typed: str) -> None:
        with pytest.raises(Invalid) as refused:
            open_with(viewer_for(a_member()), a_board().slug, tags=typed)
        assert refused.value.field == "tags"

    def test_a_synonym_gives_its_tag(self) -> None:
        tag = a_tag("kepegawaian", "sdm", "ASN")
        written = open_with(viewer_for(a_member()), a_board().slug, tags="sdm, kepegawaian, asn")
        db.session.rollback()
        assert [ref.slug for ref in lists.tags_of([written.thread_id])[written.thread_id]] == ["kepegawaian"]
        assert fresh(Tag, tag.id).thread_count == 1

    def test_changing_tags_keeps_the_counts(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board(), tags="satu, dua")
        write(viewer_for(author), changing.edit_post, thread.post_id, version=1, text=a_text(), tags="dua, tiga")
        assert_counts_are_right()
        assert {tag.slug: tag.thread_count for tag in db.session.scalars(select(Tag))} == {
            "satu": 0,
            "dua": 1,
            "tiga": 1,
        }


class TestDrafts:
    def test_a_person_has_one_draft_a_place(self) -> None:
        actor = viewer_for(a_member())
        versions = [write(actor, reading.save_draft, "new", {"body": f"Teks ke-{n}"}).version for n in range(3)]
        assert versions == [1, 2, 3]
        assert drafts.draft_at(actor, "new").body == "Teks ke-2"
        assert row_count(Draft) == 1

    def test_drafts_are_seen_by_their_author_only(self) -> None:
        one, other = viewer_for(a_member()), viewer_for(a_member())
        draft_id = write(one, reading.save_draft, "new", {"body": "Rahasia saya"}).id
        assert drafts.draft_at(other, "new") is None
        assert drafts.drafts_page(other).drafts == ()
        with pytest.raises(NotFound):
            write(other, reading.discard_draft, draft_id)
        write(one, reading.discard_draft, draft_id)
        assert row_count(Draft) == 0

    def test_an_emptied_draft_is_gone(self) -> None:
        actor = viewer_for(a_member())
        write(actor, reading.save_draft, "new", {"body": "Teks", "title": "Judul"})
        assert write(actor, reading.save_draft, "new", {"body": " \n", "title": ""}) is None
        assert row_count(Draft) == 0

    def test_sending_drops_the_draft_of_its_place_only(self) -> None:
        author = a_member()
        thread = a_thread(author, a_board("jalan"))
        actor = viewer_for(author)
        places = ("new", f"reply:{thread.post_id}", f"edit:{thread.post_id}")
        for place in places:
            write(actor, reading.save_draft, place, {"body": "Teks yang belum dikirim"})

        def left() -> set[str]:
            db.session.rollback()
            return set(db.session.scalars(select(Draft.place)))

        a_reply(author, thread)
        assert left() == {places[0], places[2]}
        write(actor, changing.edit_post, thread.post_id, version=1, text=a_text("Teks yang baru sekali."))
        assert left() == {places[0]}
        open_with(actor, "jalan")
        assert left() == set()

    @pytest.mark.parametrize(
        "place", ["", "x", "reply:", "reply:x", "reply:999", "edit:-1", "reply:1e9", "\x00", "new:1"]
    )
    def test_a_place_that_there_is_not_is_not_found(self, place: str) -> None:
        with pytest.raises(NotFound):
            write(viewer_for(a_member()), reading.save_draft, place, {"body": "Teks"})

    def test_a_draft_may_be_longer_than_a_post_but_not_endless(self) -> None:
        actor = viewer_for(a_member())
        write(actor, reading.save_draft, "new", {"body": "x" * 40_000})
        for fields in ({"body": "x" * 40_001}, {"body": "x", "title": "y" * 301}, {"body": "x", "tags": "y" * 301}):
            with pytest.raises(TooLarge):
                write(actor, reading.save_draft, "new", fields)
        assert len(drafts.draft_at(actor, "new").body) == 40_000

    def test_nobody_keeps_a_draft_of_an_edit_they_may_not_make(self) -> None:
        thread = a_thread(a_member(), a_board())
        with pytest.raises(Denied):
            write(viewer_for(a_member()), reading.save_draft, f"edit:{thread.post_id}", {"body": "Teks"})

    def test_the_list_of_drafts_leads_to_where_each_goes_on(self) -> None:
        author, admin = a_member(), an_admin()
        thread, gone = a_thread(author, a_board(), title="Bagaimana lampu jalan"), a_thread(author, a_board())
        actor = viewer_for(author)
        for place in ("new", f"reply:{thread.post_id}", f"edit:{thread.post_id}", f"reply:{gone.post_id}"):
            write(actor, reading.save_draft, place, {"body": "Teks"})
        delete(admin, gone.post_id)
        found = {draft.place: draft.url for draft in drafts.drafts_page(actor).drafts}
        assert found == {
            "new": "/diskusi/baru",
            f"reply:{thread.post_id}": f"/diskusi/{thread.thread_id}/balas?ke={thread.post_id}",
            f"edit:{thread.post_id}": f"/kiriman/{thread.post_id}/sunting",
            f"reply:{gone.post_id}": "",
        }


class TestReadMarks:
    def unread(self, actor: Viewer) -> tuple[bool, int, str | None]:
        db.session.rollback()
        row = lists.threads_page(actor, ListName.LATEST, None).threads.rows[0]
        return row.is_new, row.unread, row.first_unread_url

    def test_a_thread_is_new_until_read_and_counts_what_came_since(self) -> None:
        author, reader = a_member(), viewer_for(a_member())
        thread = a_thread(author, a_board())
        posts = replies(author, thread, [None] * 3)
        assert self.unread(reader) == (True, 0, None)
        write(reader, reading.mark_read, thread.thread_id, 2)
        assert self.unread(reader) == (False, 2, f"{thread.url}?balasan={posts[1]}#p-{posts[1]}")
        page = threads.thread_page(reader, thread.thread_id)
        assert (page.unread_count, page.first_unread_url) == (2, f"{thread.url}?balasan={posts[1]}#p-{posts[1]}")
        assert [post.id for post in page.posts if post.is_unread] == posts[1:]
        write(reader, reading.mark_read, thread.thread_id, 4)
        assert self.unread(reader) == (False, 0, None)

    def test_a_mark_never_moves_back_nor_beyond_the_end(self) -> None:
        author, reader = a_member(), viewer_for(a_member())
        thread = a_thread(author, a_board())
        replies(author, thread, [None] * 3)
        for number, expected in ((3, 3), (1, 3), (2**63 - 1, 4), (2, 4)):
            write(reader, reading.mark_read, thread.thread_id, number)
            db.session.rollback()
            assert db.session.scalar(select(ReadMark.number).where(ReadMark.user_id == reader.id)) == expected

    def test_who_has_read_everything_has_read_their_own_reply_too(self) -> None:
        author, other = a_member(), a_member()
        thread = a_thread(author, a_board())
        a_reply(author, thread)
        assert self.unread(viewer_for(author)) == (False, 0, None)
        a_reply(other, thread)
        a_reply(author, thread)
        assert self.unread(viewer_for(author))[1] == 2

    def test_marking_all_read_covers_what_is_there_and_not_what_comes(self) -> None:
        author, reader = a_member(), viewer_for(a_member())
        with clock.fixed(NOW):
            thread = a_thread(author, a_board())
            opened = a_thread(author, a_board())
            a_reply(author, thread)
            write(reader, reading.mark_read, opened.thread_id, 1)
            a_reply(author, opened)
        with clock.fixed(NOW + timedelta(minutes=1)):
            write(reader, reading.mark_all_read)
        rows = lists.threads_page(reader, ListName.LATEST, None).threads.rows
        assert [(row.is_new, row.unread) for row in rows] == [(False, 0)] * 2
        with clock.fixed(NOW + timedelta(minutes=2)):
            a_reply(author, opened)
        rows = lists.threads_page(reader, ListName.LATEST, None).threads.rows
        assert [(row.is_new, row.unread) for row in rows] == [(False, 1), (False, 0)]


class TestTexts:
    @pytest.mark.parametrize(
        "body", ["", "  \n ", "\u200b\u2060\ufeff" * 9, "\u3164" * 20, "# ", "> > >", "- \n- \n", "&nbsp;" * 9]
    )
    def test_a_text_that_shows_nothing_is_empty(self, body: str) -> None:
        with pytest.raises(Invalid, match="kosong") as refused:
            texts.post_text(body)
        assert refused.value.field == "body"

    def test_a_text_has_at_least_ten_characters_and_at_most_twenty_thousand(self) -> None:
        with pytest.raises(Invalid, match="pendek"):
            texts.post_text("sembilan!")
        line = "kata " * 20 + "\n"
        exact = (line * 200)[:19_999] + "x"
        assert len(texts.post_text(exact).body) == 20_000
        with pytest.raises(Invalid, match="panjang"):
            texts.post_text(exact + "y")

    def test_ten_thousand_mentions_are_refused(self) -> None:
        with pytest.raises(Invalid):
            texts.post_text(" ".join(f"@orang{n}" for n in range(10_000)))
        for n in range(51):
            a_member(f"anggota{n}")
        with pytest.raises(Invalid, match="disebut"):
            texts.post_text("\n".join(f"@anggota{n}" for n in range(51)))

    def test_only_people_that_there_are_become_links(self) -> None:
        a_member("budi.santoso")
        html = texts.post_text("Terima kasih @Budi.Santoso dan @hantu semuanya.").html
        assert 'href="/profil/budi.santoso"' in html
        assert "/profil/hantu" not in html
