"""The documents of all sources, as the database has them now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forum.search import sources
from forum.search.documents import Kind, SearchDocument

AT_ONCE = 500


def current(keys: Sequence[str]) -> tuple[SearchDocument, ...]:
    """Those of `keys` that are there for search now; a key of a kind that nobody has documents of is not."""
    found: list[SearchDocument] = []
    for source in sources.all_sources():
        own = [key for key in keys if _kind(key) in source.kinds]
        if own:
            found.extend(source.documents(own))
    return tuple(found)


def _kind(key: str) -> str:
    return key.partition(":")[0]


def everything(batch: int) -> Iterator[tuple[SearchDocument, ...]]:
    """All documents, `batch` at a time. What changes meanwhile may be in it as it was or as it is."""
    for source in sources.all_sources():
        yield from source.everything(batch)


def total() -> int:
    """How many documents there are."""
    return sum(source.count() for source in sources.all_sources())


def affected(key: str) -> Iterator[Sequence[str]]:
    """Keys of all documents that a change of `key` touches, some at a time."""
    for source in sources.all_sources():
        after: int | None = 0
        while after is not None:
            keys, after = source.affected(key, after)
            if keys:
                yield keys


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """`keys` in pieces of what is loaded at once."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


KINDS = tuple(Kind)
