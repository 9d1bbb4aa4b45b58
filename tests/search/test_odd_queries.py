"""Whatever is asked, a page comes back, and soon. `-s` shows which query took longest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core import clock
from forum.demo.load import load_sample
from forum.search import indexer
from tests.factories.accounts import a_member, sign_in
from tests.search.odd_queries import addresses

STARTED = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
MOST_SECONDS = 0.3
TRIES = 3
# Suggestions and similar threads read a query as the page does: every seventh is put to them.
SAMPLE = 7
FILTERS = (
    "papan=%00", "papan=" + "x" * 5000, "&".join(f"papan=p{number}" for number in range(300)), "tahun=99999999999999999999", "tahun=-1",
    "tahun=abc", "status=%FF", "jenis=%F0%9F%98%80", "opd='--", "urut=acak", "persis=banyak", "hal=1", "q=lampu&q=jalan",
)  # fmt: skip
PAGES = ("0", "-1", "51", "9" * 30, "abc", "%00", "%20", "1.5")


@pytest.fixture
def get(app: Flask, client: FlaskClient) -> Callable[[str], float]:
    """Fetches a page from the sample content; gives the processor time that it took, the least of a few tries if that is long.

    A page every other second, as far as the clock of the application knows: so many are nobody's limit.
    """
    with clock.fixed(STARTED):
        load_sample()
        indexer.rebuild()
        sign_in(client, a_member("pencari"))
    moments = (STARTED + timedelta(seconds=2 * number) for number in count())

    def once(address: str) -> float:
        with clock.fixed(next(moments)):
            began = time.process_time()
            answer = client.get(address)
            took = time.process_time() - began
        assert answer.status_code == 200, f"{address[:200]}: {answer.status_code}"
        assert "</html>" in answer.text or address.split("?")[0] != "/cari", address[:200]
        return took

    def get(address: str) -> float:
        took = once(address)
        for _try in range(TRIES - 1):
            if took > MOST_SECONDS / 2:
                took = min(took, once(address))
        return took

    get("/cari?q=pemanasan")
    return get


def test_the_list_is_long() -> None:
    assert len(set(addresses())) >= 500


def test_every_odd_query_gives_a_page_soon(get: Callable[[str], float]) -> None:
    asked = [f"/cari?q={query}" for query in addresses()]
    asked += [path + query for path in ("/cari/saran?q=", "/cari/serupa?judul=") for query in addresses()[::SAMPLE]]
    took = {address: get(address) for address in asked}
    slowest = sorted(took, key=lambda address: -took[address])[:3]
    print(f"{len(took)} pages; " + "; ".join(f"{took[address] * 1000:.0f} ms {address[:60]!r}" for address in slowest))
    assert took[slowest[0]] < MOST_SECONDS, slowest[0][:200]


def test_odd_filters_give_a_page_and_pages_that_there_are_not_no_fault(
    get: Callable[[str], float], client: FlaskClient
) -> None:
    for more in FILTERS:
        assert get(f"/cari?q=lampu&{more}") < MOST_SECONDS, more[:100]
    for page in PAGES:
        answer = client.get(f"/cari?q=lampu&hal={page}")
        assert answer.status_code in (200, 404), page
        assert "</html>" in answer.text, page
