"""The log of searches: one row for one search, nothing personal in it, and gone when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid
from forum.core.options import SEARCH_LOG_DAYS
from forum.core.privacy import HIDDEN
from forum.core.viewer import NOBODY, Viewer
from forum.search.models import SearchLog
from forum.search.services import log
from forum.worker import jobs
from tests.conftest import NOW
from tests.factories.accounts import a_member, a_moderator, an_admin, viewer_for
from tests.factories.argon2 import cheap_argon2

__all__ = ["cheap_argon2"]

NIK = "1272015508850003"


@pytest.fixture
def sari(app: Flask) -> Viewer:
    return viewer_for(a_member("sari"))


@pytest.fixture
def budi(app: Flask) -> Viewer:
    return viewer_for(a_member("budi"))


def record(who: Viewer, text: str, *, after: float = 0, good: int = 1, corrected_to: str = "") -> int:
    """A search, so many seconds after NOW."""
    with clock.fixed(NOW + timedelta(seconds=after)), transaction():
        return log.record(who, text, 3, good, corrected_to)


def rows() -> list[SearchLog]:
    return list(db.session.scalars(select(SearchLog).order_by(SearchLog.id)))


def test_a_search_is_noted_with_what_it_found(sari: Viewer) -> None:
    record(sari, "  Lampu   JALAN ", good=2, corrected_to="lampu jalan")
    [row] = rows()
    assert (row.words, row.normal, row.total, row.good, row.corrected_to) == (
        "Lampu JALAN", "lampu jalan", 3, 2, "lampu jalan",
    )  # fmt: skip
    assert (row.opened, row.first_opened, row.looks_personal) == (0, "", False)


def test_the_keystrokes_of_one_search_are_one_row(sari: Viewer) -> None:
    numbers = {record(sari, text, after=20 * i) for i, text in enumerate(["lam", "lampu", "lampu jal", "lampu jalan"])}
    assert len(numbers) == 1
    assert [row.words for row in rows()] == ["lampu jalan"]


def test_taking_letters_away_is_the_same_search(sari: Viewer) -> None:
    record(sari, "lampu jalan")
    record(sari, "lampu", after=5)
    assert [row.words for row in rows()] == ["lampu"]


def test_the_same_text_again_is_the_same_search_even_after_something_was_opened(sari: Viewer) -> None:
    number = record(sari, "lampu")
    with clock.fixed(NOW), transaction():
        log.opened(sari, number, "thread:1")
    assert record(sari, "lampu", after=30) == number
    assert [row.opened for row in rows()] == [1]


@pytest.mark.parametrize(
    ("second", "after"), [("lampu jalan", 61), ("jalan lampu", 5), ("taman", 5)], ids=["later", "other order", "other"]
)
def test_what_is_typed_later_or_anew_is_another_search(sari: Viewer, second: str, after: float) -> None:
    record(sari, "lampu")
    record(sari, second, after=after)
    assert [row.words for row in rows()] == ["lampu", second]


def test_going_on_after_a_result_was_opened_is_another_search(sari: Viewer) -> None:
    number = record(sari, "lampu")
    with clock.fixed(NOW), transaction():
        log.opened(sari, number, "thread:1")
    record(sari, "lampu jalan", after=10)
    assert len(rows()) == 2


def test_two_people_who_search_for_the_same_are_two_searches(sari: Viewer, budi: Viewer) -> None:
    record(sari, "lampu")
    record(budi, "lampu jalan", after=1)
    assert len({row.searcher for row in rows()}) == 2


def test_who_searched_cannot_be_told_from_the_row_nor_from_day_to_day(sari: Viewer) -> None:
    record(sari, "lampu")
    record(sari, "lampu", after=24 * 3600)
    first, second = rows()
    assert first.searcher[:8] == "20261124"
    assert first.searcher[8:] != second.searcher[8:]
    assert str(sari.id) != first.searcher[8:]
    assert len(first.searcher) == 32


@pytest.mark.parametrize(
    "text",
    [
        f"nik {NIK}",
        "1272 0155 0885 0003",
        "hp 0812-3456-7890",
        "sari@gmail.com",
        "12720155088500",
        "127201550885000312",
    ],
)
def test_no_number_or_address_of_anybody_is_stored(sari: Viewer, text: str) -> None:
    record(sari, text, corrected_to=text)
    [row] = rows()
    stored = f"{row.words} {row.normal} {row.corrected_to}"
    assert HIDDEN in row.words
    assert row.looks_personal
    assert not any(piece in stored for piece in ("1272015", "1272 0155", "0812", "sari"))


def test_a_number_typed_digit_by_digit_leaves_no_piece_of_it(sari: Viewer) -> None:
    for length in range(9, 17):
        record(sari, NIK[:length], after=length)
    assert not any(NIK[:9] in row.words for row in rows())


@pytest.mark.parametrize("text", ["surat 900.1.13.1/278/II/2024", "5.1.02.01.01.0025", "perwali 12 tahun 2024"])
def test_numbers_of_letters_and_accounts_are_stored_as_they_are(sari: Viewer, text: str) -> None:
    record(sari, text)
    [row] = rows()
    assert row.words == text


@pytest.mark.parametrize("text", ["atas nama siti", "a.n. budi harahap", "pak lurah", "ibu siti aminah", "123456"])
def test_what_may_be_about_a_person_is_marked(sari: Viewer, text: str) -> None:
    record(sari, text)
    assert rows()[0].looks_personal


def test_a_text_of_any_length_is_stored_within_bounds(sari: Viewer) -> None:
    record(sari, "ﷺ" * 50_000, corrected_to="x" * 5_000)
    [row] = rows()
    assert max(len(row.words), len(row.normal), len(row.corrected_to)) <= log.LONGEST


def test_what_was_opened_first_is_kept_and_the_rest_counted(sari: Viewer) -> None:
    number = record(sari, "lampu")
    with clock.fixed(NOW + timedelta(hours=1)), transaction():
        assert log.opened(sari, number, "post:7")
        assert log.opened(sari, number, "thread:9")
    assert [(row.opened, row.first_opened) for row in rows()] == [(2, "post:7")]


def test_nobody_opens_anothers_search_or_one_of_yesterday(sari: Viewer, budi: Viewer) -> None:
    number = record(sari, "lampu")
    with clock.fixed(NOW), transaction():
        assert not log.opened(budi, number, "thread:1")
        assert not log.opened(NOBODY, number, "thread:1")
        assert not log.opened(sari, number + 1, "thread:1")
    with clock.fixed(NOW + timedelta(days=1)), transaction():
        assert not log.opened(sari, number, "thread:1")
    assert [row.opened for row in rows()] == [0]


def test_searches_go_when_their_time_is_over(sari: Viewer, fixed_now: datetime) -> None:
    for age in (0, 29, 31, 181):
        record(sari, f"hari ke {age}", after=-age * 24 * 3600)
    jobs.forget_old_searches("")
    assert [row.words for row in rows()] == ["hari ke 0", "hari ke 29", "hari ke 31"]
    admin = viewer_for(an_admin())
    with transaction():
        assert log.set_retention(admin, "30")
    jobs.forget_old_searches("")
    assert [row.words for row in rows()] == ["hari ke 0", "hari ke 29"]


def test_many_old_searches_go_in_portions(sari: Viewer, fixed_now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FORGET_AT_ONCE", 2)
    for number in range(5):
        record(sari, f"hari {number}", after=-(200 + number) * 24 * 3600)
    for left in (3, 1, 0):
        jobs.forget_old_searches("")
        assert len(rows()) == left


def test_only_admins_say_how_long_searches_are_kept(app: Flask) -> None:
    for who in (viewer_for(a_member()), viewer_for(a_moderator())):
        with pytest.raises(Denied), transaction():
            log.set_retention(who, "30")
    assert SEARCH_LOG_DAYS.get() == 180


@pytest.mark.parametrize("text", ["", "6", "731", "12,5", "-7", "sebulan", "٣٠", "9" * 400])
def test_the_time_has_bounds(app: Flask, text: str) -> None:
    admin = viewer_for(an_admin())
    with pytest.raises(Invalid) as refusal, transaction():
        log.set_retention(admin, text)
    assert refusal.value.field == "search_log_days"
    assert SEARCH_LOG_DAYS.get() == 180


def test_a_change_of_the_time_is_in_the_audit_log(app: Flask) -> None:
    admin = viewer_for(an_admin())
    with transaction():
        assert log.set_retention(admin, "30")
        assert not log.set_retention(admin, "30")
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "search.retention"))
    assert (entry.actor_id, entry.before, entry.after) == (admin.id, {"days": 180}, {"days": 30})
