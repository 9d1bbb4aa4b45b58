"""What the PostgreSQL index reads when more matches than can be scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from forum.core.db import db
from forum.core.timing import Meter
from forum.search.analysis import tokens
from forum.search.backends import postgres_candidates, postgres_search, postgres_tables
from forum.search.backends.postgres import PostgresBackend
from forum.search.backends.postgres_candidates import Wanted, choose
from forum.search.documents import Facet, Filters, Found, Kind, Plan, SearchDocument, Sort, Status, Term, group_of
from forum.search.planning import concepts
from forum.search.thesaurus import Thesaurus

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
COMMON = "surat dinas masuk"


def test_what_fits_is_read_whole() -> None:
    branches, is_complete = choose([Wanted((1, 2), 300, 20), Wanted((3,), 700, 20)], 100_000, most=1000)
    assert is_complete
    assert [(branch.each, branch.limit) for branch in branches] == [(((1, 2, 3),), 1000)]


def test_rare_words_are_read_whole_and_frequent_ones_where_they_are_strong() -> None:
    branches, is_complete = choose([Wanted((1,), 90_000, 1000), Wanted((2,), 300, 20)], 100_000, most=1000)
    assert not is_complete
    assert [branch.each for branch in branches[:2]] == [((2,),), ((-1,),)]


def test_of_two_frequent_words_those_with_both_come_first() -> None:
    branches, _is_complete = choose([Wanted((1,), 5000, 300), Wanted((2,), 4000, 200)], 100_000, most=1000)
    assert [branch.each for branch in branches] == [((2,), (1,)), ((-2,),), ((-1,),), ((2,),)]


@pytest.mark.parametrize("words", [1, 2, 3, 24])
def test_however_many_words_are_asked_for_what_is_read_is_bounded(words: int) -> None:
    wanted = [Wanted((n,), 60_000 + n, 10_000) for n in range(1, words + 1)]
    branches, _is_complete = choose(wanted, 100_000)
    assert len(branches) <= 10
    room = postgres_candidates.MOST_CANDIDATES
    assert sum(branch.limit for branch in branches) <= 2 * room


@pytest.fixture
def index(app: Flask) -> Iterator[PostgresBackend]:
    """400 threads that all have the same three words; the one that is about them is in the middle."""
    backend = PostgresBackend(db.engine)

    def thread(number: int, title: str, body: str) -> SearchDocument:
        group = group_of(Kind.THREAD, number)
        at = BEGAN + timedelta(days=number)
        return SearchDocument(
            f"thread:{number}", group, body, at, title=title, board_id=1 + number % 2, status=Status.OPEN
        )

    filler = " ".join(f"kata{n}" for n in range(80))
    made = [thread(n, f"Judul {n}", f"{filler} {COMMON} nomor{n}") for n in range(1, 401)]
    made[199] = replace(made[199], title="Surat masuk dinas")
    with backend.build() as build, backend.lock():
        build.put(made)
        build.publish()
    yield backend
    with db.engine.begin() as connection:
        for table in postgres_tables.metadata.sorted_tables:
            connection.execute(table.delete())


def found(query: str, plan: Plan | None = None, most: int = 100) -> Found:
    asked = replace(plan or Plan((), TODAY), concepts=concepts(tokens(query), Thesaurus(())))
    with db.engine.connect() as connection:
        return postgres_search.search(connection, asked, most)


@pytest.mark.postgresql
def test_frequent_words_alone_find_what_is_about_them(index: PostgresBackend) -> None:
    for query in (COMMON, "surat", "surat masuk"):
        answer = found(query)
        assert answer.matches[0].key == "thread:200", query
        assert answer.at_least
        assert 20 <= answer.total < 400


@pytest.mark.postgresql
def test_a_rare_word_beside_frequent_ones_is_not_lost(index: PostgresBackend) -> None:
    assert found(f"{COMMON} nomor333").matches[0].key == "thread:333"


@pytest.mark.postgresql
def test_totals_and_facets_are_exact_while_all_can_be_read(index: PostgresBackend) -> None:
    answer = found(COMMON, most=1200)
    assert (answer.total, answer.at_least) == (400, False)
    assert answer.facets[Facet.BOARD] == {1: 200, 2: 200}


@pytest.mark.postgresql
def test_boards_that_may_not_be_read_take_no_room(index: PostgresBackend) -> None:
    answer = found(COMMON, Plan((), TODAY, readable_boards=frozenset({2})))
    assert answer.total >= 50
    assert set(answer.facets[Facet.BOARD]) == {2}


@pytest.mark.postgresql
def test_a_facet_that_narrows_is_counted_without_itself(index: PostgresBackend) -> None:
    answer = found(COMMON, Plan((), TODAY, filters=Filters(boards=frozenset({2}))))
    assert set(answer.facets[Facet.BOARD]) == {1, 2}
    assert sum(answer.facets[Facet.YEAR].values()) == answer.total


@pytest.mark.postgresql
def test_by_date_the_latest_come_first_of_all_that_match(index: PostgresBackend) -> None:
    answer = found(COMMON, Plan((), TODAY, sort=Sort.DATE))
    assert [match.key for match in answer.matches[:3]] == ["thread:400", "thread:399", "thread:398"]


@pytest.mark.postgresql
def test_without_words_the_latest_are_listed(index: PostgresBackend) -> None:
    answer = found("")
    assert [match.key for match in answer.matches[:2]] == ["thread:400", "thread:399"]
    assert (answer.total, answer.at_least) == (100, True)


@pytest.mark.postgresql
def test_a_search_takes_few_statements(index: PostgresBackend, meter: Meter) -> None:
    found(COMMON, most=5000)
    assert meter.statements <= 4
    before = meter.statements
    boards = Filters(boards=frozenset({2}))
    phrase = tuple(Term(token.stem, token.word) for token in tokens("surat dinas"))
    found(COMMON, Plan((), TODAY, filters=boards, phrase_terms=phrase, phrase_check=lambda keys: keys))
    assert meter.statements - before <= 6
