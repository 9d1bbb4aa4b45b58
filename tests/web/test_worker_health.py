"""`/sehat` tells when background work is left lying, but stays 200: people can still read and write."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from forum.core import clock, outbox
from forum.core.db import transaction
from tests.conftest import NOW


@pytest.mark.parametrize(("waited", "worker"), [(-60, "ok"), (0, "ok"), (120, "ok"), (121, "late")])
def test_late_work_is_told(client: FlaskClient, fixed_now: datetime, waited: int, worker: str) -> None:
    with clock.fixed(NOW - timedelta(seconds=waited)), transaction():
        outbox.put("search", 1)
    answer = client.get("/sehat")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok", "worker": worker})


def test_without_any_work_all_is_well(client: FlaskClient) -> None:
    assert client.get("/sehat").json["worker"] == "ok"
