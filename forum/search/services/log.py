"""The log of searches: what is looked for, whether it is found, what is opened. It does not know whose a search was.

Nothing is stored as it was typed: personal data is masked first, and so is every long number, since half of a number that was meant to be
a NIK is no NIK. The searcher is a keyed hash that changes with the day, made only to join the keystrokes of one search and to count
people; a query that looks personal is shown to nobody until two people typed it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, select, update

from forum.audit import services as audit
from forum.core import clock, keyed, privacy
from forum.core.db import db, rows_changed
from forum.core.i18n import DEFAULT_ZONE
from forum.core.options import SEARCH_LOG_DAYS
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.search import policy
from forum.search.analysis import fold
from forum.search.models import SearchLog

ONE_SEARCH = timedelta(seconds=60)
LONGEST = 200
# Rows that one statement removes: short enough that nobody waits for it.
FORGET_AT_ONCE = 5000
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){8,}")
# A number of some length, an address, a name behind the words that announce one: perhaps somebody's.
_PERSONAL = re.compile(
    rf"[{privacy.HIDDEN}@]|(?:\d[ .-]?){{6}}|\b(?:a\.?n\.?|atas nama|bin|binti|sdri?|saudari?|bapak|ibu|pak|bu)\s+[^\W\d]",
    re.IGNORECASE,
)


def record(viewer: Viewer, text: str, total: int, good: int, corrected_to: str) -> int:
    """Note a search of `viewer`: found `total`, `good` of them good, after mending to `corrected_to` ('' for not). Returns its number.

    What is typed on within a minute, before anything was opened, is the same search; so is the same text again. The caller has a
    transaction open.
    """
    words = _bounded(text)
    normal = fold(words)[:LONGEST]
    now = clock.now()
    row = _same_search(_searcher(viewer), normal)
    if row is None:
        row = SearchLog(searcher=_searcher(viewer), opened=0, first_opened="")
        db.session.add(row)
    row.at, row.words, row.normal, row.total, row.good = now, words, normal, total, good
    row.corrected_to = _bounded(corrected_to)
    row.looks_personal = _PERSONAL.search(words) is not None
    db.session.flush()
    return row.id


def opened(viewer: Viewer, log_id: int, key: str) -> bool:
    """Note that the result `key` ("post:345") of the search `log_id` was opened; tells whether it was one of the viewer's of today."""
    is_first = SearchLog.opened == 0
    changed = db.session.execute(
        update(SearchLog)
        .where(SearchLog.id == log_id, SearchLog.searcher == _searcher(viewer))
        .values(opened=SearchLog.opened + 1, first_opened=case((is_first, key[:60]), else_=SearchLog.first_opened))
    )
    return rows_changed(changed) > 0


def forget_old() -> int:
    """Remove searches older than the retention, at most FORGET_AT_ONCE; returns how many. The caller has a transaction open."""
    before = clock.now() - timedelta(days=SEARCH_LOG_DAYS.get())
    old = select(SearchLog.id).where(SearchLog.at < before).order_by(SearchLog.at).limit(FORGET_AT_ONCE)
    return rows_changed(db.session.execute(delete(SearchLog).where(SearchLog.id.in_(old))))


def set_retention(actor: Viewer, text: str) -> bool:
    """Keep searches for the number of days in `text`; tells whether that is new. Raises Denied, Invalid (field: the option's name)."""
    policy.require_retention(actor)
    before, after = SEARCH_LOG_DAYS.set(text, actor.id)
    if before == after:
        return False
    audit.record(actor, "search.retention", "site_option", None, before={"days": before}, after={"days": after})
    return True


def _bounded(text: str) -> str:
    """`text` as it may be stored. Cut before it is masked there could be a piece of a number at its end; so long texts are masked whole."""
    masked = privacy.mask(one_line(text[: LONGEST * 10]))
    return _LONG_NUMBER.sub(lambda match: privacy.HIDDEN * len(match[0]), masked)[:LONGEST].strip()


def _searcher(viewer: Viewer) -> str:
    """The day, so that days can be counted apart, and a hash that nobody can make or compare on another day."""
    day = clock.now().astimezone(ZoneInfo(DEFAULT_ZONE)).strftime("%Y%m%d")
    return day + keyed.digest("search log", f"{day}:{viewer.id}")[:24]


def _same_search(searcher: str, normal: str) -> SearchLog | None:
    """The last search of `searcher`, if `normal` goes on from it."""
    last = db.session.scalars(
        select(SearchLog)
        .where(SearchLog.searcher == searcher, SearchLog.at >= clock.now() - ONE_SEARCH)
        .order_by(SearchLog.at.desc(), SearchLog.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if last is None or last.normal == normal:
        return last
    is_typed_on = last.normal.startswith(normal) or normal.startswith(last.normal)
    return last if is_typed_on and not last.opened else None
