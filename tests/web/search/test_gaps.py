"""What is searched for: counted by query, in a range of days, and nothing of it tells about a person."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.errors import NotFound
from forum.core.options import SEARCH_LOG_DAYS
from forum.core.timing import Meter
from forum.search.models import SearchLog
from forum.search.queries import gaps
from forum.search.queries.gaps import Table
from forum.search.services import log
from tests.factories.accounts import a_member, a_moderator, an_admin, sign_in, viewer_for
from tests.factories.forms import send

PAGE = "/moderasi/pencarian"


def searched(text: str, *people: User, days: float = 0, good: int = 1, opened: bool = False) -> None:
    """Each of `people` searched for `text`, so many days ago."""
    with clock.fixed(clock.now() - timedelta(days=days)):
        for person in people:
            with transaction():
                number = log.record(viewer_for(person), text, good, good, "")
                if opened:
                    log.opened(viewer_for(person), number, "thread:1")


@pytest.fixture
def people(app: Flask) -> list[User]:
    return [a_member() for _ in range(3)]


@pytest.fixture
def moderator(client: FlaskClient, app: Flask) -> FlaskClient:
    sign_in(client, a_moderator())
    return client


def lines(which: Table, days: int = 30) -> list[tuple[str, int, int]]:
    return [(line.words, line.searches, line.people) for line in gaps.table(which, days).lines]


def shown(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def test_the_same_words_are_counted_together_however_they_are_written(people: list[User]) -> None:
    searched("Lampu Jalan", people[0])
    searched("lampu  jalan", *people[1:])
    searched("cuti", people[0], days=0.5)
    assert lines(Table.TOP) == [("lampu jalan", 3, 3), ("cuti", 1, 1)]


def test_what_last_found_nothing_good_is_a_gap_until_something_good_is_found(people: list[User]) -> None:
    searched("lampu", *people[:2], good=0)
    searched("cuti", people[0], good=0, days=2)
    searched("cuti", people[1], good=3)
    assert lines(Table.VAIN) == [("lampu", 2, 2)]


def test_what_is_found_but_never_opened_is_another_gap(people: list[User]) -> None:
    searched("lampu", *people)
    searched("cuti", people[0])
    searched("cuti", people[1], opened=True)
    searched("mutasi", people[0], good=0, days=3)
    assert lines(Table.UNOPENED) == [("lampu", 3, 3)]


def test_only_the_range_counts(people: list[User]) -> None:
    searched("baru", people[0])
    searched("lama", people[0], days=10)
    searched("kuno", people[0], days=60)
    assert [[words for words, *_ in lines(Table.TOP, days)] for days in gaps.RANGES] == [
        ["baru"], ["baru", "lama"], ["baru", "lama", "kuno"],
    ]  # fmt: skip
    assert gaps.totals(7) == gaps.Totals(1, 0, 1)


@pytest.mark.parametrize("text", ["atas nama siti aminah", "nik 1272015508850003", "sari@gmail.com"])
def test_what_looks_personal_is_shown_only_if_two_people_typed_it_on_one_day(people: list[User], text: str) -> None:
    searched(text, people[0])
    searched(text, people[0], days=1)
    assert lines(Table.TOP) == []
    searched(text, people[1])
    [(words, searches, _people)] = lines(Table.TOP)
    assert searches == 3
    assert "1272015" not in words
    assert "sari@" not in words


def test_the_numbers_above_count_what_is_not_shown_too(people: list[User]) -> None:
    searched("atas nama siti", people[0], good=0)
    assert gaps.totals(30) == gaps.Totals(1, 1, 0)


def test_tables_are_read_page_by_page(people: list[User]) -> None:
    for number in range(5):
        searched(f"kata{'abcde'[number]}", people[0], days=number)
    pages = [gaps.table(Table.TOP, 30, number, per_page=2) for number in (1, 2, 3)]
    assert [[line.words[-1] for line in page.lines] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]
    assert [page.has_more for page in pages] == [True, True, False]
    with pytest.raises(NotFound):
        gaps.table(Table.TOP, 30, gaps.MOST_PAGES + 1)


def test_the_number_of_statements_does_not_grow(people: list[User], meter: Meter) -> None:
    counts = []
    for round_ in range(2):
        for number in range(5):
            searched(f"kata {round_} {number} x", *people)
        before = meter.statements
        gaps.totals(30)
        gaps.overview(30)
        counts.append(meter.statements - before)
    assert counts[0] == counts[1] <= 5


def test_the_page_shows_the_three_tables_with_ways_on(moderator: FlaskClient, people: list[User]) -> None:
    searched("lampu jalan", *people, good=0)
    html = shown(moderator)
    assert html.count("<h2>") == 4
    assert 'href="/cari?q=lampu+jalan"' in html
    assert 'href="/moderasi/tesaurus/baru?kata=lampu+jalan"' in html
    assert "3 pencarian" in html


def test_without_searches_the_page_says_so(moderator: FlaskClient) -> None:
    assert shown(moderator).count("Tidak ada dalam rentang waktu ini.") == 3


def test_one_table_is_shown_in_full_and_keeps_its_range(moderator: FlaskClient, people: list[User]) -> None:
    for first in "abcdefghijk":
        searched(f"{first}kata", people[0], good=0)
    html = shown(moderator, f"{PAGE}?hari=7")
    [more] = set(re.findall(r'href="([^"]*tabel=tanpa-hasil[^"]*)"', html))
    html = shown(moderator, more)
    assert all(f"{first}kata" in html for first in "abcdefghijk")
    assert '<option value="7" selected>' in html


@pytest.mark.parametrize("query", ["hari=8", "hari=", "hari=٧", "tabel=apa", "hari=7&hari=30", "tabel=terbanyak&hal=2"])
def test_whatever_stands_in_the_address_there_is_a_page(moderator: FlaskClient, query: str) -> None:
    assert moderator.get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["tabel=terbanyak&hal=0", "tabel=terbanyak&hal=x", "tabel=terbanyak&hal=101"])
def test_a_page_that_cannot_be_is_not_found(moderator: FlaskClient, query: str) -> None:
    assert moderator.get(f"{PAGE}?{query}").status_code == 404


def test_what_was_typed_is_text_on_the_page(moderator: FlaskClient, people: list[User]) -> None:
    searched("<script>alert(1)</script>", people[0])
    assert "<script>alert" not in moderator.get(PAGE).get_data(as_text=True)


def test_admins_set_on_the_page_how_long_searches_are_kept(client: FlaskClient, app: Flask) -> None:
    sign_in(client, an_admin())
    assert 'name="search_log_days"' in shown(client)
    assert send(client, f"{PAGE}/masa-simpan", search_log_days="90").status_code == 303
    assert SEARCH_LOG_DAYS.get() == 90
    answer = send(client, f"{PAGE}/masa-simpan", search_log_days="9000")
    assert answer.status_code == 422
    assert 'value="9000"' in answer.get_data(as_text=True)
    assert SEARCH_LOG_DAYS.get() == 90


def test_moderators_see_how_long_and_cannot_change_it(moderator: FlaskClient) -> None:
    html = shown(moderator)
    assert "180 hari" in html
    assert 'name="search_log_days"' not in html
    assert send(moderator, f"{PAGE}/masa-simpan", search_log_days="90").status_code == 403


def test_the_menu_leads_moderators_here_and_nobody_else(app: Flask) -> None:
    for person, is_there in ((a_moderator(), True), (an_admin(), True), (a_member(), False)):
        client = app.test_client()
        sign_in(client, person)
        assert ('href="/moderasi"' in client.get("/").get_data(as_text=True)) is is_there
        start = client.get("/moderasi")
        assert (start.status_code == 200 and 'href="/moderasi/pencarian"' in start.get_data(as_text=True)) is is_there


def test_a_row_of_the_log_names_nobody(people: list[User]) -> None:
    searched("lampu", people[0])
    columns = set(SearchLog.__table__.columns.keys())
    assert not {"user_id", "author_id", "viewer_id"} & columns
    assert db.session.query(SearchLog).count() == 1
