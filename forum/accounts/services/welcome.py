"""The first mail that a person gets: how to come in."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import select

from forum.accounts.models import User
from forum.core import mail
from forum.core.db import db
from forum.core.mail import Recipient, Server


@dataclass(frozen=True, slots=True)
class Place:
    """What the mail says about where it comes from. `base_url`: the address of the site, without a slash at the end."""

    site: str
    city: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who waits for their first link."""

    id: int
    username: str
    recipient: Recipient


def newcomer(user_id: int) -> Newcomer | None:
    """The person, unless they are gone, disabled, or have a password already: then there is nothing to send."""
    row = db.session.execute(
        select(User.id, User.username, User.name, User.email, User.locale).where(
            User.id == user_id, User.is_active, User.password_hash.is_(None)
        )
    ).one_or_none()
    return Newcomer(row.id, row.username, Recipient(row.name, row.email, row.locale)) if row else None


def welcome_mail(person: Newcomer, token: str, place: Place, server: Server) -> EmailMessage:
    """The mail with the link of `token`."""
    return mail.compose(
        "welcome",
        person.recipient,
        server,
        site=place.site,
        city=place.city,
        username=person.username,
        address=f"{place.base_url}/masuk/tautan/{token}",
    )
