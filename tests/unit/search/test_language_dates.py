"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from forum.search.services.dates import first_and_last

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2/2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-03-15", date(2026, 3, 15), date(2026, 3, 15)),
        ("2026/3/5", date(2026, 3, 5), date(2026, 3, 5)),
        ("15/3/2026", date(2026, 3, 15), date(2026, 3, 15)),
        ("15-03-2026", date(2026, 3, 15), date(2026, 3, 15)),
        ("15.3.2026", date(2026, 3, 15), date(2026, 3, 15)),
        ("kemarin", date(2026, 11, 23), date(2026, 11, 23)),
        ("Hari-ini", TODAY, TODAY),
        ("today", TODAY, TODAY),
    ],
)
def test_a_day_a_month_or_a_year_is_understood(typed: str, first: date, last: date) -> None:
    assert first_and_last(typed, TODAY) == (first, last)


@pytest.mark.parametrize(
    "typed",
    ["", "x", "2026-13", "2026-02-30", "31/2/2026", "0000", "99999", "3", "2026-", "٢٠٢٦", "besok lusa", "15/3/26"],
)
def test_anything_else_is_no_date(typed: str) -> None:
    assert first_and_last(typed, TODAY) is None
