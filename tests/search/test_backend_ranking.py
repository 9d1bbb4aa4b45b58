"""What stands above what, whichever index it is."""

from __future__ import annotations

import pytest

from forum.search.documents import Backend, Sort, Status
from tests.factories.search import (
    a_guide_document,
    a_reply_document,
    a_thread_document,
    at,
    concept,
    keys,
    plan,
    publish,
)

FILLER = "lampu jalan kantor camat pagar taman sekolah dasar pasar ikan"
OTHERS = [a_thread_document(number, f"Laporan {number}", FILLER) for number in range(100, 120)]


def found(backend: Backend, words: str, *documents: object, **more: object) -> list[str]:
    publish(backend, [*documents, *OTHERS])  # type: ignore[list-item]
    return keys(backend.search(plan(words, **more)))


def test_a_word_in_the_title_counts_more_than_in_the_body(backend: Backend) -> None:
    in_body = a_thread_document(1, "Laporan harian", "printer rusak")
    in_title = a_thread_document(2, "Printer rusak", "laporan harian")
    assert found(backend, "printer", in_body, in_title) == ["thread:2", "thread:1"]


def test_a_tag_is_found(backend: Backend) -> None:
    assert found(backend, "adminduk", a_thread_document(1, "Kartu", tags=("Adminduk",))) == ["thread:1"]


@pytest.mark.parametrize("asked", ["adu", "mengadu", "pengaduan", "diadukan"])
def test_inflected_forms_find_each_other(backend: Backend, asked: str) -> None:
    assert found(backend, asked, a_thread_document(1, "Alur pengaduan", "warga mengadu")) == ["thread:1"]


def test_the_word_as_it_was_typed_comes_before_another_form(backend: Backend) -> None:
    other = a_thread_document(1, "Tentang mengadu", "isi")
    same = a_thread_document(2, "Tentang pengaduan", "isi")
    assert found(backend, "pengaduan", other, same) == ["thread:2", "thread:1"]


def test_the_rarer_word_counts_more(backend: Backend) -> None:
    rare = a_thread_document(1, "Umum", "disposisi surat")
    frequent = [a_thread_document(number, "Umum", "disposisi printer") for number in range(2, 6)]
    assert found(backend, "surat printer", *frequent, rare)[0] == "thread:1"


def test_having_both_words_comes_before_having_one_often(backend: Backend) -> None:
    once_each = a_thread_document(1, "Umum", "printer dan toner di kantor")
    often = a_thread_document(2, "Umum", "printer printer printer printer kantor")
    assert found(backend, "printer toner", once_each, often) == ["thread:1", "thread:2"]


def test_a_word_in_a_short_text_counts_more_than_in_a_long_one(backend: Backend) -> None:
    long = a_thread_document(1, "Umum", f"printer {FILLER} {FILLER} {FILLER}")
    short = a_thread_document(2, "Umum", "printer mati")
    assert found(backend, "printer", long, short) == ["thread:2", "thread:1"]


def test_any_of_the_words_is_enough(backend: Backend) -> None:
    documents = a_thread_document(1, "Printer", "a"), a_thread_document(2, "Toner", "b")
    assert sorted(found(backend, "printer toner zebra", *documents)) == ["thread:1", "thread:2"]


class TestAlternatives:
    documents = (
        a_thread_document(1, "Cetak KTP", "isi"),
        a_thread_document(2, "Kartu tanda penduduk", "isi"),
        a_thread_document(3, "Kartu keluarga", "isi"),
    )

    def test_another_word_finds_too_but_stands_below(self, backend: Backend) -> None:
        publish(backend, [*self.documents, *OTHERS])
        asked = plan(concepts=(concept("ktp", ("kartu tanda penduduk", 0.8)),))
        assert keys(backend.search(asked)) == ["thread:1", "thread:2"], "thread 3 has not all of its words"

    def test_a_rare_synonym_does_not_outweigh_a_frequent_word(self, backend: Backend) -> None:
        frequent = [a_thread_document(number, "Listrik padam", "isi") for number in range(1, 9)]
        publish(backend, [*frequent, a_thread_document(20, "Mati lampu", "isi"), *OTHERS])
        found = keys(backend.search(plan(concepts=(concept("padam", ("mati", 0.8)),))))
        assert found[-1] == "thread:20"
        assert len(found) == 9

    def test_a_text_with_both_words_counts_once(self, backend: Backend) -> None:
        both = a_thread_document(1, "Padam", "mati")
        publish(backend, [both, *OTHERS])
        alone = backend.search(plan(concepts=(concept("padam"),))).matches[0]
        together = backend.search(plan(concepts=(concept("padam", ("mati", 0.8)),))).matches[0]
        assert together.score == pytest.approx(alone.score, rel=0.05)
        assert together.coverage == 1

    def test_a_phrase_that_was_typed_is_found_by_any_of_its_words(self, backend: Backend) -> None:
        publish(backend, [*self.documents, *OTHERS])
        asked = plan(concepts=(concept("kartu tanda penduduk", ("ktp", 0.8)),))
        matches = backend.search(asked).matches
        assert [match.key for match in matches] == ["thread:2", "thread:1", "thread:3"]
        assert [match.coverage for match in matches] == [1, 1, pytest.approx(0.29, abs=0.05)]


class TestCoverage:
    def test_it_is_the_share_of_the_weight_that_was_asked_for(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer macet"), a_thread_document(2, "Printer rusak"), *OTHERS])
        whole, part = backend.search(plan("printer macet")).matches
        assert (whole.key, whole.coverage) == ("thread:1", 1)
        assert 0.3 < part.coverage < 0.6

    def test_a_word_that_nothing_has_counts_too(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer macet"), *OTHERS])
        assert backend.search(plan("printer zebra")).matches[0].coverage == pytest.approx(0.45, abs=0.08)

    def test_documents_of_a_group_complete_each_other(self, backend: Backend) -> None:
        documents = a_thread_document(1, "Printer"), a_reply_document(5, 1, "ganti toner"), *OTHERS
        publish(backend, documents)
        assert backend.search(plan("printer toner")).matches[0].coverage == 1

    def test_beyond_64_words_it_still_sums_up(self, backend: Backend) -> None:
        words = " ".join(f"kata{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(80))
        publish(backend, [a_thread_document(1, "Semua", words), *OTHERS])
        assert backend.search(plan(words)).matches[0].coverage == pytest.approx(1, abs=1e-4)


class TestGroups:
    def test_a_thread_is_one_line_with_its_best_document(self, backend: Backend) -> None:
        replies = [
            a_reply_document(5, 1, "saya juga"),
            a_reply_document(6, 1, "bersihkan rol lalu ganti toner"),
            a_reply_document(7, 1, "toner"),
        ]
        publish(backend, [a_thread_document(1, "Printer macet", "tolong"), *replies, *OTHERS])
        result = backend.search(plan("toner rol"))
        assert keys(result) == ["post:6"]
        assert (result.total, result.matches[0].group) == (1, 2)

    def test_a_reply_inherits_from_its_thread(self, backend: Backend) -> None:
        beneath = a_reply_document(5, 1, "ganti toner baru")
        alone = a_reply_document(6, 2, "ganti toner baru")
        heads = a_thread_document(1, "Printer macet", "x"), a_thread_document(2, "Pengadaan", "y")
        assert found(backend, "printer toner", *heads, beneath, alone) == ["post:5", "post:6"]

    def test_a_reply_that_only_repeats_the_question_does_not_stand_for_it(self, backend: Backend) -> None:
        documents = a_thread_document(1, "Printer macet", "tolong"), a_reply_document(5, 1, "printer saya macet juga")
        assert found(backend, "printer macet", *documents) == ["thread:1"]

    def test_a_reply_is_not_found_without_its_thread(self, backend: Backend) -> None:
        assert found(backend, "toner", a_reply_document(5, 1, "ganti toner")) == []


class TestWhatADocumentIs:
    def test_a_solved_thread_comes_before_an_open_one(self, backend: Backend) -> None:
        open_one = a_thread_document(1, "Printer", "macet")
        solved = a_thread_document(2, "Printer", "macet", status=Status.SOLVED)
        assert found(backend, "printer", open_one, solved) == ["thread:2", "thread:1"]

    def test_a_validated_guide_comes_before_one_that_is_not(self, backend: Backend) -> None:
        plain = a_guide_document(1, "Printer", "macet", status=Status.UNVALIDATED)
        validated = a_guide_document(2, "Printer", "macet")
        assert found(backend, "printer", plain, validated) == ["guide:2", "guide:1"]

    def test_the_solution_comes_before_another_reply(self, backend: Backend) -> None:
        heads = a_thread_document(1, "A", "x"), a_thread_document(2, "B", "y")
        plain, solution = a_reply_document(5, 1, "ganti toner"), a_reply_document(6, 2, "ganti toner", is_solution=True)
        assert found(backend, "toner", *heads, plain, solution) == ["post:6", "post:5"]

    def test_what_helped_comes_first_within_bounds(self, backend: Backend) -> None:
        documents = [
            a_thread_document(n, "Printer", "macet", helpful=thanks) for n, thanks in ((1, 0), (2, 5), (3, 90_000))
        ]
        better = a_thread_document(4, "Printer macet", "toner habis")
        assert found(backend, "printer macet toner", *documents, better) == [
            "thread:4",
            "thread:3",
            "thread:2",
            "thread:1",
        ]

    def test_what_is_fresh_comes_before_what_is_old(self, backend: Backend) -> None:
        old = a_thread_document(1, "Printer", "macet", created_at=at(-900))
        assert found(backend, "printer", old, a_thread_document(2, "Printer", "macet")) == ["thread:2", "thread:1"]

    def test_archived_ones_come_after_all_others(self, backend: Backend) -> None:
        archived = a_guide_document(1, "Printer macet", "printer macet", status=Status.ARCHIVED)
        weak = a_thread_document(2, "Umum", f"{FILLER} printer")
        assert found(backend, "printer macet", archived, weak) == ["thread:2", "guide:1"]

    def test_at_equal_scores_a_guide_comes_first_then_what_is_newer(self, backend: Backend) -> None:
        documents = (
            a_thread_document(1, "Printer", "macet", created_at=at(-4000)),
            a_guide_document(2, "Printer", "macet", status=Status.UNVALIDATED, created_at=at(-4002)),
            a_thread_document(3, "Printer", "macet", created_at=at(-3999)),
        )
        assert found(backend, "printer", *documents) == ["guide:2", "thread:3", "thread:1"]


class TestByDate:
    def test_without_words_everything_is_found_latest_first(self, backend: Backend) -> None:
        documents = [a_thread_document(number, "A", "x", created_at=at(number)) for number in (2, 3, 1)]
        publish(backend, [*documents, a_reply_document(9, 1, "balas", created_at=at(8))])
        assert keys(backend.search(plan())) == ["post:9", "thread:3", "thread:2"]

    def test_the_latest_document_of_each_group_stands_for_it(self, backend: Backend) -> None:
        documents = (
            a_thread_document(1, "Printer printer", "printer", created_at=at(1)),
            a_reply_document(5, 1, "printer", created_at=at(5)),
            a_thread_document(2, "Printer", "x", created_at=at(3)),
        )
        assert found(backend, "printer", *documents, sort=Sort.DATE) == ["post:5", "thread:2"]

    def test_what_has_little_of_the_query_comes_after_what_has_enough(self, backend: Backend) -> None:
        whole = a_thread_document(1, "Printer macet", created_at=at(1))
        newer = a_thread_document(2, "Printer", created_at=at(9))
        assert found(backend, "printer macet", whole, newer, sort=Sort.DATE) == ["thread:1", "thread:2"]

    def test_pages_follow_each_other(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(number, "Printer", created_at=at(number)) for number in range(1, 8)])
        pages = [keys(backend.search(plan("printer", offset=start, limit=3))) for start in (0, 3, 6, 9)]
        assert [len(page) for page in pages] == [3, 3, 1, 0]
        assert [key for page in pages for key in page] == [f"thread:{number}" for number in range(7, 0, -1)]
