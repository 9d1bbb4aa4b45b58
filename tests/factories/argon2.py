"""A cheap argon2 for tests. The real cost is asserted once; paying it everywhere would only make the run slow."""

import pytest

from forum.accounts import passwords


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(1, 8, 1))
