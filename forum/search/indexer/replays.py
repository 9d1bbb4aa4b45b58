"""A generation in the making, as all processes see it: whose it is, whether it lives, and what changed meanwhile.

Who begins later takes over: a rebuild that finds another's token gives up. So one that was killed is in nobody's way, and two at
once end in one.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
import zlib
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased

from forum.core import clock, processes
from forum.core.db import db, insert, rows_changed, transaction
from forum.search.models import SearchCounter, SearchReplay

TOKEN, AT, PID, HOST = "rebuild", "rebuild.at", "rebuild.pid", "rebuild.host"
NAMES = (TOKEN, AT, PID, HOST)
# Settling a large generation is silent; who is silent for longer than this is taken for dead, and finds that out.
SILENCE_SECONDS = 3600
SIGN_OF_LIFE_SECONDS = 2.0
KEYS_IN_STATEMENT = 500


class Superseded(Exception):
    """Another rebuild has begun, or nobody noted changes for this one any more; it gives up."""

    def __init__(self) -> None:
        super().__init__(
            "Another rebuild of the search index has begun, or this one stood still too long: it was given up."
        )


class Rebuild:
    """One rebuild, from `begin` to `end`."""

    def __init__(self) -> None:
        self._token = secrets.randbits(60)
        self._said = time.monotonic()

    def begin(self) -> None:
        """From here on, keys that the worker indexes are noted for this rebuild."""
        values = {TOKEN: self._token, AT: _now(), PID: os.getpid(), HOST: _host()}
        with transaction() as session:
            session.execute(delete(SearchReplay))
            session.execute(delete(SearchCounter).where(SearchCounter.name.in_(NAMES)))
            session.execute(
                insert(session, SearchCounter).values([{"name": name, "value": values[name]} for name in NAMES])
            )

    def goes_on(self, *, now: bool = False) -> None:
        """Give a sign of life, every SIGN_OF_LIFE_SECONDS or `now`. Raises Superseded."""
        if not now and time.monotonic() - self._said < SIGN_OF_LIFE_SECONDS:
            return
        self._said = time.monotonic()
        holder = aliased(SearchCounter)
        is_ours = select(holder.name).where(holder.name == TOKEN, holder.value == self._token).exists()
        with transaction() as session:
            said = session.execute(
                update(SearchCounter)
                .where(SearchCounter.name == AT, SearchCounter.value >= _now() - SILENCE_SECONDS, is_ours)
                .values(value=_now())
                .execution_options(synchronize_session=False)
            )
        if rows_changed(said) != 1:
            raise Superseded

    def end(self) -> None:
        """Nothing is noted any more, unless another rebuild has begun."""
        with transaction() as session:
            if session.scalar(select(SearchCounter.value).where(SearchCounter.name == TOKEN)) == self._token:
                session.execute(delete(SearchCounter).where(SearchCounter.name.in_(NAMES)))
                session.execute(delete(SearchReplay))


def note(keys: Sequence[str]) -> None:
    """If a generation is in the making, have `keys` indexed again before it is published. Call it with the lock held."""
    if not is_rebuilding():
        return
    wanted = sorted(set(keys))
    with transaction() as session:
        for start in range(0, len(wanted), KEYS_IN_STATEMENT):
            rows = [{"key": key} for key in wanted[start : start + KEYS_IN_STATEMENT]]
            session.execute(insert(session, SearchReplay).values(rows).on_conflict_do_nothing())


def noted() -> list[str]:
    """The keys that were noted."""
    db.session.rollback()
    try:
        return list(db.session.scalars(select(SearchReplay.key).order_by(SearchReplay.key)))
    finally:
        db.session.rollback()


def is_rebuilding() -> bool:
    """Whether a generation is in the making: its process is there, as far as can be seen from here."""
    db.session.rollback()
    found = {
        row.name: row.value
        for row in db.session.execute(
            select(SearchCounter.name, SearchCounter.value).where(SearchCounter.name.in_(NAMES))
        )
    }
    db.session.rollback()
    if TOKEN not in found or _now() - found[AT] > SILENCE_SECONDS:
        return False
    return found[HOST] != _host() or processes.is_running(found[PID])


def _now() -> int:
    return int(clock.now().timestamp())


def _host() -> int:
    return zlib.crc32(socket.gethostname().encode())
