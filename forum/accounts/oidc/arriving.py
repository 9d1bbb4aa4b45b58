"""Where somebody comes from who was let in by the provider: carried, sealed, until their session begins, and noted beside it."""

from __future__ import annotations

import json

from forum.accounts.oidc import services
from forum.accounts.oidc.claims import Asserted
from forum.core import sealed
from forum.core.errors import Denied

# An ID token that is longer would make an address (or, while a second step is waited for, a cookie) too long. Then the provider
# asks whether one means to leave.
MAX_HINT = 4000
MAX_HINT_IN_COOKIE = 1200
_ORIGIN = "oidc origin"
_ID_TOKEN = "oidc id token"  # noqa: S105 - what it is sealed for


def origin(person: Asserted, id_token: str, *, most: int) -> str:
    """The note for `login.sign_in`, with an ID token of at most `most` characters."""
    hint = id_token if len(id_token) <= most else ""
    return sealed.seal(_ORIGIN, json.dumps([person.issuer, person.subject, person.sid, hint]))


def bind(token: str, note: str) -> None:
    """Note, in the caller's transaction, which session at the provider the new session of `token` belongs to."""
    opened = sealed.unseal(_ORIGIN, note)
    if opened is None:
        raise Denied
    issuer, subject, sid, id_token = json.loads(opened)
    services.bind_session(token, issuer, subject, sid, sealed.seal(_ID_TOKEN, id_token))


def hint(kept: str) -> str:
    """The ID token that was kept with a session; '' when it was too long or cannot be read."""
    return sealed.unseal(_ID_TOKEN, kept) or ""
