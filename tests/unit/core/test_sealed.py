"""What is sealed opens for its purpose alone, unchanged, and only for as long as asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from forum.core import clock, sealed
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("text", ["", "rahasia", "é 🌧 \x00 \udc80", "x" * 100_000])
def test_it_comes_back_as_it_was_and_says_nothing(text: str) -> None:
    token = sealed.seal("uji", text)
    assert sealed.unseal("uji", token) == text
    assert len(text) < 5 or text not in token
    assert sealed.seal("uji", text) != token


def test_another_purpose_another_secret_or_a_changed_letter_opens_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sealed.seal("uji:1", "rahasia")
    assert sealed.unseal("uji:2", token) is None
    for at in range(0, len(token) - 2, 7):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert sealed.unseal("uji:1", changed) is None, at
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret " * 4)
    assert sealed.unseal("uji:1", token) is None


@pytest.mark.parametrize("token", ["", "x", "\x00", "😀", "gAAAA" * 50, "a" * 100_000])
def test_rubbish_opens_nothing(token: str) -> None:
    assert sealed.unseal("uji", token) is None
    assert sealed.unseal("uji", token, within=timedelta(hours=1)) is None


def test_it_is_good_for_as_long_as_the_reader_says() -> None:
    with clock.fixed(NOW):
        token = sealed.seal("uji", "rahasia")
    with clock.fixed(NOW + timedelta(minutes=59)):
        assert sealed.unseal("uji", token, within=timedelta(hours=1)) == "rahasia"
    with clock.fixed(NOW + timedelta(minutes=61)):
        assert sealed.unseal("uji", token, within=timedelta(hours=1)) is None
        assert sealed.unseal("uji", token) == "rahasia"
    with clock.fixed(NOW - timedelta(minutes=5)):
        assert sealed.unseal("uji", token, within=timedelta(hours=1)) is None
