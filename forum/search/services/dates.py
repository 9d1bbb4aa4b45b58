"""Days as people type them: 2026, 2026-03, 2026-03-15, 15/3/2026, kemarin."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_BIG_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?", re.ASCII)
_SMALL_FIRST = re.compile(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})", re.ASCII)
_DAYS_AGO = {"hari ini": 0, "today": 0, "kemarin": 1, "yesterday": 1}


def first_and_last(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day that `text` names: a day, a month or a year; None when it names none."""
    words = " ".join(text.lower().replace("-", " ").split()) if text[:1].isalpha() else ""
    if words in _DAYS_AGO:
        day = today - timedelta(days=_DAYS_AGO[words])
        return day, day
    if match := _BIG_FIRST.fullmatch(text):
        return _span(match[1], match[2], match[3])
    if match := _SMALL_FIRST.fullmatch(text):
        return _span(match[3], match[2], match[1])
    return None


def _span(year: str, month: str | None, day: str | None) -> tuple[date, date] | None:
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = date(first.year, first.month if month else 12, first.day if day else 1)
    except ValueError:
        return None
    return first, last if day else last.replace(day=monthrange(last.year, last.month)[1])
