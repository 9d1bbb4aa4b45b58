from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.search import indexer
from tests.factories.accounts import a_member, sign_in
from tests.factories.argon2 import cheap_argon2

__all__ = ["cheap_argon2"]


@pytest.fixture
def author(app: object) -> User:
    return a_member("penulis", name="Siti <b>Aminah</b>")


@pytest.fixture
def signed_in(client: FlaskClient, author: User) -> FlaskClient:
    sign_in(client, author)
    return client


@pytest.fixture
def index(app: object) -> Callable[[], Any]:
    """An empty index; calling it brings the index in step with what was written since."""
    indexer.rebuild()
    return indexer.drain


@pytest.fixture
def page(signed_in: FlaskClient, index: Callable[[], Any]) -> Callable[..., str]:
    """The page at `path` (by default that of results) with the index in step, as text."""

    def page(path: str = "/cari", expected: int = 200, **query: Any) -> str:
        index()
        answer = signed_in.get(path, query_string=query)
        assert answer.status_code == expected, f"{path} {query}: {answer.status_code}"
        return str(answer.get_data(as_text=True))

    return page
