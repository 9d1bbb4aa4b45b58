"""When a guide has to be looked at again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from forum.core.i18n import local_date


def next_review(now: datetime, months: int) -> date:
    """The day `months` months after that of `now` in the city's time zone; the last of the month where there is no such day."""
    today = local_date(now)
    year, month = divmod(today.month - 1 + months, 12)
    year, month = today.year + year, month + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))
