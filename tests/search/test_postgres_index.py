"""What the PostgreSQL index alone promises: how it is written, and what its vocabulary says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, insert, select

from forum.core.db import db
from forum.search import analysis
from forum.search.backends import postgres_tables
from forum.search.backends.postgres import PostgresBackend
from forum.search.documents import Kind, SearchDocument, Status, Term, Unavailable, group_of
from forum.search.models import SearchReplay

pytestmark = pytest.mark.postgresql

AT = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)  # the second of March in the city
terms, documents, generations = postgres_tables.terms, postgres_tables.documents, postgres_tables.generations


def thread(number: int, title: str, body: str, **more: Any) -> SearchDocument:
    group = group_of(Kind.THREAD, number)
    return SearchDocument(f"thread:{number}", group, body, AT, title=title, status=Status.OPEN, **more)


def reply(number: int, to: int, body: str) -> SearchDocument:
    return SearchDocument(f"post:{number}", group_of(Kind.THREAD, to), body, AT)


SOME = (
    thread(1, "Cetak KTP gagal", "Printer macet saat cetak KTP, sudah tiga hari", tags=("Adminduk",)),
    reply(10, 1, "Restart printer lalu cetak lagi"),
    thread(2, "Surat pindah", "Bagaimana mengurus surat pindah?"),
)


@pytest.fixture
def index(app: Flask) -> Iterator[PostgresBackend]:
    yield PostgresBackend(db.engine)
    with db.engine.begin() as connection:
        for table in postgres_tables.metadata.sorted_tables:
            connection.execute(table.delete())


def publish(index: PostgresBackend, *found: SearchDocument) -> None:
    with index.build() as build, index.lock():
        build.put(found)
        build.publish()


def all_of(query: Any) -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.execute(query))


def vocabulary() -> dict[tuple[str, bool], tuple[int, int, int]]:
    columns = (terms.c.term, terms.c.is_word, terms.c.df, terms.c.strong_df, terms.c.title_df)
    return {(term, is_word): tuple(sums) for term, is_word, *sums in all_of(select(*columns)) if any(sums)}


def sums() -> Any:
    names = ("documents", "body_length", "exact_length")
    return all_of(select(*(generations.c[name] for name in names)))


def test_without_a_published_generation_the_index_is_unavailable(index: PostgresBackend) -> None:
    assert index.analysis_version() is None
    for use in (index.document_count, index.words, index.size, lambda: list(index.fingerprints())):
        with pytest.raises(Unavailable, match="published"):
            use()
    with pytest.raises(Unavailable), index.lock(), index.writer() as writer:
        writer.remove(["thread:1"])


def test_without_its_tables_the_index_is_unavailable(app: Flask) -> None:
    bare = create_engine(db.engine.url, connect_args={"options": "-c search_path=pg_catalog"})
    assert PostgresBackend(bare).analysis_version() is None
    with pytest.raises(Unavailable, match="search_generations"):
        PostgresBackend(bare).document_count()
    with pytest.raises(Unavailable), PostgresBackend(bare).build():
        pass
    bare.dispose()


def test_an_unreachable_server_is_unavailable_not_an_error_of_its_own() -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
    with pytest.raises(Unavailable):
        PostgresBackend(nowhere).document_count()


def test_another_error_of_the_database_is_not_taken_for_a_missing_index(index: PostgresBackend) -> None:
    publish(index, *SOME)
    with pytest.raises(Exception, match="is_this_a_function") as caught, index.writer():
        all_of(select(func.is_this_a_function()))
    assert not isinstance(caught.value, Unavailable)


def test_what_is_written_is_read_as_it_was(index: PostgresBackend) -> None:
    publish(index, *SOME)
    assert dict(index.fingerprints()) == {document.key: document.fingerprint for document in SOME}
    assert index.document_count() == 3
    assert index.analysis_version() == analysis.ANALYSIS_VERSION
    assert index.size() > 0
    assert index.words()["printer"] == 2
    assert index.frequencies([Term("cetak", "cetak"), Term("tidakada", "tidakada")]) == (2, 0)


def test_days_and_years_are_those_of_the_city(index: PostgresBackend) -> None:
    publish(index, SOME[0], replace(SOME[2], created_at=datetime(2025, 12, 31, 18, 0, tzinfo=UTC)))
    found = {key: (day, year) for key, day, year in all_of(select(documents.c.key, documents.c.day, documents.c.year))}
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert found["thread:1"] == ((datetime(2026, 3, 2, tzinfo=UTC) - epoch).days, 2026)
    assert found["thread:2"] == ((datetime(2026, 1, 1, tzinfo=UTC) - epoch).days, 2026)


def test_frequencies_and_sums_after_changes_are_those_of_a_new_generation(index: PostgresBackend) -> None:
    changed = replace(SOME[0], title="Cetak kartu keluarga", body="Printer printer printer dan toner", tags=())
    publish(index, *SOME)
    with index.lock(), index.writer() as writer:
        writer.put([changed, reply(11, 2, "Datang ke kelurahan"), SOME[1]])
        writer.remove(["thread:2", "post:999"])
        writer.put([reply(11, 2, "Datang ke kecamatan")])
    kept = vocabulary(), sums(), dict(index.fingerprints())
    publish(index, changed, SOME[1], reply(11, 2, "Datang ke kecamatan"))
    assert kept == (vocabulary(), sums(), dict(index.fingerprints()))


def test_a_generation_takes_the_last_of_what_is_put_with_one_key(index: PostgresBackend) -> None:
    publish(index, SOME[0], replace(SOME[0], body="pertama"), SOME[2], replace(SOME[0], body="terakhir"))
    assert index.document_count() == 2
    assert {"terakhir", "pertama"} & set(index.words()) == {"terakhir"}


def test_a_new_generation_is_seen_when_it_is_published_and_replaces_the_old(index: PostgresBackend) -> None:
    publish(index, *SOME)
    with index.build() as build:
        build.put([thread(3, "Baru", "sekali")])
        assert index.document_count() == 3
        with index.lock():
            build.publish()
    assert index.document_count() == 1
    assert index.frequencies([Term("cetak", "cetak")]) == (0,)
    assert all_of(select(func.count()).select_from(documents)) == [(1,)]
    assert len(all_of(select(generations.c.id))) == 1


def test_a_generation_that_is_given_up_leaves_nothing(index: PostgresBackend) -> None:
    publish(index, *SOME)
    with suppress(LookupError), index.build() as build:
        build.put([thread(3, "Baru", "sekali")])
        raise LookupError
    assert index.document_count() == 3
    assert all_of(select(func.count()).select_from(documents)) == [(3,)]
    assert len(all_of(select(generations.c.id))) == 1


def test_changes_of_a_writer_that_fails_are_not_there(index: PostgresBackend) -> None:
    publish(index, *SOME)
    before = vocabulary(), sums()
    with suppress(LookupError), index.lock(), index.writer() as writer:
        writer.remove(["thread:1"])
        writer.put([thread(3, "Baru", "sekali")])
        raise LookupError
    assert (vocabulary(), sums()) == before
    assert index.document_count() == 3


def test_a_change_during_a_build_is_kept_by_both_generations(index: PostgresBackend) -> None:
    publish(index, *SOME)
    late = thread(4, "Terlambat", "datang saat indeks dibuat")
    with index.build() as build:
        build.put(SOME)
        with index.lock(), index.writer() as writer:
            writer.put([late])
        assert index.document_count() == 4
        with index.lock():
            build.put([late])
            build.publish()
    assert index.document_count() == 4
    assert index.frequencies([Term("lambat", "terlambat")]) == (1,)


def test_one_at_a_time_has_the_lock(index: PostgresBackend) -> None:
    order: list[str] = []

    def second() -> None:
        with index.lock() as has_it:
            order.append(f"second {has_it}")

    with index.lock() as has_it:
        assert has_it
        with index.lock(wait=False) as other:
            assert other is False
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        order.append("first")
    waiting.join(5)
    assert order == ["first", "second True"]
    with index.lock(wait=False) as again:
        assert again


def test_the_lock_of_a_process_that_died_is_free(index: PostgresBackend) -> None:
    killer = create_engine(db.engine.url)
    with killer.connect() as connection:
        pid = connection.scalar(select(func.pg_backend_pid()))
        connection.execute(select(func.pg_advisory_lock(72_366_286)))
        with index.lock(wait=False) as has_it:
            assert not has_it
        all_of(select(func.pg_terminate_backend(pid)))
        connection.invalidate()
    with index.lock() as has_it:
        assert has_it
    killer.dispose()


def test_words_of_titles_and_tags_are_suggested_the_most_frequent_first(index: PostgresBackend) -> None:
    publish(index, *SOME, thread(5, "Surat surat tugas", "isi"), thread(6, "Surel dinas", "surga"))
    assert index.title_words("sur", 5) == ("surat", "surel")
    assert index.title_words("sur", 1) == ("surat",)
    assert index.title_words("admin", 5) == ("adminduk",)
    assert index.title_words("printer", 5) == ()
    for odd in ("%", "_", "\\", "su%", "\0", "' OR 1=1", "\U0001f600"):
        assert index.title_words(odd, 5) == ()


def test_an_endless_word_fits_into_the_index(index: PostgresBackend) -> None:
    endless = "\U00010400" * 5000
    publish(index, thread(1, "Judul", endless))
    [token] = analysis.tokens(endless)
    assert index.frequencies([Term(token.stem, token.word)]) == (1,)


def test_a_word_a_thousand_times_is_counted_as_far_as_there_is_room(index: PostgresBackend) -> None:
    publish(index, thread(1, "surat " * 50, "surat " * 3000, tags=("surat",) * 9))
    [(counts, length)] = all_of(select(documents.c.stem_counts, documents.c.body_length))
    assert length == 3000
    assert max(counts) == 0b111_11_1111111111


def test_no_parameter_reaches_the_database_as_sql(index: PostgresBackend) -> None:
    evil = "'; DROP TABLE search_documents; --"
    publish(index, thread(1, evil, evil, tags=(evil,), tag_slugs=(evil, "a,b", '{"x"}')))
    with index.lock(), index.writer() as writer:
        writer.remove([evil])
    assert index.document_count() == 1
    assert all_of(select(documents.c.tag_slugs)) == [([evil, "a,b", '{"x"}'],)]


def test_the_transaction_of_a_request_is_not_involved(index: PostgresBackend) -> None:
    publish(index, *SOME)
    db.session.execute(insert(SearchReplay).values(key="thread:1"))
    with index.lock(), index.writer() as writer:
        writer.remove(["thread:1"])
    assert index.document_count() == 2
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(SearchReplay)) == 0
    assert index.document_count() == 2
