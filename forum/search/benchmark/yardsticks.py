"""The same documents and queries in other engines: any of the words, twenty hits by BM25 with a marked passage each, facets counted.

They see texts as they are, with their own way to split words; how well they find is not what is compared.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from forum.search.benchmark.content import Query
from forum.search.benchmark.measuring import ON_A_PAGE
from forum.search.documents import Kind, SearchDocument

FACETS = ("kind", "status", "board", "unit", "year")
AT_ONCE = 1000

Progress = Callable[[int], None]


class Engine(Protocol):
    name: str

    def build(self, documents: Iterable[SearchDocument], progress: Progress) -> None: ...
    def search(self, query: Query) -> int: ...
    def close(self) -> None: ...


def times(engine: Engine, queries: Sequence[Query]) -> list[float]:
    """Processor time of each, after all of them were asked once."""
    for query in queries:
        engine.search(query)
    spent = []
    for query in queries:
        began = time.process_time()
        engine.search(query)
        spent.append(time.process_time() - began)
    return spent


def engines(folder: Path) -> list[Engine]:
    """Those that are installed here."""
    found: list[Engine] = [Fts5(folder / "fts5.sqlite")]
    if find_spec("tantivy"):
        found.append(Tantivy(folder / "tantivy"))
    return found


def _facets(document: SearchDocument) -> tuple[int, int, int, int, int]:
    kind = list(Kind).index(document.kind)
    return kind, int(document.status), document.board_id or 0, document.unit_id or 0, document.created_at.year


class Fts5:
    """SQLite's full-text index."""

    name = "SQLite FTS5"

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (title, body, tags)")
        self._connection.execute(f"CREATE TABLE facets (id INTEGER PRIMARY KEY, {', '.join(FACETS)})")

    def build(self, documents: Iterable[SearchDocument], progress: Progress) -> None:
        with self._connection:
            for number, document in enumerate(documents, start=1):
                row = (number, document.title, document.body, " ".join(document.tags))
                self._connection.execute("INSERT INTO texts (rowid, title, body, tags) VALUES (?, ?, ?, ?)", row)
                self._connection.execute("INSERT INTO facets VALUES (?, ?, ?, ?, ?, ?)", (number, *_facets(document)))
                if number % AT_ONCE == 0:
                    progress(AT_ONCE)

    def search(self, query: Query) -> int:
        asked = " OR ".join(f'"{word}"' for word in query.words)
        hits = self._connection.execute(
            "SELECT rowid, bm25(texts, 3.0, 1.0, 2.0), snippet(texts, 1, '<b>', '</b>', '…', 30)"
            " FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 3.0, 1.0, 2.0) LIMIT ?",
            (asked, ON_A_PAGE),
        ).fetchall()
        counted: dict[str, Counter[int]] = {name: Counter() for name in FACETS}
        rows = self._connection.execute(
            "SELECT kind, status, board, unit, year, count(*) FROM texts JOIN facets ON facets.id = texts.rowid"
            " WHERE texts MATCH ? GROUP BY 1, 2, 3, 4, 5",
            (asked,),
        )
        for *values, count in rows:
            for name, value in zip(FACETS, values, strict=True):
                counted[name][value] += count
        return len(hits)

    def close(self) -> None:
        self._connection.close()


class Tantivy:
    """The Rust library, as its own binding for Python gives it."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._module: Any = tantivy
        folder.mkdir()
        builder = tantivy.SchemaBuilder()
        for field in ("title", "body", "tags"):
            builder.add_text_field(field, stored=field == "body")
        for facet in FACETS:
            builder.add_unsigned_field(facet, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))

    def build(self, documents: Iterable[SearchDocument], progress: Progress) -> None:
        writer = self._index.writer(heap_size=128 << 20, num_threads=1)
        for number, document in enumerate(documents, start=1):
            made = self._module.Document(title=document.title, body=document.body, tags=" ".join(document.tags))
            for facet, value in zip(FACETS, _facets(document), strict=True):
                made.add_unsigned(facet, value)
            writer.add_document(made)
            if number % AT_ONCE == 0:
                progress(AT_ONCE)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, query: Query) -> int:
        boosts = {"title": 3.0, "tags": 2.0}
        asked = self._index.parse_query(" ".join(query.words), ["title", "body", "tags"], field_boosts=boosts)
        searcher = self._index.searcher()
        hits = searcher.search(asked, ON_A_PAGE).hits
        marker = self._module.SnippetGenerator.create(searcher, asked, self._schema, "body")
        for _score, address in hits:
            marker.snippet_from_doc(searcher.doc(address)).to_html()
        searcher.aggregate(asked, {facet: {"terms": {"field": facet, "size": 50}} for facet in FACETS})
        return len(hits)

    def close(self) -> None:
        """Nothing is held that would have to be given back."""
