"""What this browser has begun at the provider. Kept in its own signed cookie, so that only it can end what it began.

The cookie holds the state; nonce and PKCE verifier are made from it by the installation's secret, so neither a cookie nor an
address gives them away.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask import session

from forum.core import clock, keyed

SIGNING_IN = "sso"
SIGNING_OUT = "sso_out"
LIFETIME = timedelta(minutes=10)
# Several tabs may be at the provider at once.
MOST = 4


class Purpose(StrEnum):
    SIGN_IN = "masuk"
    LINK = "hubungkan"
    CONFIRM = "pastikan"


@dataclass(frozen=True, slots=True)
class Begun:
    """One way to the provider and back. `user_id`: who links their account, or proves again who they are."""

    state: str
    next: str
    purpose: Purpose
    user_id: int | None

    @property
    def nonce(self) -> str:
        return keyed.digest("oidc nonce", self.state)

    @property
    def verifier(self) -> str:
        return keyed.digest("oidc verifier", self.state)


def begin(target: str, purpose: Purpose = Purpose.SIGN_IN, user_id: int | None = None) -> Begun:
    """A new way, remembered in this browser."""
    begun = Begun(secrets.token_urlsafe(32), target, purpose, user_id)
    session[SIGNING_IN] = [*_fresh(), [begun.state, _now(), begun.next, purpose.value, user_id]][-MOST:]
    return begun


def take(state: str) -> Begun | None:
    """The way that `state` names, which is then over; None when this browser did not begin it, or too long ago."""
    mine = _fresh()
    found = next(
        (item for item in mine if hmac.compare_digest(item[0].encode(), state.encode("utf-8", "replace"))), None
    )
    session[SIGNING_IN] = [item for item in mine if item is not found]
    return Begun(found[0], found[2], Purpose(found[3]), found[4]) if found else None


def _fresh() -> list[Any]:
    return [item for item in session.get(SIGNING_IN, []) if 0 <= _now() - item[1] < LIFETIME.total_seconds()]


def _now() -> int:
    return int(clock.now().timestamp())


def begin_leaving() -> str:
    """The state of a way out, remembered in this browser."""
    state: str = secrets.token_urlsafe(32)
    session[SIGNING_OUT] = state
    return state


def left(state: str) -> bool:
    """Has this browser begun to leave with this state? Asked once."""
    begun = session.pop(SIGNING_OUT, None)
    return isinstance(begun, str) and hmac.compare_digest(begun.encode(), state.encode("utf-8", "replace"))
