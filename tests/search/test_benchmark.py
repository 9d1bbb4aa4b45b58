"""The benchmark measures what it says it does; how much that is depends on the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from forum.search.benchmark import report
from forum.search.benchmark.content import LONGEST, SHORTEST, Content, Texts
from forum.search.benchmark.measuring import Times
from forum.search.benchmark.report import Report
from forum.search.documents import Kind
from forum.search.services.highlighting import Marker

DOCUMENTS = 300


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Report:
    done: list[int] = []
    made = report.run(tmp_path_factory.mktemp("bench"), DOCUMENTS, Marker, lambda _title, _total: done.append, 0.5)
    assert sum(done) >= 2 * DOCUMENTS
    return made


def test_a_run_gives_all_numbers(measured: Report) -> None:
    numbers = measured.as_json()
    for name in ("warm", "cold", "while_building", "while_posts_arrive", "visible"):
        assert 0 < numbers[name]["p50"] <= numbers[name]["p95"] <= numbers[name]["p99"] <= numbers[name]["worst"], name
    assert "SQLite FTS5" in numbers["others"]
    assert numbers["ratios_at_p95"].keys() == numbers["others"].keys()
    assert numbers["documents_per_second"] > 0
    assert numbers["index_bytes"] > 10_000
    assert numbers["memory"]["resident"] > numbers["memory"]["own"] > 0


def test_ratios_say_how_much_longer_others_take() -> None:
    made = Report(1, warm=Times.of([0.002]), others={"other": Times.of([0.01])})
    assert made.ratio("other") == pytest.approx(5)


def test_the_same_number_gives_the_same_documents_and_queries() -> None:
    once, again = Content(DOCUMENTS), Content(DOCUMENTS)
    assert list(once.documents()) == list(again.documents())
    assert once.queries(20) == again.queries(20)


def test_documents_are_threads_with_replies_and_guides_of_natural_length() -> None:
    made = list(Content(DOCUMENTS).documents())
    kinds = {document.kind for document in made}
    heads = {document.group for document in made if document.kind is not Kind.REPLY}
    assert len(made) == len({document.key for document in made}) == DOCUMENTS
    assert kinds == set(Kind)
    assert all(SHORTEST <= len(document.body) <= LONGEST for document in made)
    assert all(document.group in heads for document in made)


def test_queries_have_two_to_four_words_that_are_in_the_documents() -> None:
    content = Content(2000)
    texts = " ".join(f"{document.title} {document.body}" for document in content.documents()).lower()
    queries = content.queries(50)
    assert all(2 <= len(query.words) <= 4 for query in queries)
    assert sum(any(word in texts for word in query.text.split()) for query in queries) >= 45


def test_documents_come_back_from_the_database_as_they_were(tmp_path: Path) -> None:
    made = list(Content(60).documents())
    texts = Texts(tmp_path / "texts.sqlite")
    texts.add(made)
    assert list(texts.everything()) == made
    assert texts.of([made[0].key])[made[0].key] == (made[0].title, made[0].body)
    texts.close()
