"""A whole run of the benchmark: what was measured, as numbers and as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from forum.search.backends.whoosh import WhooshBackend
from forum.search.benchmark import yardsticks
from forum.search.benchmark.content import Content, Texts
from forum.search.benchmark.measuring import POSTS_A_SECOND, Arrivals, Mark, Reader, Times, build
from forum.search.documents import SearchDocument

QUERIES = 200
ARRIVING_SECONDS = 20.0
BEFORE = 1000
"""Documents that are there to be searched while the whole is being built."""
AT_ONCE = 1000

Progress = Callable[[int], None]
Step = Callable[[str, int], Progress]
"""Begins a step of so many documents or posts, and gives what to tell how many more of them are done."""


@dataclass(slots=True)
class Report:
    """Times are milliseconds of processor time for a whole search, but `visible`: milliseconds until a new post is found."""

    documents: int
    queries: int = QUERIES
    build_seconds: float = 0.0
    index_bytes: int = 0
    warm: Times | None = None
    cold: Times | None = None
    while_building: Times | None = None
    while_posts_arrive: Times | None = None
    visible: Times | None = None
    memory: dict[str, int] = field(default_factory=dict)
    others: dict[str, Times] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Documents indexed in a second."""
        return self.documents / max(self.build_seconds, 1e-9)

    def ratio(self, name: str) -> float:
        """How many times as long as ours the other engine takes, at p95."""
        return self.others[name].p95 / max(self.warm.p95 if self.warm else 0.0, 1e-9)

    def as_json(self) -> dict[str, Any]:
        ratios = {name: round(self.ratio(name), 2) for name in self.others}
        return {**asdict(self), "documents_per_second": round(self.rate, 1), "ratios_at_p95": ratios}


def run(folder: Path, documents: int, mark: Mark, step: Step, arriving_seconds: float = ARRIVING_SECONDS) -> Report:
    """Make `documents`, index and search them under `folder`. Takes minutes for each hundred thousand."""
    report = Report(documents)
    index, texts = folder / "search", folder / "texts.sqlite"
    reader = Reader(index, texts, mark)
    try:
        content = Content(documents)
        kept = _kept(content, texts, step("Making documents", documents))
        _measure(report, content, kept, reader, index, step)
        arriving = Arrivals(index, content)
        with reader.searching(content.queries(QUERIES)) as spent:
            posts = int(arriving_seconds * POSTS_A_SECOND)
            report.visible = Times.of(arriving.measure(posts, step("Posts arrive, with searches", posts)))
        report.while_posts_arrive = Times.of(spent)
        kept.close()
    finally:
        reader.close()
    for engine in yardsticks.engines(folder):
        progress = step(f"Building {engine.name}", documents)
        again = Texts(texts)
        engine.build(again.everything(), progress)
        step(f"Searching {engine.name}", 1)
        report.others[engine.name] = Times.of(yardsticks.times(engine, content.queries(QUERIES)))
        again.close()
        engine.close()
    return report


def _kept(content: Content, path: Path, progress: Progress) -> Texts:
    texts = Texts(path)
    batch: list[SearchDocument] = []
    for document in content.documents():
        batch.append(document)
        if len(batch) == AT_ONCE:
            texts.add(batch)
            progress(len(batch))
            batch.clear()
    texts.add(batch)
    progress(len(batch))
    return texts


def _measure(report: Report, content: Content, texts: Texts, reader: Reader, index: Path, step: Step) -> None:
    queries = content.queries(QUERIES)
    backend = WhooshBackend(index)
    some = (document for document, _n in zip(texts.everything(), range(BEFORE), strict=False))
    build(backend, some, lambda done: None)
    progress = step("Building the index, with searches", content.count)
    with reader.searching(queries) as spent:
        report.build_seconds = round(build(backend, texts.everything(), progress), 2)
    report.while_building = Times.of(spent)
    report.index_bytes = backend.size()
    step("Searching", 1)
    report.warm = Times.of(reader.ask("warm", queries))
    report.memory = reader.ask("memory")
    report.cold = Times.of(reader.ask("cold", queries))
