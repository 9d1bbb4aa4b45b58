"""What the worker can do: for each topic of the outbox, the function that does it.

To add one: write a function that takes the row's key and put it into HANDLERS under its topic; whoever wants it done calls
`outbox.put(topic, key)` in the transaction that makes it necessary. A handler

- loads the state of this moment (the key says what to look at, nothing else),
- may be called again for work that was done already, and then changes nothing,
- opens `transaction()` itself where it writes, and keeps slow things (mail, files) outside of it,
- takes well under `outbox.LEASE`, and raises when it failed: it is called again later, with growing pauses.

PERIODIC names what the worker does of itself, again and again; its key is always "".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, or_

from forum.accounts.models import OneTimeLink, UserSession
from forum.core import clock, ratelimit
from forum.core.db import db, transaction
from forum.discussions.models import Draft

Handler = Callable[[str], None]

# Kept for this long after their end, so that what happened with a link or a session can still be looked up.
KEEP_ENDED = timedelta(days=7)
KEEP_DRAFTS = timedelta(days=180)


def heartbeat(key: str) -> None:
    """Nothing: a row that is always served shows, by its lag, whether a worker is there."""


def forget_ended_sessions(key: str) -> None:
    """Remove sessions that ended, and one-time links that were used or expired."""
    before = clock.now() - KEEP_ENDED
    with transaction():
        db.session.execute(delete(UserSession).where(UserSession.expires_at < before))
        db.session.execute(
            delete(OneTimeLink).where(or_(OneTimeLink.expires_at < before, OneTimeLink.used_at < before))
        )


def forget_rate_counts(key: str) -> None:
    """Remove counts of windows that are over."""
    with transaction():
        ratelimit.forget_old()


def forget_old_drafts(key: str) -> None:
    """Remove drafts that nobody has touched for KEEP_DRAFTS."""
    with transaction():
        db.session.execute(delete(Draft).where(Draft.updated_at < clock.now() - KEEP_DRAFTS))


HANDLERS: dict[str, Handler] = {
    "worker.heartbeat": heartbeat,
    "housekeeping.sessions": forget_ended_sessions,
    "housekeeping.rate_counts": forget_rate_counts,
    "housekeeping.drafts": forget_old_drafts,
}

PERIODIC: dict[str, timedelta] = {
    "worker.heartbeat": timedelta(seconds=30),
    "housekeeping.sessions": timedelta(hours=6),
    "housekeeping.rate_counts": timedelta(hours=6),
    "housekeeping.drafts": timedelta(hours=24),
}
