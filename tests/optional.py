"""Parts of the suite that need what not every machine has. Missing, they are skipped with a reason; named in REMBUK_REQUIRE, they fail."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from forum.core.printing.making import is_available

ROOT = Path(__file__).resolve().parents[1]
FOLDER_MARKS = {"browser": "browser", "faults": "faults"}


def missing() -> dict[str, str]:
    """For each optional part that cannot run here: what to do about it."""
    reasons = {}
    if not shutil.which("chromium"):
        reasons["browser"] = "no Chromium here (apt-get install chromium)"
    elif not find_spec("playwright"):
        reasons["browser"] = "no Playwright here (pip install -r requirements-dev.txt)"
    if not is_available():
        reasons["pdf"] = "no Pango here (apt-get install libpangoft2-1.0-0)"
    if not os.environ.get("TEST_DATABASE_URL", "").startswith("postgresql"):
        reasons["postgresql"] = "not on PostgreSQL (TEST_DATABASE_URL, or make test)"
    if not shutil.which("node"):
        reasons["oidc"] = "no Node here (apt-get install nodejs npm)"
    elif not (ROOT / "node_modules" / "oidc-provider").is_dir():
        reasons["oidc"] = "no oidc-provider here (npm ci)"
    return reasons


@pytest.hookimpl(tryfirst=True)  # before -m selects by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their folder; skip or refuse what cannot run."""
    reasons = missing()
    for part in filter(None, os.environ.get("REMBUK_REQUIRE", "").split(",")):
        if part.strip() in reasons:
            raise pytest.UsageError(f"REMBUK_REQUIRE asks for {part.strip()}, but: {reasons[part.strip()]}")
    tests = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(tests).parts[0]
        if folder in FOLDER_MARKS:
            item.add_marker(FOLDER_MARKS[folder])
        for part, reason in reasons.items():
            if item.get_closest_marker(part):
                item.add_marker(pytest.mark.skip(reason=reason))
