"""Is this the person that they say they are?"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import or_, select, update

from forum.accounts import nip, passwords
from forum.accounts.models import User
from forum.core.db import db
from forum.core.text import one_line

# Longer than any e-mail address; what is longer cannot be an identifier and is not looked up.
MAX_IDENTIFIER = 254


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in needs to know of an account. `password_hash` is None before a first password was set."""

    id: int
    password_hash: str | None = field(repr=False)
    is_active: bool
    is_sample: bool


def fold_identifier(identifier: str) -> str:
    """What somebody typed as username, e-mail address or NIP, in the one form that is looked up and counted."""
    typed = one_line(identifier)
    return nip.digits_of(typed) or typed.lower()


def find_account(identifier: str) -> Account | None:
    """The account of a username, e-mail address or NIP."""
    folded = fold_identifier(identifier)
    if not folded or len(folded) > MAX_IDENTIFIER:
        return None
    row = db.session.execute(
        select(User.id, User.password_hash, User.is_active, User.is_sample).where(
            or_(User.username == folded, User.email == folded, User.nip == folded)
        )
    ).one_or_none()
    return Account(*row) if row else None


def authenticate(account: Account | None, password: str, *, samples: bool) -> Account | None:
    """The account if it may be entered with this password, else None.

    Takes the same time for no account, a wrong password, a disabled account and one without password. Sample accounts, whose
    password is printed in the manual, are let in only where `samples` says so.
    """
    matches = passwords.verify(password, account.password_hash if account else None)
    if not matches or account is None or not account.is_active:
        return None
    return account if samples or not account.is_sample else None


def renew_hash(account: Account, renewed: passwords.PasswordHash) -> None:
    """Replace an outdated hash of the same password, unless the password was changed meanwhile."""
    db.session.execute(
        update(User)
        .where(User.id == account.id, User.password_hash == account.password_hash)
        .values(password_hash=renewed)
    )
