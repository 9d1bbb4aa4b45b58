"""What is found at all, and counted, whichever index it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from forum.search.documents import Backend, Facet, Filters, Kind, Plan, Status
from tests.factories.search import (
    a_guide_document,
    a_reply_document,
    a_thread_document,
    at,
    keys,
    plan,
    publish,
    terms,
)

DOCUMENTS = (
    a_thread_document(
        1, "Printer macet", "x", board_id=1, unit_id=7, tags=("Cetak",), tag_slugs=("cetak", "alat"), author_id=3
    ),
    a_thread_document(
        2, "Printer rusak", "y", board_id=2, unit_id=7, status=Status.SOLVED, tag_slugs=("cetak",), author_id=4
    ),
    a_thread_document(3, "Umum", "z", board_id=2, unit_id=8, author_id=3, created_at=at(-400)),
    a_guide_document(1, "Merawat printer", "tinta", unit_id=8),
    a_reply_document(11, 1, "printer saya juga", author_id=4),
    a_reply_document(12, 3, "printer lama", author_id=5, created_at=at(2)),
)


@pytest.fixture
def index(backend: Backend) -> Backend:
    publish(backend, DOCUMENTS)
    return backend


def groups(index: Backend, **more: object) -> list[str]:
    """Heads that are found for "printer", sorted."""
    return heads(index, plan("printer", **more))


def heads(index: Backend, asked: Plan) -> list[str]:
    return sorted(
        ("guide" if match.group % 2 else "thread") + f":{match.group // 2}" for match in index.search(asked).matches
    )


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(), ["guide:1", "thread:1", "thread:2", "thread:3"]),
            (Filters(statuses=frozenset({Status.SOLVED, Status.VALIDATED})), ["guide:1", "thread:2"]),
            (Filters(boards=frozenset({2})), ["thread:2", "thread:3"]),
            (Filters(boards=frozenset({99})), []),
            (Filters(units=frozenset({8})), ["guide:1", "thread:3"]),
            (Filters(years=frozenset({2025})), ["thread:3"]),
            (Filters(tags=("cetak",)), ["thread:1", "thread:2"]),
            (Filters(tags=("cetak", "alat")), ["thread:1"]),
            (Filters(tags=("tiada",)), []),
            (Filters(kinds=frozenset({Kind.GUIDE})), ["guide:1"]),
            (Filters(kinds=frozenset({Kind.THREAD})), ["thread:1", "thread:2", "thread:3"]),
            (Filters(kinds=frozenset({Kind.REPLY})), ["thread:1", "thread:3"]),
            (Filters(kinds=frozenset({Kind.REPLY, Kind.GUIDE})), ["guide:1", "thread:1", "thread:3"]),
            (Filters(authors=frozenset({4, 5})), ["thread:1", "thread:2", "thread:3"]),
            (Filters(authors=frozenset({3})), ["thread:1"]),
            (Filters(since=date(2026, 3, 4)), ["thread:3"]),
            (Filters(until=date(2026, 3, 3)), ["guide:1", "thread:1", "thread:2"]),
            (Filters(boards=frozenset({2}), units=frozenset({7})), ["thread:2"]),
        ],
    )
    def test_each_narrows_as_it_says(self, index: Backend, filters: Filters, expected: list[str]) -> None:
        result = index.search(plan("printer", filters=filters))
        assert heads(index, plan("printer", filters=filters)) == expected
        assert result.total == len(expected)

    def test_replies_alone_are_shown_when_replies_are_asked_for(self, index: Backend) -> None:
        found = index.search(plan("printer", filters=Filters(kinds=frozenset({Kind.REPLY}))))
        assert sorted(keys(found)) == ["post:11", "post:12"]

    def test_who_wrote_it_is_about_the_document(self, index: Backend) -> None:
        found = index.search(plan("printer", filters=Filters(authors=frozenset({4}))))
        assert sorted(keys(found)) == ["post:11", "thread:2"]

    def test_days_are_those_of_the_city(self, backend: Backend) -> None:
        late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)  # half past midnight in the city
        publish(backend, [a_thread_document(1, "Printer", created_at=late)])
        assert heads(backend, plan("printer", filters=Filters(since=date(2026, 3, 2)))) == ["thread:1"]
        assert heads(backend, plan("printer", filters=Filters(until=date(2026, 3, 1)))) == []

    def test_they_work_without_words(self, index: Backend) -> None:
        assert heads(index, plan(filters=Filters(units=frozenset({8})))) == ["guide:1", "thread:3"]


class TestFacets:
    def test_they_count_groups(self, index: Backend) -> None:
        counted = index.search(plan("printer")).facets
        assert counted[Facet.KIND] == {"thread": 3, "guide": 1, "post": 2}
        assert counted[Facet.BOARD] == {1: 1, 2: 2}
        assert counted[Facet.UNIT] == {7: 2, 8: 2}
        assert counted[Facet.YEAR] == {2026: 3, 2025: 1}
        assert counted[Facet.STATUS] == {Status.OPEN: 2, Status.SOLVED: 1, Status.VALIDATED: 1}

    def test_each_counts_under_the_filters_of_the_others(self, index: Backend) -> None:
        filters = Filters(boards=frozenset({2}), units=frozenset({7}))
        counted = index.search(plan("printer", filters=filters)).facets
        assert counted[Facet.BOARD] == {1: 1, 2: 1}, "of unit 7"
        assert counted[Facet.UNIT] == {7: 1, 8: 1}, "on board 2"
        assert counted[Facet.YEAR] == {2026: 1}

    def test_kinds_count_under_the_filters_of_the_others(self, index: Backend) -> None:
        filters = Filters(kinds=frozenset({Kind.REPLY}), boards=frozenset({2}))
        counted = index.search(plan("printer", filters=filters)).facets
        assert counted[Facet.KIND] == {"thread": 2, "post": 1}
        assert counted[Facet.UNIT] == {8: 1}, "only the reply on board 2"

    def test_they_are_left_out_where_nobody_asks(self, index: Backend) -> None:
        assert index.search(plan("printer", with_facets=False)).facets == {}


class TestWhatMayBeSeen:
    def test_boards_that_may_not_be_read_are_neither_found_nor_counted(self, index: Backend) -> None:
        found = index.search(plan("printer", readable_boards=frozenset({1})))
        assert sorted(keys(found)) == ["guide:1", "thread:1"]
        assert found.total == 2
        assert found.facets[Facet.BOARD] == {1: 1}
        assert found.facets[Facet.KIND] == {"thread": 1, "guide": 1, "post": 1}

    def test_who_may_read_no_board_finds_what_has_none(self, index: Backend) -> None:
        assert groups(index, readable_boards=frozenset()) == ["guide:1"]

    def test_hidden_groups_are_neither_found_nor_counted(self, index: Backend) -> None:
        found = index.search(plan("printer", hidden_groups=frozenset({2, 3, 98})))
        assert heads(index, plan("printer", hidden_groups=frozenset({2, 3, 98}))) == ["thread:2", "thread:3"]
        assert found.facets[Facet.KIND] == {"thread": 2, "post": 1}

    def test_some_groups_may_be_left_out(self, index: Backend) -> None:
        assert groups(index, without_groups=frozenset({4})) == ["guide:1", "thread:1", "thread:3"]


class TestExclusion:
    def test_a_reply_with_the_word_is_not_found(self, index: Backend) -> None:
        assert sorted(keys(index.search(plan("printer", excluded=terms("lama"))))) == [
            "guide:1",
            "thread:1",
            "thread:2",
        ]

    def test_a_head_with_the_word_takes_its_group_along(self, index: Backend) -> None:
        assert groups(index, excluded=terms("macet")) == ["guide:1", "thread:2", "thread:3"]

    def test_a_word_that_nothing_has_excludes_nothing(self, index: Backend) -> None:
        assert len(groups(index, excluded=terms("zebra"))) == 4

    def test_it_works_without_words(self, index: Backend) -> None:
        assert heads(index, plan(excluded=terms("rusak"))) == ["guide:1", "thread:1", "thread:3"]


class TestPhrases:
    def ask(self, phrase: str, passes: Collection[str], **more: object) -> tuple[Plan, list[list[str]]]:
        asked: list[list[str]] = []

        def check(keys: Sequence[str]) -> Collection[str]:
            asked.append(sorted(keys))
            return set(keys) & set(passes)

        return plan(phrase, phrase_terms=terms(phrase), phrase_check=check, **more), asked

    def test_documents_with_all_its_words_are_checked_by_their_texts(self, index: Backend) -> None:
        asked, checked = self.ask("printer macet", ["thread:1"])
        found = index.search(asked)
        assert (keys(found), found.total, found.at_least) == (["thread:1"], 1, False)
        assert checked == [["thread:1"]]

    def test_what_does_not_pass_is_neither_found_nor_counted(self, index: Backend) -> None:
        asked, checked = self.ask("printer", ["post:12"])
        found = index.search(asked)
        assert keys(found) == ["post:12"]
        assert found.facets[Facet.BOARD] == {2: 1}
        assert len(checked[0]) == 5

    def test_facets_count_what_other_filters_would_find(self, index: Backend) -> None:
        asked, _checked = self.ask("printer", ["thread:1", "thread:2"], filters=Filters(boards=frozenset({1})))
        found = index.search(asked)
        assert keys(found) == ["thread:1"]
        assert found.facets[Facet.BOARD] == {1: 1, 2: 1}

    def test_no_text_is_read_when_no_document_has_all_words(self, index: Backend) -> None:
        asked, checked = self.ask("printer zebra", ["thread:1"])
        assert (index.search(asked).total, checked) == (0, [])

    def test_only_the_best_are_checked_and_that_is_said(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(number, "Printer macet") for number in range(1, 251)])
        asked, checked = self.ask("printer macet", [f"thread:{number}" for number in range(1, 251)])
        found = backend.search(replace(asked, limit=1000))
        assert found.at_least
        assert found.total == len(found.matches) == len(checked[0]) == 200
