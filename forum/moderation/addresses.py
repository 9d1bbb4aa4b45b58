"""The addresses of cases, rulings and appeals."""

from __future__ import annotations

CASES = "/moderasi/kasus"
APPEALS = "/moderasi/banding"
WORDS = "/moderasi/kata"


def case_url(case_id: int) -> str:
    return f"{CASES}/{case_id}"


def ruling_url(act_id: int) -> str:
    """Where those concerned read what was decided, and can appeal."""
    return f"/keputusan/{act_id}"


def appeal_url(appeal_id: int) -> str:
    return f"{APPEALS}/{appeal_id}"
