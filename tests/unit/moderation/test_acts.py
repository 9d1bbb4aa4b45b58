"""Acts: done with a reason, told, taken back within 30 days, appealed once to somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.discussions.models import Thread
from forum.discussions.services import curating
from forum.moderation.models import Appeal, ModerationAct
from forum.moderation.queries.rulings import ruling_for
from forum.moderation.services import acting, appealing, undo
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, fresh
from tests.factories.moderation import a_ruling, an_appeal, notices

pytestmark = pytest.mark.usefixtures("app", "small_acts")


def is_locked(thread_id: int) -> bool:
    return fresh(Thread, thread_id).locked_at is not None


def a_locked_thread(moderator: User, author: User | None = None) -> tuple[int, int]:
    """The ids of a thread and of the ruling that locked it."""
    thread_id = a_thread(author or a_member(), a_board()).thread_id
    return thread_id, a_ruling(moderator, thread_id, "uji.lock", "Sudah selesai.")


def take_back(moderator: User, act_id: int, reason: str = "Ternyata masih perlu.") -> None:
    by = viewer_for(moderator)
    with transaction():
        undo(by, act_id, reason)


def answer(moderator: User, appeal_id: int, outcome: str, text: str = "Sudah kami lihat lagi.") -> None:
    by = viewer_for(moderator)
    with transaction():
        appealing.decide(by, appeal_id, outcome, text)


def test_an_act_is_done_told_and_logged() -> None:
    author, moderator = a_member(), a_moderator()
    thread_id, act_id = a_locked_thread(moderator, author)
    assert is_locked(thread_id)
    told = notices(author)
    assert [(one.kind, one.url, one.note) for one in told] == [
        ("moderation.uji.lock", f"/keputusan/{act_id}", "Sudah selesai.")
    ]
    assert notices(moderator) == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "uji.lock")).one()
    assert (entry.actor_id, entry.object_id, entry.reason) == (moderator.id, thread_id, "Sudah selesai.")
    assert (entry.before, entry.after) == ({"locked": False}, {"locked": True})


@pytest.mark.parametrize("reason", ["", "   ", "a" * 501])
def test_every_act_needs_a_reason_of_bearable_length(reason: str) -> None:
    thread = a_thread(a_member(), a_board())
    with pytest.raises(Invalid) as refused:
        a_ruling(a_moderator(), thread.thread_id, "uji.lock", reason)
    assert refused.value.field == "reason"
    assert not is_locked(thread.thread_id)


def test_who_may_not_moderate_there_does_nothing() -> None:
    board = a_board()
    thread = a_thread(a_member(), board)
    for person in (a_member(), a_moderator(boards=[a_board().id])):
        with pytest.raises(Denied):
            a_ruling(person, thread.thread_id, "uji.lock")
    with pytest.raises(NotFound):
        a_ruling(a_moderator(), thread.thread_id, "tidak.ada")
    assert not is_locked(thread.thread_id)


def test_asking_to_rephrase_changes_nothing_and_leads_the_author_to_the_text() -> None:
    author = a_member()
    reply = a_reply(author, a_thread(a_member(), a_board()))
    act_id = a_ruling(a_moderator(), reply.post_id)
    assert notices(author)[0].kind == "moderation.post.rephrase"
    assert ruling_for(viewer_for(author), act_id).subject_url == f"/kiriman/{reply.post_id}/sunting"


def test_taking_back_undoes_tells_and_is_done_once() -> None:
    author, moderator = a_member(), a_moderator()
    thread_id, act_id = a_locked_thread(moderator, author)
    take_back(moderator, act_id)
    assert not is_locked(thread_id)
    assert [one.kind for one in notices(author)] == ["moderation.undo", "moderation.uji.lock"]
    with pytest.raises(Conflict, match="sudah dicabut"):
        take_back(a_moderator(), act_id)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "act.undo")).one()
    assert (entry.object_id, entry.before) == (thread_id, {"act": "uji.lock", "ruling": act_id})


@pytest.mark.parametrize(("days", "is_late"), [(30, False), (31, True)])
def test_an_act_can_be_taken_back_for_30_days(days: int, is_late: bool) -> None:
    moderator = a_moderator()
    with clock.fixed(NOW):
        thread_id, act_id = a_locked_thread(moderator)
    with clock.fixed(NOW + timedelta(days=days)):
        if is_late:
            with pytest.raises(Conflict, match="30 hari"):
                take_back(moderator, act_id)
        else:
            take_back(moderator, act_id)
    assert is_locked(thread_id) is is_late


def test_what_happened_since_stands_in_the_way_and_nothing_is_noted() -> None:
    moderator = a_moderator()
    thread_id, act_id = a_locked_thread(moderator)
    with transaction():
        curating.lock(viewer_for(moderator), thread_id, on=False)
    with pytest.raises(Conflict, match="sudah dibuka"):
        take_back(moderator, act_id)
    assert fresh(ModerationAct, act_id).undone_at is None


def test_taking_back_is_for_moderators_of_that_board() -> None:
    author = a_member()
    _, act_id = a_locked_thread(a_moderator(), author)
    with pytest.raises(NotFound):
        take_back(a_moderator(boards=[999]), act_id)
    with pytest.raises(NotFound):
        take_back(a_member(), act_id)
    with pytest.raises(Denied):
        take_back(author, act_id)


def test_a_moderator_does_not_take_back_what_concerns_them() -> None:
    author = a_moderator()
    thread_id, act_id = a_locked_thread(an_admin(), author)
    with pytest.raises(Denied, match="Anda sendiri"):
        take_back(author, act_id)
    assert is_locked(thread_id)


def test_undo_data_goes_after_30_days_but_for_what_waits_for_an_appeal() -> None:
    author, moderator = a_member(), a_moderator()
    with clock.fixed(NOW):
        _, plain = a_locked_thread(moderator, author)
        thread_id, appealed = a_locked_thread(moderator, author)
        appeal_id = an_appeal(author, appealed)
    with clock.fixed(NOW + timedelta(days=31)):
        with transaction():
            assert acting.forget_undo() == 1
        assert fresh(ModerationAct, plain).undo == {}
        answer(a_moderator(), appeal_id, "taken_back")
        assert not is_locked(thread_id)


def test_an_appeal_goes_to_another_moderator_and_takes_the_act_back() -> None:
    author, actor, other = a_member(), a_moderator(), a_moderator()
    thread_id, act_id = a_locked_thread(actor, author)
    appeal_id = an_appeal(author, act_id)
    with pytest.raises(Denied, match="moderator lain"):
        answer(actor, appeal_id, "taken_back")
    assert is_locked(thread_id)
    answer(other, appeal_id, "taken_back", "Anda benar, diskusinya belum selesai.")
    assert not is_locked(thread_id)
    told = notices(author)[0]
    assert (told.kind, told.note) == ("appeal.decided", "Anda benar, diskusinya belum selesai.")


def test_an_appeal_that_is_not_granted_leaves_the_act_and_is_answered() -> None:
    author = a_member()
    thread_id, act_id = a_locked_thread(a_moderator(), author)
    appeal_id = an_appeal(author, act_id)
    with pytest.raises(Invalid):
        answer(a_moderator(), appeal_id, "upheld", "")
    with pytest.raises(Invalid):
        answer(a_moderator(), appeal_id, "entah")
    answer(a_moderator(), appeal_id, "upheld")
    assert is_locked(thread_id)
    assert [one.kind for one in notices(author)] == ["appeal.decided", "moderation.uji.lock"]


def test_an_appeal_is_decided_once() -> None:
    author = a_member()
    thread_id, act_id = a_locked_thread(a_moderator(), author)
    appeal_id = an_appeal(author, act_id)
    answer(a_moderator(), appeal_id, "upheld", "Tetap terkunci.")
    with pytest.raises(Conflict, match="Tetap terkunci"):
        answer(a_moderator(), appeal_id, "taken_back")
    assert is_locked(thread_id)


def test_a_moderator_does_not_decide_their_own_appeal() -> None:
    author = a_moderator()
    _, act_id = a_locked_thread(an_admin(), author)
    appeal_id = an_appeal(author, act_id)
    with pytest.raises(Denied):
        answer(author, appeal_id, "taken_back")


def test_those_concerned_appeal_once_within_30_days() -> None:
    author = a_member()
    with clock.fixed(NOW):
        _, act_id = a_locked_thread(a_moderator(), author)
        _, other = a_locked_thread(a_moderator(), author)
        an_appeal(author, act_id)
        with pytest.raises(Conflict, match="sudah mengajukan"):
            an_appeal(author, act_id)
        with pytest.raises(NotFound):
            an_appeal(a_member(), act_id)
        with pytest.raises(Denied):
            an_appeal(a_moderator(), act_id)
        with pytest.raises(Invalid):
            an_appeal(author, other, "Tidak.")
    with clock.fixed(NOW + timedelta(days=31)), pytest.raises(Conflict, match="30 hari"):
        an_appeal(author, other)


def test_what_was_taken_back_cannot_be_appealed_and_grants_what_waits() -> None:
    author, moderator = a_member(), a_moderator()
    _, act_id = a_locked_thread(moderator, author)
    appeal_id = an_appeal(author, act_id)
    take_back(moderator, act_id, "Saya keliru.")
    row = fresh(Appeal, appeal_id)
    assert (row.state, row.answer) == ("taken_back", "Saya keliru.")
    _, again = a_locked_thread(moderator, author)
    take_back(moderator, again)
    with pytest.raises(Conflict, match="sudah dicabut"):
        an_appeal(author, again)


def test_fields_of_an_act_come_to_it_and_its_refusals_name_them() -> None:
    moderator, target = a_moderator(), a_board("tujuan")
    thread = a_thread(a_member(), a_board())
    with pytest.raises(Invalid) as refused:
        a_ruling(moderator, thread.thread_id, "uji.move", board="tidak-ada")
    assert refused.value.field == "board"
    act_id = a_ruling(moderator, thread.thread_id, "uji.move", board="tujuan")
    assert fresh(Thread, thread.thread_id).board_id == target.id
    take_back(moderator, act_id)
    assert fresh(Thread, thread.thread_id).board_id != target.id
