"""Several people at the same moment: one case, one decision, one appeal decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.errors import Conflict
from forum.discussions.models import Thread
from forum.moderation.models import Case, Flag, ModerationAct
from forum.moderation.services import appealing, deciding, opening, undo
from tests.factories.accounts import a_member, a_moderator, viewer_for
from tests.factories.discussions import a_board, a_thread, fresh
from tests.factories.moderation import a_case, a_ruling, an_appeal, notices
from tests.unit.discussions.test_at_once import together

__all__ = ["together"]

Together = Callable[..., list[Any]]


def refused(answers: list[Any]) -> int:
    """How many were told that somebody was faster; everything else must have gone well."""
    unexpected = [one for one in answers if isinstance(one, Exception) and not isinstance(one, Conflict)]
    assert not unexpected
    return sum(isinstance(one, Conflict) for one in answers)


def test_eight_readers_report_at_once_into_one_case(together: Together) -> None:
    post_id = a_thread(a_member(), a_board()).post_id
    readers = [viewer_for(a_member()) for _ in range(8)]
    answers = together(*[lambda by=by: opening.flag(by, "post", post_id, "rude") for by in readers])
    assert refused(answers) == 0
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert db.session.scalar(select(func.count()).select_from(Flag)) == 8


def test_one_reader_with_four_tabs_reports_once(together: Together) -> None:
    post_id = a_thread(a_member(), a_board()).post_id
    by = viewer_for(a_member())
    assert refused(together(*[lambda: opening.flag(by, "post", post_id, "rude")] * 4)) == 3
    assert db.session.scalar(select(func.count()).select_from(Flag)) == 1


def test_of_four_moderators_who_decide_at_once_one_does(together: Together, small_acts: None) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    case_id = a_case(thread.post_id)
    moderators = [viewer_for(a_moderator()) for _ in range(4)]
    answers = together(
        *[lambda by=by: deciding.decide(by, case_id, 1, "uji.lock", {}, f"Kata {by.name}.") for by in moderators]
    )
    assert refused(answers) == 3
    assert db.session.scalar(select(func.count()).select_from(ModerationAct)) == 1
    assert len(notices(author)) == 1


def test_an_appeal_and_an_undo_at_once_take_the_act_back_once(together: Together, small_acts: None) -> None:
    author = a_member()
    thread = a_thread(author, a_board())
    act_id = a_ruling(a_moderator(), thread.thread_id, "uji.lock")
    appeal_id = an_appeal(author, act_id)
    first, second = viewer_for(a_moderator()), viewer_for(a_moderator())
    answers = together(
        lambda: appealing.decide(first, appeal_id, "taken_back", "Anda benar."),
        lambda: undo(second, act_id, "Saya keliru."),
    )
    assert refused(answers) == 1
    assert fresh(Thread, thread.thread_id).locked_at is None
    assert [one.kind for one in notices(author)].count("moderation.undo") == 1
