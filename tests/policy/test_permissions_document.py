"""The document and the application are in step with the permission table."""

from __future__ import annotations

from flask import Flask

from scripts.permissions import PATH, document
from tests.policy.permissions import ROWS

SERVED = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_address_of_the_application_is_in_the_permission_table(app: Flask) -> None:
    served = {
        (rule.endpoint, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) & SERVED
    }
    listed = {(row.endpoint, row.method) for row in ROWS}
    missing = sorted(f"{method} {endpoint}" for endpoint, method in served - listed)
    assert not missing, f"add to tests/policy/permissions.py (then python -m scripts.permissions --write): {missing}"
    stale = sorted(f"{method} {endpoint}" for endpoint, method in listed - served)
    assert not stale, f"the application no longer serves what tests/policy/permissions.py lists: {stale}"
    assert len(listed) == len(ROWS), "an address is listed twice"


def test_the_document_is_what_the_table_says() -> None:
    assert PATH.read_text(encoding="utf-8") == document(), "run python -m scripts.permissions --write"
