"""Flags gather in cases; who decides first decides, and who is slower is told what happened."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.discussions.models import Thread
from forum.discussions.services.writing import Written
from forum.moderation.models import Case, Flag
from forum.moderation.queries import cases
from forum.moderation.queries.cases import Filters
from forum.moderation.queries.flags import own_flag
from forum.moderation.services import deciding, open_case, opening
from tests.factories.accounts import a_disabled_user, a_member, a_moderator, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete, fresh
from tests.factories.moderation import a_case, a_flag, case_row, decided, notices

pytestmark = pytest.mark.usefixtures("app", "small_acts")


def a_post(author: User | None = None) -> tuple[Written, Written]:
    """A thread and a reply in it, both by the same author."""
    author = author or a_member()
    thread = a_thread(author, a_board())
    return thread, a_reply(author, thread)


def decide(moderator: User, case_id: int, version: int, choice: str = "none", reason: str = "Tidak melanggar.") -> None:
    by = viewer_for(moderator)
    with transaction():
        deciding.decide(by, case_id, version, choice, {}, reason)


def hand(moderator: User, case_id: int, version: int, to: str) -> None:
    by = viewer_for(moderator)
    with transaction():
        deciding.hand_over(by, case_id, version, to)


def test_flags_about_one_thing_are_one_case() -> None:
    _, reply = a_post()
    first, second = a_member(), a_member()
    assert a_flag(first, reply.post_id) == a_flag(second, reply.post_id, reason="promotion")
    assert db.session.scalar(select(func.count()).select_from(Flag)) == 2


def test_an_opening_post_and_its_thread_are_one_case() -> None:
    thread, reply = a_post()
    case_id = a_flag(a_member(), thread.post_id)
    assert a_flag(a_member(), thread.thread_id, "thread") == case_id
    assert case_row(case_id).kind == "thread"
    assert a_flag(a_member(), reply.post_id) != case_id


def test_what_the_machine_finds_joins_the_readers_case() -> None:
    _, reply = a_post()
    case_id = a_flag(a_member(), reply.post_id)
    assert a_case(reply.post_id) == case_id
    page = cases.case_page(viewer_for(a_moderator()), case_id)
    assert [line.cause for line in page.causes] == ["flag", "word"]


def test_one_report_a_person_while_it_is_open() -> None:
    _, reply = a_post()
    reader = a_member()
    case_id = a_flag(reader, reply.post_id)
    with pytest.raises(Conflict, match="sudah melaporkan"):
        a_flag(reader, reply.post_id, reason="promotion")
    decided(a_moderator(), case_id)
    assert a_flag(reader, reply.post_id) != case_id


@pytest.mark.parametrize("case", ["own", "deleted", "no reason", "other without words", "a person"])
def test_what_cannot_be_reported(case: str) -> None:
    author = a_member()
    _, reply = a_post(author)
    reader = a_member()
    if case == "own":
        with pytest.raises(Denied):
            a_flag(author, reply.post_id)
    elif case == "deleted":
        delete(author, reply.post_id)
        with pytest.raises(Conflict):
            a_flag(reader, reply.post_id)
    elif case == "a person":
        with pytest.raises(NotFound):
            a_flag(reader, author.id, "user")
    else:
        with pytest.raises(Invalid) as refused:
            a_flag(reader, reply.post_id, reason="" if case == "no reason" else "other")
        assert refused.value.field == ("reason" if case == "no reason" else "note")
    assert db.session.scalar(select(func.count()).select_from(Flag)) == 0


def test_the_last_report_taken_back_ends_a_case_that_nobody_took() -> None:
    _, reply = a_post()
    first, second = a_member(), a_member()
    case_id = a_flag(first, reply.post_id)
    a_flag(second, reply.post_id)
    for reader, state in ((first, "open"), (second, "closed")):
        by = viewer_for(reader)
        with transaction():
            opening.withdraw(by, "post", reply.post_id)
        assert case_row(case_id).state == state
        assert own_flag(by, "post", reply.post_id) is None
    assert case_row(case_id).outcome == "withdrawn"
    with pytest.raises(NotFound), transaction():
        opening.withdraw(viewer_for(first), "post", reply.post_id)


def test_a_case_with_another_cause_outlives_its_reports() -> None:
    _, reply = a_post()
    reader = a_member()
    case_id = a_flag(reader, reply.post_id)
    a_case(reply.post_id)
    with transaction():
        opening.withdraw(viewer_for(reader), "post", reply.post_id)
    assert case_row(case_id).state == "open"


def test_the_second_of_two_moderators_is_told_what_the_first_decided() -> None:
    thread, _ = a_post()
    case_id = a_case(thread.post_id)
    first, second = a_moderator(name="Sari Purba"), a_moderator()
    version = case_row(case_id).version
    decide(first, case_id, version, "none", "Kata itu kutipan.")
    with pytest.raises(Conflict) as told:
        decide(second, case_id, version, "uji.lock", "Kata itu kasar.")
    assert "Sari Purba" in str(told.value)
    assert "Kata itu kutipan." in str(told.value)
    assert fresh(Thread, thread.thread_id).locked_at is None
    assert case_row(case_id).reason == "Kata itu kutipan."


def test_a_case_in_anothers_hands_is_not_decided() -> None:
    _, reply = a_post()
    case_id = a_case(reply.post_id)
    holder, other = a_moderator(name="Sari Purba"), a_moderator()
    hand(holder, case_id, 1, holder.username)
    with pytest.raises(Conflict, match="Sari Purba"):
        decide(other, case_id, 1)
    with pytest.raises(Conflict, match="dipegang Sari Purba"):
        decide(other, case_id, 2)
    hand(other, case_id, 2, other.username)
    decide(other, case_id, 3)
    assert case_row(case_id).decided_by_id == other.id


def test_handing_over_tells_the_other_and_goes_to_moderators_alone() -> None:
    _, reply = a_post()
    case_id = a_case(reply.post_id)
    giver, taker = a_moderator(), a_moderator()
    for nobody in (a_member().username, a_moderator(boards=[999]).username, "siapa"):
        with pytest.raises(Invalid):
            hand(giver, case_id, 1, nobody)
    hand(giver, case_id, 1, taker.username)
    assert [notice.kind for notice in notices(taker)] == ["case.assigned"]
    assert notices(giver) == []
    hand(taker, case_id, 2, "")
    assert case_row(case_id).assignee_id is None


def test_nobody_decides_about_their_own_text() -> None:
    author = a_moderator()
    _, reply = a_post(author)
    case_id = a_case(reply.post_id)
    with pytest.raises(Denied, match="tulisan Anda sendiri"):
        decide(author, case_id, 1)


def test_a_decision_needs_a_reason_and_an_act_that_fits() -> None:
    _, reply = a_post()
    case_id = a_case(reply.post_id)
    moderator = a_moderator()
    with pytest.raises(Invalid):
        decide(moderator, case_id, 1, reason="  ")
    with pytest.raises(NotFound):
        decide(moderator, case_id, 1, "tidak.ada")
    assert case_row(case_id).state == "open"


def test_reporters_are_told_how_it_ended_and_the_author_of_an_act() -> None:
    author, reader = a_member(), a_member()
    thread, _ = a_post(author)
    gone = a_disabled_user()
    case_id = a_flag(reader, thread.post_id)
    with transaction() as session:
        session.add(Flag(case_id=case_id, user_id=gone.id, reason="rude", at=fresh(Case, case_id).opened_at))
    decided(a_moderator(), case_id, "uji.lock", "Sudah keluar dari topik.")
    assert [notice.kind for notice in notices(reader)] == ["case.decided"]
    assert notices(gone) == []
    told = notices(author)
    assert [notice.kind for notice in told] == ["moderation.uji.lock"]
    assert told[0].note == "Sudah keluar dari topik."
    assert fresh(Thread, thread.thread_id).locked_at is not None
    acted = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acted[-3:] == ["thread.lock", "uji.lock", "case.decide"]


def test_the_reason_for_no_action_is_for_the_reporter() -> None:
    _, reply = a_post()
    reader = a_member()
    decided(a_moderator(), a_flag(reader, reply.post_id), reason="Bahasanya tegas, tetapi sopan.")
    assert notices(reader)[0].note == "Bahasanya tegas, tetapi sopan."


def test_a_case_does_not_come_back_for_what_was_decided() -> None:
    _, reply = a_post()
    case_id = a_case(reply.post_id, note="sabun")
    decided(a_moderator(), case_id)
    with transaction():
        assert open_case("post", reply.post_id, "word", "sabun") is None
        again = open_case("post", reply.post_id, "word", "sabun, odol")
    assert again not in (None, case_id)


def test_opening_a_case_twice_changes_nothing_and_a_missing_one_is_no_error() -> None:
    _, reply = a_post()
    assert a_case(reply.post_id) == a_case(reply.post_id)
    with transaction():
        assert open_case("post", 10**6, "word") is None


def test_moderators_of_some_boards_see_their_cases_alone() -> None:
    author = a_member()
    here, there = a_board(), a_board()
    mine = a_case(a_reply(author, a_thread(author, here)).post_id)
    a_case(a_thread(author, there).post_id)
    limited = viewer_for(a_moderator(boards=[here.id]))
    lines, _ = cases.queue(limited, Filters(), 1)
    assert [line.record.id for line in lines] == [mine]
    assert cases.counts(limited).open == 1
    assert cases.counts(viewer_for(a_moderator())).open == 2
    assert cases.counts(viewer_for(an_admin())).open == 2
    assert cases.counts(viewer_for(a_member())).open == 0


def test_a_case_follows_its_thread_to_another_board(app: Flask) -> None:
    author = a_member()
    here, there = a_board(), a_board()
    thread = a_thread(author, here)
    case_id = a_case(a_reply(author, thread).post_id)
    of_here, of_there = (viewer_for(a_moderator(boards=[board.id])) for board in (here, there))
    assert cases.case_for(of_here, case_id).id == case_id
    with transaction() as session:
        session.get_one(Thread, thread.thread_id).board_id = there.id
    assert cases.case_for(of_there, case_id).id == case_id
    with pytest.raises(NotFound):
        cases.case_for(of_here, case_id)


def test_earlier_cases_of_the_author_are_shown_where_one_may_see_them() -> None:
    author = a_member()
    here, there = a_board(), a_board()
    first = a_case(a_thread(author, here).post_id)
    elsewhere = a_case(a_thread(author, there).post_id)
    third = a_case(a_thread(author, here).post_id)
    limited = viewer_for(a_moderator(boards=[here.id]))
    assert [case.id for case in cases.case_page(limited, third).earlier] == [first]
    everything = cases.case_page(viewer_for(a_moderator()), third).earlier
    assert [case.id for case in everything] == [elsewhere, first]


def test_the_queue_is_filtered_and_paged() -> None:
    author, moderator = a_member(), a_moderator()
    board = a_board()
    threads = [a_thread(author, board) for _ in range(cases.PER_PAGE + 1)]
    made = [a_case(thread.post_id, cause="links" if n % 2 else "word") for n, thread in enumerate(threads)]
    flagged = a_flag(a_member(), a_reply(author, threads[0]).post_id)
    hand(moderator, made[3], 1, moderator.username)
    looks = viewer_for(moderator)

    def found(page: int = 1, **filters: object) -> list[int]:
        return [line.record.id for line in cases.queue(looks, Filters(**filters), page)[0]]  # type: ignore[arg-type]

    assert found() == made[:25]
    assert found(2) == [made[25], flagged]
    assert found(whose="mine") == [made[3]]
    assert made[3] not in found(whose="free")
    assert found(kind="post") == [flagged]
    assert found(cause="links") == made[1::2]
    assert found(board=board.id) == made[:25]
    assert found(board=board.id + 99) == []
    assert found(state="closed") == []


def test_notes_are_kept_among_moderators() -> None:
    _, reply = a_post()
    case_id = a_case(reply.post_id)
    by = viewer_for(a_moderator(name="Sari Purba"))
    with transaction():
        deciding.add_note(by, case_id, "Sudah saya telepon.\nBesok dilihat lagi.")
    assert cases.case_page(by, case_id).notes[0].body == "Sudah saya telepon.\nBesok dilihat lagi."
    other = viewer_for(a_member())
    with pytest.raises(NotFound), transaction():
        deciding.add_note(other, case_id, "Saya juga ingin ikut.")
