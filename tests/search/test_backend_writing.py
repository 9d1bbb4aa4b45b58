"""How an index is written and what it says of itself, whichever it is."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from forum.search.analysis import ANALYSIS_VERSION
from forum.search.documents import Backend, Facet, Status, Unavailable
from tests.factories.search import (
    a_guide_document,
    a_reply_document,
    a_thread_document,
    keys,
    plan,
    publish,
    terms,
    write,
)


class TestWithoutAGeneration:
    def test_searching_says_so(self, backend: Backend) -> None:
        with pytest.raises(Unavailable):
            backend.search(plan("printer"))
        with pytest.raises(Unavailable):
            backend.document_count()
        with pytest.raises(Unavailable):
            list(backend.fingerprints())
        assert backend.analysis_version() is None

    def test_writing_says_so(self, backend: Backend) -> None:
        with pytest.raises(Unavailable):
            write(backend, a_thread_document(1, "Printer"))


class TestWriting:
    def test_a_document_is_found_once_its_writer_is_done(self, backend: Backend) -> None:
        publish(backend, [])
        with backend.lock(), backend.writer() as writer:
            writer.put([a_thread_document(1, "Printer")])
            assert backend.search(plan("printer")).total == 0
        assert keys(backend.search(plan("printer"))) == ["thread:1"]

    def test_it_replaces_what_has_its_key(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer"), a_thread_document(2, "Printer")])
        write(backend, a_thread_document(1, "Toner", status=Status.SOLVED))
        assert keys(backend.search(plan("printer"))) == ["thread:2"]
        found = backend.search(plan("toner"))
        assert (keys(found), found.facets[Facet.STATUS]) == (["thread:1"], {Status.SOLVED: 1})
        assert backend.document_count() == 2

    def test_of_two_in_one_go_the_last_counts(self, backend: Backend) -> None:
        publish(backend, [])
        write(backend, a_thread_document(1, "Printer"), a_thread_document(1, "Toner"))
        assert backend.document_count() == 1
        assert backend.search(plan("printer")).total == 0

    def test_what_is_taken_out_is_gone(self, backend: Backend) -> None:
        publish(
            backend,
            [a_thread_document(1, "Printer"), a_reply_document(5, 1, "printer"), a_thread_document(2, "Printer")],
        )
        write(backend, without=["thread:1", "thread:99"])
        assert keys(backend.search(plan("printer"))) == ["thread:2"], "the reply has no head any more"
        write(backend, without=["thread:2", "post:5"])
        assert (backend.search(plan("printer")).total, backend.document_count()) == (0, 0)

    def test_a_head_that_comes_back_brings_its_replies_along(self, backend: Backend) -> None:
        publish(backend, [a_reply_document(5, 1, "ganti toner")])
        assert backend.search(plan("toner")).total == 0
        write(backend, a_thread_document(1, "Printer"))
        assert keys(backend.search(plan("toner"))) == ["post:5"]

    def test_nothing_of_it_stays_if_something_goes_wrong(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer")])
        with suppress(LookupError), backend.lock(), backend.writer() as writer:
            writer.put([a_thread_document(2, "Printer")])
            writer.remove(["thread:1"])
            raise LookupError
        assert keys(backend.search(plan("printer"))) == ["thread:1"]
        write(backend, a_thread_document(3, "Printer"))
        assert backend.search(plan("printer")).total == 2

    def test_many_small_changes_leave_the_last_state(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer")])
        for number in range(30):
            write(backend, a_thread_document(1, f"Printer nomor{number}"), a_thread_document(2 + number, "Toner"))
        assert backend.search(plan("nomor29")).total == 1
        assert backend.search(plan("nomor28")).total == 0
        assert backend.search(plan("toner")).total == 30
        assert len(list(backend.fingerprints())) == backend.document_count() == 31


class TestGenerations:
    def test_nobody_searches_one_before_it_is_published(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer")])
        with backend.build() as build:
            build.put([a_thread_document(2, "Toner")])
            assert backend.search(plan("toner")).total == 0
            with backend.lock():
                build.publish()
        assert backend.search(plan("toner")).total == 1
        assert backend.search(plan("printer")).total == 0

    def test_one_that_is_given_up_leaves_nothing(self, backend: Backend) -> None:
        publish(backend, [a_thread_document(1, "Printer")])
        with suppress(LookupError), backend.build() as build:
            build.put([a_thread_document(2, "Printer")])
            raise LookupError
        with backend.build() as build:
            build.put([a_thread_document(3, "Printer")])
        assert keys(backend.search(plan("printer"))) == ["thread:1"]

    def test_what_comes_again_while_it_is_made_replaces_what_was_there(self, backend: Backend) -> None:
        with backend.build() as build, backend.lock():
            build.put(
                [a_thread_document(1, "Printer"), a_thread_document(2, "Printer"), a_thread_document(3, "Printer")]
            )
            build.put([a_thread_document(2, "Toner")])
            build.remove(["thread:3", "thread:99"])
            build.publish()
        assert keys(backend.search(plan("printer"))) == ["thread:1"]
        assert keys(backend.search(plan("toner"))) == ["thread:2"]
        assert backend.document_count() == 2

    def test_an_empty_one_is_searched_and_written(self, backend: Backend) -> None:
        publish(backend, [])
        found = backend.search(plan("printer"))
        assert (found.matches, found.total) == ((), 0)
        assert backend.search(plan()).total == 0
        assert (dict(backend.words()), backend.title_words("p", 5)) == ({}, ())
        write(backend, a_thread_document(1, "Printer"))
        assert backend.search(plan("printer")).total == 1


class TestTheLock:
    def test_one_alone_has_it(self, backend: Backend) -> None:
        with backend.lock() as first, backend.lock(wait=False) as second:
            assert (first, second) == (True, False)
        with backend.lock(wait=False) as again:
            assert again

    def test_it_is_let_go_when_something_goes_wrong(self, backend: Backend) -> None:
        with pytest.raises(LookupError), backend.lock():
            raise LookupError
        with backend.lock(wait=False) as has_it:
            assert has_it

    def test_who_waits_gets_it(self, backend: Backend) -> None:
        order: list[str] = []

        def other() -> None:
            with backend.lock():
                order.append("second")

        with backend.lock():
            waiting = threading.Thread(target=other)
            waiting.start()
            waiting.join(0.2)
            order.append("first")
        waiting.join(10)
        assert order == ["first", "second"]


class TestWhatItSaysOfItself:
    documents = (
        a_thread_document(1, "Pengaduan warga", "mengadu lewat loket", tags=("Aduan",)),
        a_guide_document(2, "Alur pengaduan", "loket loket"),
        a_reply_document(3, 1, "pengaduan lagi di loket"),
    )

    def test_fingerprints_are_those_of_the_documents(self, backend: Backend) -> None:
        publish(backend, self.documents)
        assert dict(backend.fingerprints()) == {document.key: document.fingerprint for document in self.documents}

    def test_words_are_counted_by_documents(self, backend: Backend) -> None:
        publish(backend, self.documents)
        words = backend.words()
        assert words["pengaduan"] == 3
        assert words["mengadu"] == 1
        assert words["loket"] == 3

    def test_frequencies_are_those_of_stems(self, backend: Backend) -> None:
        publish(backend, self.documents)
        assert backend.frequencies(terms("adu loket zebra")) == (3, 3, 0)

    def test_words_of_titles_complete_what_is_typed(self, backend: Backend) -> None:
        publish(backend, self.documents)
        assert backend.title_words("peng", 5) == ("pengaduan",)
        assert set(backend.title_words("a", 9)) >= {"adu", "alur"}
        assert backend.title_words("adu", 1) == ("adu",)
        assert backend.title_words("loket", 5) == (), "no title has it"

    def test_it_knows_its_size_and_analysis(self, backend: Backend) -> None:
        publish(backend, self.documents)
        assert backend.document_count() == 3
        assert backend.analysis_version() == ANALYSIS_VERSION
        assert backend.size() > 1000
