"""How often somebody may do something, counted in the database so that all processes on all hosts share one count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import String, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.core import clock
from forum.core.db import Base, UtcDateTime, db, insert, rows_changed, transaction
from forum.core.errors import TooMany
from forum.core.i18n import lazy


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` within each window of `seconds`."""

    name: str
    times: int
    seconds: int


# Generous for people, tight for programs: nobody writes twenty replies in a minute. Sign-ins that succeed are given back
# (a whole office signs in through one address at half past seven), so these two count failures.
SIGN_IN_ADDRESS = Limit("sign-in-address", 60, 300)
SIGN_IN_ACCOUNT = Limit("sign-in-account", 10, 300)
# Codes at the second step: three in a million are right at any time, so 50 tries a day find one in some 18 years.
SECOND_FACTOR = Limit("second-factor", 5, 300)
SECOND_FACTOR_DAY = Limit("second-factor-day", 50, 86400)
GUESSING_TOLD = Limit("guessing-told", 1, 86400)
WRITE = Limit("write", 20, 60)
PREVIEW = Limit("preview", 60, 60)
ACT = Limit("act", 120, 60)
FLAG = Limit("flag", 20, 3600)
DRAFT = Limit("draft", 60, 60)
# A file each; refused ones count too.
UPLOAD = Limit("upload", 30, 60)
UPLOAD_DAY = Limit("upload-day", 100, 86_400)
# Reads: counted in memory (see `hit_here`). Suggestions are asked for at every pause while somebody types.
SEARCH = Limit("search", 60, 60)
SUGGEST = Limit("suggest", 120, 60)
SIMILAR = Limit("similar", 60, 60)
# Each takes about a second of a processor.
PDF = Limit("pdf", 10, 60)
# Whatever is sent, to any address, whether it has a limit of its own or not; also counted in memory. A whole office may come
# through one address.
SEND = Limit("send", 300, 60)
SEND_ADDRESS = Limit("send-address", 1200, 60)


class RateCount(Base):
    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    window: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, index=True)
    times: Mapped[int]


def hit(limit: Limit, who: object) -> None:
    """Count one try of `who`; raises TooMany when the limit was already reached in this window.

    Opens its own transaction: a try counts even if what follows is rolled back. Call it before `transaction()`.
    """
    now = clock.now()
    start = math.floor(now.timestamp() / limit.seconds) * limit.seconds
    window = datetime.fromtimestamp(start, UTC)
    with transaction() as session:
        times = session.execute(
            insert(session, RateCount)
            .values(key=f"{limit.name}:{who}"[:160], window=window, times=1)
            .on_conflict_do_update(index_elements=["key", "window"], set_={"times": RateCount.times + 1})
            .returning(RateCount.times)
        ).scalar_one()
    _refuse_beyond(limit, times, start + limit.seconds - now.timestamp())


def _refuse_beyond(limit: Limit, times: int, rest: float) -> None:
    """Raises TooMany for more `times` than the limit allows, `rest` seconds before the window ends."""
    if times > limit.times:
        wait = max(1, math.ceil(rest))
        raise TooMany(lazy("Terlalu banyak permintaan. Coba lagi dalam %(seconds)d detik.", seconds=wait), wait)


_here: dict[str, tuple[int, dict[object, int]]] = {}
_here_lock = Lock()


def hit_here(limit: Limit, who: object) -> None:
    """As `hit`, but counted in this process alone: for cheap reads of which a write each would be the dearest part.

    With several processes somebody may get the limit from each; that bounds the load of one process, which is what it is for.
    """
    now = clock.now().timestamp()
    window = math.floor(now / limit.seconds)
    with _here_lock:
        began, counts = _here.get(limit.name, (window, {}))
        if began != window:
            counts = {}
        counts[who] = times = counts.get(who, 0) + 1
        _here[limit.name] = (window, counts)
    _refuse_beyond(limit, times, (window + 1) * limit.seconds - now)


def give_back(limit: Limit, who: object) -> None:
    """Take back one `hit` of this window: what was counted turned out to be harmless. Opens its own transaction."""
    start = math.floor(clock.now().timestamp() / limit.seconds) * limit.seconds
    with transaction() as session:
        session.execute(
            update(RateCount)
            .where(
                RateCount.key == f"{limit.name}:{who}"[:160],
                RateCount.window == datetime.fromtimestamp(start, UTC),
                RateCount.times > 0,
            )
            .values(times=RateCount.times - 1)
        )


def forget_old() -> int:
    """Remove counts of windows that ended a day ago; returns how many."""
    result = db.session.execute(delete(RateCount).where(RateCount.window < clock.now() - timedelta(days=1)))
    return rows_changed(result)
