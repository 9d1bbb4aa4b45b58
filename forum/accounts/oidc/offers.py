"""What pages say about single sign-on: the button to come in, how one's account stands, the button to prove oneself again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from forum.accounts.oidc import queries
from forum.config import Settings
from forum.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: its address, and the provider's name. `only`: passwords are not used here."""

    url: str
    name: str
    only: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How one's account stands with the provider."""

    name: str
    only: bool
    is_linked: bool


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def to_come_in(target: str | None) -> Offer | None:
    """The button of the sign-in page, that leads on to `target`; None where no provider is set."""
    settings = _settings()
    if not settings.oidc_issuer:
        return None
    return Offer(url_for("oidc.start", next=target or None), settings.oidc_name, settings.oidc_only)


def standing(viewer: Viewer) -> Standing | None:
    """The viewer's; None where no provider is set."""
    settings = _settings()
    if not settings.oidc_issuer or viewer.id is None:
        return None
    is_linked = queries.is_linked(viewer.id, settings.oidc_issuer)
    return Standing(settings.oidc_name, settings.oidc_only, is_linked)


def to_confirm(viewer: Viewer, target: str) -> Offer | None:
    """The button by which the viewer signs in again at the provider, to go on at `target`; None when they cannot."""
    stands = standing(viewer)
    if stands is None or not stands.is_linked:
        return None
    return Offer(url_for("oidc.confirm", next=target or None), stands.name, stands.only)
