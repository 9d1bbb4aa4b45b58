"""Reading segments block by block: the same as Whoosh's public reader gives, and that reader where files are not as expected."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from forum.search.backends import whoosh_files, whoosh_generations, whoosh_schema, whoosh_segments, whoosh_vocabularies
from forum.search.backends.whoosh import WhooshBackend
from forum.search.backends.whoosh_cache import OVERHEAD, Cache
from forum.search.backends.whoosh_segments import BlockReader, PublicReader, Segment
from forum.search.documents import Unavailable
from tests.factories.search import a_reply_document, a_thread_document, keys, plan, publish, write


@pytest.fixture
def filled(whoosh: WhooshBackend) -> WhooshBackend:
    """An index whose most frequent word takes several blocks, with gaps and repetitions."""
    chance = random.Random(1)
    documents = []
    for number in range(1, 2000):
        words = (
            ["printer"] * chance.choice([0, 1, 1, 3]) + ["toner"] * (number % 7 == 0) + ["kertas"] * 300 * (number == 5)
        )
        documents.append(a_thread_document(number, "Judul", " ".join(words), author_id=number % 50 or None))
    publish(whoosh, documents)
    return whoosh


def segments(index: WhooshBackend) -> Iterator[tuple[Path, Any]]:
    folder = index._generations.published()
    commit = whoosh_generations.latest_commit(folder)
    toc = TOC.read(FileStorage(str(folder)), whoosh_schema.INDEX_NAME, gen=commit, schema=whoosh_schema.schema())
    return ((folder, segment) for segment in toc.segments)


class TestBothReaders:
    """If this fails after an update of Whoosh, its files have changed: the fast reader has to follow, the index works without."""

    def test_they_give_the_same_postings(self, filled: WhooshBackend) -> None:
        for folder, segment in segments(filled):
            fast, public = BlockReader(folder, segment), PublicReader(folder, segment)
            for field, term in (
                ("body", b"printer"),
                ("body", b"toner"),
                ("exact", b"kertas"),
                ("title", b"judul"),
                ("body", b"x"),
            ):
                one, other = fast.postings(field, term), public.postings(field, term)
                assert np.array_equal(one.documents, other.documents)
                assert np.array_equal(one.counts, other.counts)
            assert len(fast.postings("body", b"printer").documents) > whoosh_schema.BLOCK
            assert fast.postings("body", b"kertas").counts.tolist() == [whoosh_schema.MOST_COUNTED]

    def test_they_give_the_same_columns_and_terms(self, filled: WhooshBackend) -> None:
        for folder, segment in segments(filled):
            fast, public = BlockReader(folder, segment), PublicReader(folder, segment)
            for column in (*whoosh_schema.COLUMNS, whoosh_schema.FINGERPRINT):
                assert np.array_equal(fast.column(column), public.column(column)), column.name
            for field in ("body", "exact", "names", "slugs"):
                assert list(fast.terms(field)) == list(public.terms(field))

    def test_the_fast_one_is_in_use(self, filled: WhooshBackend) -> None:
        assert all(Segment(folder, segment).is_fast for folder, segment in segments(filled))


class TestFallingBack:
    def test_a_codec_that_cannot_be_read_by_blocks_is_read_slowly(
        self, filled: WhooshBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = filled.search(plan("printer toner"))
        monkeypatch.setattr(whoosh_segments, "WHOOSH3_HEADER_MAGIC", b"else")
        other = WhooshBackend(filled._generations.folder)
        assert other.search(plan("printer toner")) == expected
        assert dict(other.words())["printer"] == dict(filled.words())["printer"]

    def test_so_is_a_segment_that_cannot_be_mapped(
        self, filled: WhooshBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = filled.search(plan("toner"))

        def refuse(*_anything: object) -> None:
            raise AttributeError("no such class any more")

        monkeypatch.setattr(whoosh_files, "CompoundStorage", refuse)
        other = WhooshBackend(filled._generations.folder)
        assert other.search(plan("toner")) == expected
        assert dict(other.fingerprints()) == dict(filled.fingerprints())

    def test_postings_that_do_not_fit_what_is_said_of_them_are_not_believed(
        self, filled: WhooshBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expected = filled.search(plan("printer"))
        monkeypatch.setattr(
            whoosh_segments,
            "_decoded",
            lambda blocks: whoosh_segments.Postings(np.arange(3, dtype=np.int32), np.ones(3, np.uint8)),
        )
        assert WhooshBackend(filled._generations.folder).search(plan("printer")) == expected


class TestBrokenFiles:
    def damaged(self, index: WhooshBackend, name: str, content: bytes | None) -> WhooshBackend:
        folder = index._generations.published()
        for path in folder.glob(name):
            path.unlink() if content is None else path.write_bytes(content)
        return WhooshBackend(index._generations.folder)

    @pytest.mark.parametrize("content", [None, b"", b"nothing of an index", b"\0" * 5000])
    @pytest.mark.parametrize("name", ["*.seg", "*.toc", "about.json"])
    def test_they_are_told_as_an_index_that_cannot_be_read(
        self, filled: WhooshBackend, name: str, content: bytes | None
    ) -> None:
        other = self.damaged(filled, name, content)
        with pytest.raises(Unavailable):
            other.search(plan("printer"))
        with pytest.raises(Unavailable):
            list(other.fingerprints())
        assert other.analysis_version() is None

    @pytest.mark.parametrize("content", ["", "gen-99-x", "../elsewhere", "\ud800"])
    def test_so_is_a_broken_pointer(self, filled: WhooshBackend, content: str) -> None:
        (filled._generations.folder / "current").write_bytes(content.encode("utf-8", "surrogatepass"))
        with pytest.raises(Unavailable):
            filled.search(plan("printer"))

    def test_so_is_a_folder_that_is_gone(self, filled: WhooshBackend) -> None:
        shutil.rmtree(filled._generations.folder)
        with pytest.raises(Unavailable):
            filled.search(plan("printer"))

    def test_a_damaged_part_of_a_segment_is_told_when_it_is_met(self, filled: WhooshBackend) -> None:
        (path,) = filled._generations.published().glob("*.seg")
        content = bytearray(path.read_bytes())
        start = bytes(content).index(whoosh_segments.WHOOSH3_HEADER_MAGIC)
        content[start : start + 4000] = b"\xff" * 4000
        path.write_bytes(content)
        with pytest.raises(Unavailable):
            WhooshBackend(filled._generations.folder).search(plan("printer toner kertas judul"))


class TestTheCache:
    def test_it_keeps_what_was_used_last_within_its_room(self) -> None:
        cache: Cache[np.ndarray[Any, Any]] = Cache(10 * (1000 + OVERHEAD))
        for number in range(10):
            cache.put(number, np.zeros(1000, np.uint8))
        assert cache.get(0) is not None
        cache.put(10, np.zeros(1000, np.uint8))
        assert cache.get(0) is not None
        assert cache.get(1) is None
        assert cache.nbytes <= 10 * (1000 + OVERHEAD)

    def test_what_would_fill_it_is_not_kept(self) -> None:
        cache: Cache[np.ndarray[Any, Any]] = Cache(4000)
        cache.put("big", np.zeros(2000, np.uint8))
        assert (cache.get("big"), cache.nbytes) == (None, 0)

    def test_a_search_reads_a_term_once(self, filled: WhooshBackend, monkeypatch: pytest.MonkeyPatch) -> None:
        filled.search(plan("printer"))
        monkeypatch.setattr(Segment, "postings", lambda *_anything: pytest.fail("read again"))
        filled.search(plan("printer"))
        with pytest.raises(pytest.fail.Exception):
            filled.search(plan("toner"))


def test_words_are_counted_through_large_and_small_segments(
    filled: WhooshBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_vocabularies, "LARGE", 500)
    for number in range(3):
        write(filled, a_thread_document(6000 + number, "Judulnya printer", "kertas"))
        words = WhooshBackend(filled._generations.folder).words()
        assert (words["judul"], words["kertas"]) == (1999, 2 + number)
        assert filled.title_words("judul", 5) == ("judul", "judulnya")
    assert filled.title_words("judulnya", 5) == ("judulnya",)


def test_threads_search_at_once_while_another_writes(filled: WhooshBackend) -> None:
    failures: list[BaseException] = []
    seen: list[int] = []
    is_over = threading.Event()

    def read() -> None:
        try:
            while not is_over.is_set():
                seen.append(filled.search(plan("khusus")).total)
                filled.search(plan("printer toner kertas"))
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for number in range(25):
        write(filled, a_reply_document(number + 1, 1 + number, "kata khusus"))
    is_over.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert max(seen) <= 25
    assert filled.search(plan("khusus")).total == 25


def test_another_process_sees_every_commit_and_every_generation(filled: WhooshBackend) -> None:
    """Another object stands for it: nothing is shared but the files."""
    other = WhooshBackend(filled._generations.folder)
    for number in range(3):
        write(filled, a_thread_document(5000 + number, "Khusus"))
        assert other.search(plan("khusus")).total == number + 1
    publish(filled, [a_thread_document(1, "Khusus")])
    assert keys(other.search(plan("khusus"))) == ["thread:1"]
