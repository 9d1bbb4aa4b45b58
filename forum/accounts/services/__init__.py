"""What can be done with accounts, one group of verbs a file."""

from forum.accounts.services.links import LIFETIME, issue_link, make_link, use_link
from forum.accounts.services.people import create_user
from forum.accounts.services.sessions import (
    end_session,
    end_sessions,
    forget_expired_sessions,
    start_session,
    touch_session,
)
from forum.accounts.services.signing_in import Account, authenticate, find_account, fold_identifier, renew_hash

__all__ = [
    "LIFETIME",
    "Account",
    "authenticate",
    "create_user",
    "end_session",
    "end_sessions",
    "find_account",
    "fold_identifier",
    "forget_expired_sessions",
    "issue_link",
    "make_link",
    "renew_hash",
    "start_session",
    "touch_session",
    "use_link",
]
