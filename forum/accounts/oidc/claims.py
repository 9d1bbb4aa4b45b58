"""What the provider says about a person, in our words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forum.accounts import identity
from forum.config import Settings, words
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.core.viewer import Role

Claims = Mapping[str, Any]

MAX_TEXTS = 500
MAX_TEXT = 200
# A NIP has 18 digits and a NIK 16: whoever is called that at the provider is called something else here.
_NUMBER = re.compile(r"\d(?:[\s._-]?\d){11,}")
_FOREIGN = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """How claims become what an account has. `role_claim` and `unit_claim` are '' where the provider has no say."""

    trusts_email: bool
    links_by_email: bool
    creates: bool
    role_claim: str
    moderator_roles: frozenset[str]
    admin_roles: frozenset[str]
    unit_claim: str

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        return cls(
            trusts_email=settings.oidc_trust_email,
            links_by_email=settings.oidc_link_by_email,
            creates=settings.oidc_create_accounts,
            role_claim=settings.oidc_role_claim,
            moderator_roles=_roles(settings.oidc_moderator_roles),
            admin_roles=_roles(settings.oidc_admin_roles),
            unit_claim=settings.oidc_unit_claim,
        )


@dataclass(frozen=True, slots=True)
class Asserted:
    """A person as the provider asserts them. `email` is '' unless it is an address that is known to be theirs.

    `role` is None where the provider has no say in it; `units`: names to look for, the likeliest first.
    """

    issuer: str
    subject: str
    sid: str | None
    name: str
    email: str
    usernames: tuple[str, ...]
    role: Role | None
    units: tuple[str, ...]


def _roles(text: str) -> frozenset[str]:
    """Roles and groups alike: Keycloak writes a group as "/name"."""
    return frozenset(name.removeprefix("/") for name in words(text))


def read(issuer: str, claims: Claims, rules: Rules) -> Asserted:
    """The person of checked claims."""
    return Asserted(
        issuer=issuer,
        subject=claims["sub"],
        sid=claims.get("sid"),
        name=_name(claims),
        email=_email(claims, rules),
        usernames=tuple(_usernames(claims)),
        role=_role(claims, rules),
        units=_units(claims, rules),
    )


def at(claims: Claims, path: str) -> Any:
    """The claim of this name; or, where there is none, what "a.b" leads to. None where nothing is."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def texts(value: Any) -> tuple[str, ...]:
    """The texts in a claim that is one or a list of them."""
    values = value if isinstance(value, list) else [value]
    return tuple(one_line(item) for item in values[:MAX_TEXTS] if isinstance(item, str) and len(item) <= MAX_TEXT)


def _text(value: Any) -> str:
    return next(iter(texts(value)), "")


def _name(claims: Claims) -> str:
    parts = " ".join(filter(None, (_text(claims.get("given_name")), _text(claims.get("family_name")))))
    for text in (_text(claims.get("name")), parts):
        try:
            return identity.name(text[: identity.NAME_LENGTH])
        except Invalid:
            continue
    return ""


def _email(claims: Claims, rules: Rules) -> str:
    if claims.get("email_verified") is not True and not rules.trusts_email:
        return ""
    try:
        return identity.email(_text(claims.get("email")))
    except Invalid:
        return ""


def _usernames(claims: Claims) -> Iterator[str]:
    """Usernames that would fit, the likeliest first; never one with a NIP or another long number in it."""
    email = _text(claims.get("email"))
    for text in (_text(claims.get("preferred_username")).split("@")[0], email.split("@")[0], _name(claims)):
        if _NUMBER.search(text):
            continue
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        fitting = _FOREIGN.sub(".", plain).strip("._-").lstrip("0123456789._-")[:28].rstrip("._-")
        try:
            yield identity.username(fitting)
        except Invalid:
            continue


def _role(claims: Claims, rules: Rules) -> Role | None:
    if not rules.role_claim:
        return None
    given = {text.removeprefix("/") for text in texts(at(claims, rules.role_claim))}
    if given & rules.admin_roles:
        return Role.ADMIN
    return Role.MODERATOR if given & rules.moderator_roles else Role.MEMBER


def _units(claims: Claims, rules: Rules) -> tuple[str, ...]:
    """Names of units; a group of Keycloak, "/opd/dinas-kesehatan", as a whole and by its last part."""
    if not rules.unit_claim:
        return ()
    given = [text.strip("/") for text in texts(at(claims, rules.unit_claim))]
    both = [name for text in given for name in (text, text.rpartition("/")[2])]
    return tuple(dict.fromkeys(filter(None, both)))
