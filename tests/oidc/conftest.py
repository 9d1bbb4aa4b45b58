"""Settings of single sign-on for a test, and the ports that it needs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.factories.argon2 import cheap_argon2
from tests.oidc.hostile import CLIENT, SECRET, Hostile, hostile_provider

__all__ = ["cheap_argon2"]

Configure = Callable[..., None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def configure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Call it to change settings for this test: `configure(oidc_only=True)`. What a process knew of a provider is forgotten."""

    def change(**settings: Any) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=settings))

    yield change
    known = app.extensions.pop("oidc", None)
    if known:
        known[1].close()


@pytest.fixture
def hostile(configure: Configure) -> Iterator[Hostile]:
    """A provider that says what the test wants, set as ours."""
    with hostile_provider() as provider:
        configure(
            base_url="http://localhost",
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_name="SSO Kota",
        )
        yield provider
