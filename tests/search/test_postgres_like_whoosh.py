"""Both backends find the same, count the same and order the same: random documents, random questions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from forum.core.db import db
from forum.search.analysis import tokens
from forum.search.backends import postgres_tables
from forum.search.backends.postgres import PostgresBackend
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import (
    Alternative,
    Backend,
    Concept,
    Filters,
    Found,
    Kind,
    Plan,
    SearchDocument,
    Sort,
    Status,
    Term,
    group_of,
    head_key,
)

pytestmark = pytest.mark.postgresql

WORDS = [
    *(
        "cetak",
        "mencetak",
        "kartu",
        "printer",
        "macet",
        "surat",
        "pindah",
        "domisili",
        "mengurus",
        "pengurusan",
        "izin",
    ),
    *("pajak", "tunggakan", "bayar", "pembayaran", "jaringan", "internet", "lambat", "sandi", "aplikasi", "gagal"),
    *("masuk", "absensi", "pegawai", "cuti", "tahunan", "anggaran", "perubahan"),
]
BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SLUGS = ("ktp", "pajak", "jaringan")


def sentence(chance: random.Random, most: int) -> str:
    # Some words are far more frequent than others, as in any language.
    return " ".join(WORDS[min(int(chance.expovariate(0.15)), len(WORDS) - 1)] for _ in range(chance.randint(1, most)))


def some_documents(chance: random.Random, count: int) -> list[SearchDocument]:
    made: list[SearchDocument] = []
    groups: list[int] = []
    for number in range(1, count + 1):
        at = BEGAN + timedelta(minutes=chance.randrange(1_900_000))
        helpful = chance.choice((0, 0, 1, 7))
        if chance.random() < 0.5 or not groups:
            kind = chance.choice((Kind.THREAD, Kind.THREAD, Kind.GUIDE))
            group = group_of(kind, number)
            groups.append(group)
            slugs = tuple(chance.sample(SLUGS, chance.randint(0, 2)))
            made.append(
                SearchDocument(
                    head_key(group),
                    group,
                    sentence(chance, 60),
                    at,
                    author_id=chance.choice((None, 1, 2, 3)),
                    helpful=helpful,
                    title=sentence(chance, 6),
                    tags=slugs,
                    tag_slugs=slugs,
                    board_id=None if kind is Kind.GUIDE else chance.randint(1, 4),
                    unit_id=chance.choice((None, 1, 2)),
                    status=chance.choice(list(Status)),
                )
            )
        else:
            group = chance.choice(groups)
            is_solution = chance.random() < 0.1
            made.append(
                SearchDocument(
                    f"post:{number}", group, sentence(chance, 60), at, chance.choice((1, 2, 3)), helpful, is_solution
                )
            )
    orphan = SearchDocument("post:999999", group_of(Kind.THREAD, 999_999), "cetak kartu tanpa kepala", BEGAN)
    return [*made, orphan]


def terms(text: str) -> tuple[Term, ...]:
    return tuple(Term(token.stem, token.word) for token in tokens(text))


def concept(chance: random.Random) -> Concept:
    others = [
        Alternative(terms(" ".join(chance.sample(WORDS, chance.randint(1, 2)))), chance.choice((0.8, 0.5)))
        for _ in range(chance.choice((0, 0, 1, 3)))
    ]
    word = chance.choice((*WORDS, "takdikenal"))
    return Concept((Alternative(terms(f"{word} {chance.choice(WORDS)}" if chance.random() < 0.2 else word)), *others))


def filters(chance: random.Random) -> Filters:
    def maybe(values: Sequence[object], most: int = 2) -> frozenset:  # type: ignore[type-arg]
        return frozenset(chance.sample(values, chance.randint(1, most))) if chance.random() < 0.25 else frozenset()

    return Filters(
        kinds=maybe(list(Kind), 3),
        statuses=maybe(list(Status), 4),
        boards=maybe((1, 2, 3, 4), 3),
        units=maybe((1, 2)),
        years=maybe((2023, 2024, 2025, 2026), 3),
        tags=tuple(maybe(SLUGS, 1)),
        authors=maybe((1, 2, 3)),
        since=date(2024, 3, 1) if chance.random() < 0.15 else None,
        until=date(2026, 2, 1) if chance.random() < 0.15 else None,
    )


def some_plan(chance: random.Random, groups: Sequence[int]) -> Plan:
    phrase = terms(" ".join(chance.sample(WORDS, 2))) if chance.random() < 0.15 else ()
    return Plan(
        tuple(concept(chance) for _ in range(chance.randint(0, 5))),
        TODAY,
        readable_boards=frozenset(chance.sample((1, 2, 3, 4), 3)) if chance.random() < 0.5 else None,
        hidden_groups=frozenset(chance.sample(groups, 5)) if chance.random() < 0.3 else frozenset(),
        without_groups=frozenset(chance.sample(groups, 2)) if chance.random() < 0.2 else frozenset(),
        filters=filters(chance) if chance.random() < 0.6 else Filters(),
        phrase_terms=phrase,
        phrase_check=(lambda keys: [key for key in keys if key[-1] in "02468"]) if phrase else None,
        excluded=terms(chance.choice(WORDS)) if chance.random() < 0.2 else (),
        sort=chance.choice((Sort.RELEVANCE, Sort.RELEVANCE, Sort.DATE)),
        offset=chance.choice((0, 0, 20)),
    )


@pytest.fixture
def both(app: Flask, tmp_path: Path) -> Iterator[tuple[Backend, Backend]]:
    yield PostgresBackend(db.engine), WhooshBackend(tmp_path / "search")
    with db.engine.begin() as connection:
        for table in postgres_tables.metadata.sorted_tables:
            connection.execute(table.delete())


def compare(ours: Found, theirs: Found, plan: Plan) -> None:
    assert ours.at_least == theirs.at_least, plan
    if ours.at_least:  # which documents are the best 200, of those that score alike, is not said
        assert ours.total == pytest.approx(theirs.total, rel=0.05), plan
        return
    assert ours.total == theirs.total, plan
    assert ours.facets == theirs.facets, plan
    assert len(ours.matches) == len(theirs.matches)
    # Two that score alike but for the last digit may change places; what has a rank has the score of that rank.
    for mine, other in zip(ours.matches, theirs.matches, strict=True):
        assert mine.score == pytest.approx(other.score, rel=2e-3, abs=2e-3), plan
    theirs_by_group = {match.group: match for match in theirs.matches}
    shared = [(mine, theirs_by_group[mine.group]) for mine in ours.matches if mine.group in theirs_by_group]
    assert len(shared) >= len(ours.matches) - 1
    for mine, other in shared:
        assert mine.coverage == pytest.approx(other.coverage, abs=1e-4), plan
        assert mine.key == other.key or mine.score == pytest.approx(other.score, rel=1e-4), plan


def publish(backend: Backend, documents: Sequence[SearchDocument]) -> None:
    with backend.build() as build, backend.lock():
        build.put(documents)
        build.publish()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_questions_have_the_same_answers(both: tuple[Backend, Backend], seed: int) -> None:
    chance = random.Random(seed)
    documents = some_documents(chance, 400)
    for backend in both:
        publish(backend, documents)
    assert both[0].words() == both[1].words()
    for prefix in ("ce", "p", "t", "ktp", "x"):
        assert both[0].title_words(prefix, 5) == both[1].title_words(prefix, 5)
    groups = sorted({document.group for document in documents})
    found = 0
    for _ in range(120):
        plan = some_plan(chance, groups)
        ours, theirs = (backend.search(plan) for backend in both)
        compare(ours, theirs, plan)
        found += bool(ours.matches)
    assert found > 60


def test_answers_are_the_same_after_changes(both: tuple[Backend, Backend]) -> None:
    chance = random.Random(4)
    documents = some_documents(chance, 300)
    changed = [replace(document, body=sentence(chance, 40)) for document in chance.sample(documents[:-1], 60)]
    for backend in both:
        publish(backend, documents)
        with backend.lock(), backend.writer() as writer:
            writer.put(changed)
            writer.remove([document.key for document in documents[200:240]])
    groups = sorted({document.group for document in documents})
    for _ in range(60):
        plan = some_plan(chance, groups)
        compare(*(backend.search(plan) for backend in both), plan)
    assert dict(both[0].fingerprints()) == dict(both[1].fingerprints())
    assert both[0].document_count() == both[1].document_count()
    assert both[0].frequencies(terms(" ".join(WORDS))) == both[1].frequencies(terms(" ".join(WORDS)))
