"""Reads of identities and of what a session owes to the provider."""

from __future__ import annotations

from sqlalchemy import select

from forum.accounts import tokens
from forum.accounts.models import UserSession
from forum.accounts.oidc.models import ProviderSession, UserIdentity
from forum.core.db import db


def is_linked(user_id: int, issuer: str) -> bool:
    """Is the person's account linked with somebody at the provider?"""
    found = select(UserIdentity.id).where(UserIdentity.user_id == user_id, UserIdentity.issuer == issuer)
    return db.session.scalar(found) is not None


def user_of(issuer: str, subject: str) -> int | None:
    """Whose account this person at the provider is linked with."""
    found = select(UserIdentity.user_id).where(UserIdentity.issuer == issuer, UserIdentity.subject == subject)
    return db.session.scalar(found)


def sealed_id_token(token: str) -> str | None:
    """The sealed ID token with which the session of `token` began; None when it began otherwise."""
    return db.session.scalar(
        select(ProviderSession.id_token)
        .join(UserSession, UserSession.id == ProviderSession.session_id)
        .where(UserSession.token_hash == tokens.digest(token))
    )
