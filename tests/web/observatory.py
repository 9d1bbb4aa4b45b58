"""The score of the MDN HTTP Observatory (v2 scoring chart), computed from what answers carry."""

from __future__ import annotations

import re
from typing import Any

POLICY_DIRECTIVES = re.compile(r"^[a-z-]+( [^;]+)?$")


def policy_of(header: str) -> dict[str, set[str]]:
    """A Content-Security-Policy as directive -> sources. Raises AssertionError for one that a browser would read otherwise."""
    policy: dict[str, set[str]] = {}
    for part in filter(None, (part.strip() for part in header.split(";"))):
        assert POLICY_DIRECTIVES.match(part), part
        name, *sources = part.split()
        assert name not in policy, f"{name} twice: the second does not count"
        policy[name] = set(sources)
    return policy


def _policy_score(policy: dict[str, set[str]]) -> int:
    scripts = policy.get("script-src", policy.get("default-src", {"*"}))
    styles = policy.get("style-src", policy.get("default-src", {"*"}))
    unsafe = {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*"}
    if scripts & unsafe:
        return -20
    if styles & unsafe or "http:" in set().union(*policy.values()):
        return 0
    return 10 if policy.get("default-src") == {"'none'"} else 5


def _cookie_score(cookies: list[str]) -> int:
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        if not {"secure", "httponly"} <= parts:
            return -40
        if not any(part in ("samesite=lax", "samesite=strict") for part in parts):
            return 0
    return 5


def _transport_score(value: str) -> int:
    found = re.match(r"max-age=(\d+)", value)
    if not found:
        return -20
    return (-10 if int(found[1]) < 15768000 else 0) + (5 if "preload" in value else 0)


def score(answer: Any) -> int:
    """The score of one answer over HTTPS; 90 and more is an A, 100 and more an A+."""
    headers, page = answer.headers, answer.get_data(as_text=True)
    policy = policy_of(headers.get("Content-Security-Policy", ""))
    points = 100 + _policy_score(policy) if policy else 75
    points += _cookie_score(headers.getlist("Set-Cookie"))
    points += _transport_score(headers.get("Strict-Transport-Security", ""))
    points += 5 if headers.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin") else -5
    points += 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5
    points += 5 if policy.get("frame-ancestors") in ({"'none'"}, {"'self'"}) else -20
    points += 10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0
    points += -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0
    scripts = re.findall(r"<script[^>]*\ssrc=[^>]*>", page)
    points += 5 if scripts and all('integrity="sha384-' in script for script in scripts) else 0
    return points
