"""Telling a person by mail that something about the safety of their account has changed."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.services.welcome import Place
from forum.core import mail, outbox
from forum.core.db import db
from forum.core.mail import Recipient, Server

TOPIC = "mail.account_changed"
WHAT = (
    "password",
    "second_factor_on",
    "second_factor_off",
    "second_factor_removed",
    "second_factor_guessed",
    "recovery_code_used",
    "sso_linked",
    "sso_unlinked",
    "emergency",
)


def tell(user_id: int, what: str) -> None:
    """Have the worker mail `user_id` that `what` (one of WHAT) happened, in the caller's transaction."""
    outbox.put(TOPIC, f"{what}:{user_id}")


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, and what of."""

    what: str
    recipient: Recipient


def told(key: str) -> Told | None:
    """What the row of the outbox with `key` is about; None when its person is gone or disabled."""
    what, _, user_id = key.partition(":")
    row = db.session.execute(
        select(User.name, User.email, User.locale).where(User.id == int(user_id), User.is_active)
    ).one_or_none()
    return Told(what, Recipient(*row)) if row and what in WHAT else None


def account_mail(about: Told, place: Place, server: Server) -> EmailMessage:
    """The mail itself. It holds no link: such a mail is what a swindler would imitate."""
    return mail.compose("account_changed", about.recipient, server, site=place.site, what=about.what)
