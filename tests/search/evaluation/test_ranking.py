"""A second set of queries, by somebody who had seen neither the first one nor the search at work; and no database.

The sample threads and all that leads astray go into an index as documents, so what is judged is analysis, planning and ranking alone:
no correction of typos, no permission. `-s` shows the numbers.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from forum.demo import content
from forum.demo.content import SampleThread
from forum.search import planning
from forum.search.analysis import tokens
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import Backend, Kind, Plan, SearchDocument, Status, group_of
from forum.search.thesaurus import Thesaurus, shipped
from tests.search.evaluation.data import FOLDER, distractors

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
HALVES = ("tuning", "held-out")
FIRST_THREE, FIRST = 0.95, 0.85
THREADS = content.threads()


@dataclass(frozen=True)
class Query:
    """`threads`: the ids of the sample threads that answer it; any of them is right."""

    text: str
    threads: frozenset[str]
    half: str


def _queries() -> tuple[Query, ...]:
    rows = tomllib.loads((FOLDER / "queries.toml").read_text(encoding="utf-8"))["queries"]
    return tuple(Query(row["text"], frozenset(row["threads"]), row["half"]) for row in rows)


def _astray() -> Iterator[tuple[str, str]]:
    """Titles and texts of threads that answer nothing: long ones, and short ones as people write in a hurry."""
    yield from ((one.title, one.body) for one in distractors())
    for line in (FOLDER / "short_distractors.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["title"], row["body"]


def _of_sample(number: int, thread: SampleThread) -> Iterator[SearchDocument]:
    opened, group = NOW - timedelta(days=thread.days_ago), group_of(Kind.THREAD, number)
    yield SearchDocument(
        key=f"{Kind.THREAD}:{number}",
        group=group,
        title=thread.title,
        body=thread.body,
        tags=thread.tags,
        created_at=opened,
        status=Status.SOLVED if thread.solution else Status.OPEN,
    )
    for place, post in enumerate(thread.posts):
        yield SearchDocument(
            key=f"{Kind.REPLY}:{number * 100 + place}",
            group=group,
            body=post.body,
            created_at=opened + timedelta(hours=post.after_hours),
            helpful=len(post.helpful),
            is_solution=post.key == thread.solution,
        )


def _documents() -> Iterator[SearchDocument]:
    for number, thread in enumerate(THREADS):
        yield from _of_sample(number, thread)
    for number, (title, body) in enumerate(_astray(), start=len(THREADS)):
        opened = NOW - timedelta(days=number % 90)
        yield SearchDocument(
            key=f"{Kind.THREAD}:{number}",
            group=group_of(Kind.THREAD, number),
            title=title,
            body=body,
            created_at=opened,
            status=Status.OPEN,
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    index = WhooshBackend(tmp_path_factory.mktemp("index"))
    with index.lock(), index.build() as build:
        build.put(_documents())
        build.publish()
    return index


def _rank(index: Backend, query: Query, thesaurus: Thesaurus) -> int | None:
    plan = Plan(planning.concepts(tokens(query.text), thesaurus), today=NOW.date(), with_facets=False)
    found = [match.group // 2 for match in index.search(plan).matches]
    names = [THREADS[number].id if number < len(THREADS) else "" for number in found]
    return next((rank for rank, name in enumerate(names, start=1) if name in query.threads), None)


def _share(ranks: Sequence[int | None], depth: int) -> float:
    return sum(rank is not None and rank <= depth for rank in ranks) / len(ranks)


@pytest.mark.parametrize("half", HALVES)
def test_everyday_queries_find_the_thread_without_mending_and_database(index: Backend, half: str) -> None:
    thesaurus = Thesaurus(shipped())
    asked = [query for query in _queries() if query.half == half]
    ranks = [_rank(index, query, thesaurus) for query in asked]
    for query, rank in zip(asked, ranks, strict=True):
        if rank != 1:
            print(f"  {half} {query.text!r}: {rank}")
    print(f"{half}: {len(ranks)} queries, any@1 {_share(ranks, 1):.3f}, any@3 {_share(ranks, 3):.3f}")
    assert _share(ranks, 3) >= FIRST_THREE
    assert _share(ranks, 1) >= FIRST


def test_the_thesaurus_is_worth_its_while(index: Backend) -> None:
    """Old names and other words for a thing are found because of it, and no more is lost by it than it finds."""
    found = {
        name: sum(1 / (_rank(index, query, thesaurus) or 1000) for query in _queries())
        for name, thesaurus in (("with", Thesaurus(shipped())), ("without", Thesaurus(())))
    }
    print(
        f"MRR with the thesaurus {found['with'] / len(_queries()):.3f}, without {found['without'] / len(_queries()):.3f}"
    )
    assert found["with"] > found["without"]


def test_this_set_is_as_large_and_as_even_as_it_says() -> None:
    queries = _queries()
    assert len(queries) >= 80
    assert len({query.text for query in queries}) == len(queries)
    for half in HALVES:
        own = [query for query in queries if query.half == half]
        assert len(own) >= 40
        assert {name for query in own for name in query.threads} == {thread.id for thread in THREADS}
    astray = list(_astray())
    assert len(astray) >= 320
    assert len({title for title, _body in astray}) == len(astray)
    assert all(35 <= len(body.split()) <= 150 for _title, body in astray)
