"""Signing in by two steps: what happens between the password and the code.

The first step leaves a note in the signed cookie, and no session: by itself it opens nothing. The note is good for ten minutes
and for the password that was given.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import devices, login, queries, services, throttle
from forum.accounts.services import Proof
from forum.core import clock, keyed, ratelimit
from forum.core.db import transaction
from forum.core.errors import TooMany

LIFETIME = timedelta(minutes=10)
_NOTE = "first_step"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who gave the right password, where they wanted to go, and what `arriving` noted of where they come from."""

    user_id: int
    target: str
    origin: str


def enter(user_id: int, target: str, origin: str = "") -> BaseResponse:
    """Let somebody in who gave the right password, held a one-time link, or was sent by the provider: at once, or to the second step."""
    if not queries.has_second_factor(user_id):
        return come_in(user_id, target, origin)
    if login.viewer().is_authenticated:
        login.sign_out()
    session[_NOTE] = {
        "user": user_id,
        "at": int(clock.now().timestamp()),
        "proof": _proof(user_id),
        "next": target,
        "origin": origin,
    }
    return redirect(url_for("second_factor.step"))


def come_in(user_id: int, target: str, origin: str = "") -> BaseResponse:
    """Start the session and lead on to `target`."""
    login.sign_in(user_id, origin)
    response = redirect(target)
    login.remember_device(response, user_id)
    return response


def waiting() -> Waiting | None:
    """Who waits for the second step in this browser; None when nobody does (any more)."""
    note = session.get(_NOTE)
    if not isinstance(note, dict) or login.viewer().is_authenticated:
        return None
    age = clock.now() - datetime.fromtimestamp(note["at"], UTC)
    if abs(age) > LIFETIME or note["proof"] != _proof(note["user"]):
        return None
    return Waiting(note["user"], login.safe_next(note["next"]), note["origin"])


def _proof(user_id: int) -> str:
    """Changes with the password, so that a note does not outlive it."""
    return keyed.digest("first-step", f"{user_id}:{queries.own_password(user_id).password_hash}")[:32]


def take_code(user_id: int, code: str) -> Proof | None:
    """Use up a code of this person; None when it is wrong or was used before. Raises TooMany."""
    secret = current_app.config["SETTINGS"].secret_key
    device = throttle.device_of(secret, request.cookies.get(login.device_cookie_name()), user_id)
    try:
        counted = throttle.count_code(user_id, device)
    except TooMany:
        _warn_owner(user_id)
        raise
    proof = services.examine_code(user_id, code)
    accepted = False
    if proof is not None:
        with transaction():
            accepted = services.use_code(user_id, proof)
    if not accepted:
        log.warning("second_step_failed", user_id=user_id, place=devices.place(request.remote_addr))
        return None
    throttle.forgive(counted)
    return proof


def _warn_owner(user_id: int) -> None:
    """Once a day at most."""
    with suppress(TooMany):
        ratelimit.hit(ratelimit.GUESSING_TOLD, user_id)
        with transaction():
            services.note_guessing(user_id)
