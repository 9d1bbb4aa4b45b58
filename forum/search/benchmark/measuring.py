"""The product's own search, measured: processor time of whole searches, memory, and how soon something new is found."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from forum.search import planning
from forum.search.analysis import tokens
from forum.search.backends.whoosh import WhooshBackend
from forum.search.benchmark.content import Content, Query, Texts
from forum.search.documents import Alternative, Concept, Plan, SearchDocument, Term
from forum.search.thesaurus import Thesaurus, shipped

TODAY = date(2026, 11, 24)
ON_A_PAGE = 20
POSTS_A_SECOND = 10.0
PAUSE_OF_READERS = 0.05
PAUSE_OF_WORKER = 0.05
PATIENCE = 0.005


class Marker(Protocol):
    """Marks what answers the query in titles and passages."""

    def title(self, text: str) -> Any: ...
    def snippet(self, text: str) -> Any: ...


Mark = Callable[[Sequence[Concept]], Marker]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of some searches."""

    p50: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Times:
        ordered = sorted(1000 * one for one in seconds)
        at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]
        return cls(*(round(one, 2) for one in (*at, ordered[-1])))


class Searcher:
    """Searches as a page does: plan, search with facets, read what is shown, mark it."""

    def __init__(self, folder: Path, texts: Path, mark: Mark) -> None:
        self.backend = WhooshBackend(folder)
        self._texts = Texts(texts)
        self._thesaurus = Thesaurus(shipped())
        self._mark = mark

    def search(self, query: Query) -> int:
        """How many were found."""
        concepts = planning.concepts(tokens(query.text), self._thesaurus)
        found = self.backend.search(Plan(concepts, TODAY, limit=ON_A_PAGE))
        texts = self._texts.of([match.key for match in found.matches])
        marker = self._mark(concepts)
        for title, body in texts.values():
            marker.title(title)
            marker.snippet(body)
        return found.total

    def times(self, queries: Sequence[Query], *, is_cold: bool = False) -> list[float]:
        """Processor time of each. `is_cold`: as if each were the first since the process began."""
        spent = []
        for query in queries:
            if is_cold:
                self.backend.forget()
            began = time.process_time()
            self.search(query)
            spent.append(time.process_time() - began)
        return spent


class Reader:
    """A process of its own that searches, as a web process does; begun before anything is made, so that its memory is its own."""

    def __init__(self, folder: Path, texts: Path, mark: Mark) -> None:
        context = get_context("fork")  # what the application has loaded is part of a web process
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_read, args=(theirs, folder, texts, mark), daemon=True)
        self._process.start()

    def ask(self, what: str, *more: Any) -> Any:
        """Have it do something, and wait for what comes of it. Raises RuntimeError with what went wrong there."""
        self._ours.send((what, *more))
        return self._result()

    def _result(self) -> Any:
        is_fine, result = self._ours.recv()
        if not is_fine:
            raise RuntimeError(result)
        return result

    @contextmanager
    def searching(self, queries: Sequence[Query]) -> Iterator[list[float]]:
        """It searches all the while; in the end the list has the processor time of each search."""
        spent: list[float] = []
        self._ours.send(("go on", queries))
        try:
            yield spent
        finally:
            self._ours.send(("stop",))
            spent += self._result()

    def close(self) -> None:
        self._process.terminate()
        self._process.join()


def _read(pipe: Any, folder: Path, texts: Path, mark: Mark) -> None:
    searcher = Searcher(folder, texts, mark)
    while True:
        what, *more = pipe.recv()
        try:
            pipe.send((True, _do(searcher, pipe, what, *more)))
        except Exception as error:
            pipe.send((False, f"{type(error).__name__}: {error}"))


def _do(searcher: Searcher, pipe: Any, what: str, queries: Sequence[Query] = ()) -> Any:
    if what == "memory":
        return memory()
    if what == "go on":
        return _go_on(searcher, pipe, queries)
    if what == "warm":
        searcher.times(queries)
    return searcher.times(queries, is_cold=what == "cold")


def _go_on(searcher: Searcher, pipe: Any, queries: Sequence[Query]) -> list[float]:
    spent: list[float] = []
    while not pipe.poll():
        spent += searcher.times([queries[len(spent) % len(queries)]])
        time.sleep(PAUSE_OF_READERS)
    pipe.recv()
    return spent


def memory() -> dict[str, int]:
    """Bytes of this process in memory; `own`: without what are pages of files."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{os.getpid()}/status").read_text().splitlines())
    return {name: int(fields[field].split()[0]) * 1024 for name, field in (("resident", "VmRSS"), ("own", "RssAnon"))}


def build(backend: WhooshBackend, documents: Iterable[SearchDocument], progress: Callable[[int], None]) -> float:
    """Publish a generation of `documents`; seconds that it took."""
    began = time.perf_counter()
    batch: list[SearchDocument] = []
    with backend.build() as making:
        for document in documents:
            batch.append(document)
            if len(batch) == 500:
                making.put(batch)
                progress(len(batch))
                batch.clear()
        making.put(batch)
        progress(len(batch))
        making.settle()
        with backend.lock():
            making.publish()
    return time.perf_counter() - began


class Arrivals:
    """Posts that arrive one after the other, and a worker that indexes what has arrived and then looks for it as others would."""

    def __init__(self, folder: Path, content: Content) -> None:
        self._index = WhooshBackend(folder)
        self._others = WhooshBackend(folder)
        self._posts = content.posts(content.count + 1)
        self._waiting: list[tuple[float, SearchDocument]] = []
        self._is_over = threading.Event()

    def measure(self, posts: int, progress: Callable[[int], None]) -> list[float]:
        """For each of `posts` that arrive, the seconds until it was found."""
        waits: list[float] = []
        worker = threading.Thread(target=self._work, args=(waits,))
        worker.start()
        began = time.perf_counter()
        for number in range(posts):
            time.sleep(max(0.0, began + number / POSTS_A_SECOND - time.perf_counter()))
            post = next(self._posts)
            self._waiting.append((time.perf_counter(), replace(post, body=f"{post.body} {_only_in(post)}")))
            progress(1)
        self._is_over.set()
        worker.join()
        return waits

    def _work(self, waits: list[float]) -> None:
        while not self._is_over.is_set() or self._waiting:
            taken, self._waiting = self._waiting, []
            if taken:
                with self._index.lock(), self._index.writer() as writer:
                    writer.put([document for _at, document in taken])
                self._wait_for(taken[-1][1])
                waits += [time.perf_counter() - at for at, _document in taken]
            time.sleep(PAUSE_OF_WORKER)

    def _wait_for(self, document: SearchDocument) -> None:
        word = _only_in(document)
        plan = Plan((Concept((Alternative((Term(word, word),)),)),), TODAY, limit=1)
        while not self._others.search(plan).total:
            time.sleep(PATIENCE)


def _only_in(document: SearchDocument) -> str:
    """A word that no other document has."""
    return f"pos{document.key.partition(':')[2]}"
