"""People and units for tests, named by state. Each is committed at once; what a test does not say does not matter to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import count
from typing import Any

import pyotp
from flask.testing import FlaskClient

from forum.accounts import passwords, services
from forum.accounts.models import Status, Unit, UnitAlias, User
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.text import fold
from forum.core.viewer import Role, Viewer

PASSWORD = "kopi tubruk sore hari"
NIP = "198503122010011007"
_numbers = count(1)


@lru_cache(maxsize=4)
def _hash(cost: passwords.Cost) -> str:
    return passwords.make_hash(PASSWORD)


def a_unit(name: str = "", *, slug: str = "", aliases: Sequence[str] = (), is_active: bool = True) -> Unit:
    """A unit that is found by its name, short name and `aliases`."""
    n = next(_numbers)
    name = name or f"Dinas Nomor {n}"
    with transaction() as session:
        unit = Unit(slug=slug or f"dinas-{n}", name=name, short_name=name[:60], is_active=is_active)
        session.add(unit)
        session.flush()
        session.add_all(
            UnitAlias(unit_id=unit.id, name=alias, key=fold(alias)) for alias in dict.fromkeys((name, *aliases))
        )
    return unit


def a_user(username: str = "", **state: Any) -> User:
    """An active member whose password is PASSWORD, unless `state` (columns of User) says otherwise."""
    n = next(_numbers)
    username = username or f"orang{n}"
    values: dict[str, Any] = {
        "username": username,
        "email": f"{username}@contoh.go.id",
        "name": f"Orang Ke-{n}",
        "status": Status.PNS,
        "role": Role.MEMBER,
        "created_at": clock.now(),
    }
    if "password_hash" not in state:
        values["password_hash"] = _hash(passwords.COST)
    with transaction() as session:
        user = User(**{**values, **state})
        session.add(user)
    return user


def a_member(username: str = "", **state: Any) -> User:
    return a_user(username, **state)


def a_moderator(username: str = "", *, boards: Sequence[int] | None = None, **state: Any) -> User:
    """A moderator of every board, or of `boards` only."""
    return a_user(username, role=Role.MODERATOR, moderated_boards=None if boards is None else list(boards), **state)


def an_admin(username: str = "", **state: Any) -> User:
    return a_user(username, role=Role.ADMIN, **state)


def a_disabled_user(username: str = "", **state: Any) -> User:
    return a_user(username, is_active=False, **state)


def a_newcomer(username: str = "", **state: Any) -> User:
    """Somebody who has not set a password yet."""
    return a_user(username, password_hash=None, **state)


def viewer_for(user: User) -> Viewer:
    """The viewer that a request of `user` would have."""
    boards = user.moderated_boards
    return Viewer(
        id=user.id,
        username=user.username,
        name=user.name,
        role=Role(user.role),
        unit_id=user.unit_id,
        moderated_boards=None if boards is None else frozenset(boards),
        locale=user.locale,
        theme=user.theme,
        shortcuts=user.shortcuts,
    )


def sign_in(client: FlaskClient, user: User) -> str:
    """Give `client` a session of `user`, without the sign-in page and its argon2; returns the session's token."""
    with transaction():
        token = services.start_session(user.id, 14)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    db.session.rollback()
    return token


@dataclass(frozen=True)
class App:
    """The authenticator app on somebody's phone, and the paper with their recovery codes."""

    secret: str
    recovery_codes: tuple[str, ...]

    def code(self, steps: int = 0) -> str:
        """The code of now, or of `steps` half minutes later (earlier: below 0)."""
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=30 * steps))


def a_second_factor(user: User) -> App:
    """Switches the second step of `user` on, half an hour ago, so that no code of now was used."""
    viewer, recovery, now = viewer_for(user), services.make_recovery_codes(), clock.now()
    with clock.fixed(now - timedelta(minutes=30)), transaction():
        services.begin_setup(viewer)
        secret = services.pending_secret(user.id)
        services.confirm_setup(viewer, pyotp.TOTP(secret).at(clock.now()), recovery, token=None)
    db.session.rollback()
    return App(secret, recovery.codes)


@dataclass(frozen=True)
class Cast:
    """The known cast of access tests."""

    member: User
    other: User
    moderator: User
    admin: User


def a_cast() -> Cast:
    return Cast(a_member("anggota"), a_member("lain"), a_moderator("kurator"), an_admin("pengelola"))
