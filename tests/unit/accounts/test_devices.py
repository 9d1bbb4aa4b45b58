"""Browsers in plain words, addresses shortened."""

from __future__ import annotations

import time

import pytest

from forum.accounts.devices import Device, device, place

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)
AGENTS = {
    ANDROID: ("Chrome", "Android"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": (
        "Edge",
        "Windows",
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": ("Firefox", "Linux"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1": (
        "Safari",
        "iPhone",
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1": (
        "Chrome",
        "iPhone",
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15": (
        "Safari",
        "macOS",
    ),
    "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36": (
        "Samsung Internet",
        "Android",
    ),
    "curl/8.0": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize(("agent", "words"), AGENTS.items())
def test_a_browser_is_known_by_its_user_agent(agent: str, words: tuple[str, str]) -> None:
    found = device(agent, None)
    assert (found.browser, found.system) == words


@pytest.mark.parametrize(
    "agent",
    [None, "\r\nSet-Cookie: x=1\r\n\r\n<script>", "😀" * 5000, "A" * 10_000 + "Firefox/1", "\x00Chrome/", "Edg" * 9999],
)
def test_nothing_that_a_client_sends_is_kept(agent: str | None) -> None:
    begun = time.perf_counter()
    found = device(agent, "\r\n10.0.0.1")
    assert found in (Device(), Device("Chrome"), Device("Edge"))
    assert time.perf_counter() - begun < 0.1


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("103.28.12.77", "103.28.12.x"),
        ("::ffff:10.1.2.3", "10.1.2.x"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1::/48"),
        ("", ""),
        (None, ""),
        ("localhost", ""),
        ("10.0.0.1, 8.8.8.8", ""),
        ("9" * 5000, ""),
    ],
)
def test_an_address_is_kept_as_its_network(address: str | None, kept: str) -> None:
    assert place(address) == kept
    assert len(kept) <= 45
