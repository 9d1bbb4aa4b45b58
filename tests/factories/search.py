"""Documents of the search index, plans that ask for them, and an index that has some."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from forum.search.analysis import tokens
from forum.search.documents import (
    Alternative,
    Backend,
    Concept,
    Found,
    Kind,
    Plan,
    SearchDocument,
    Status,
    Term,
    group_of,
)

TODAY = date(2026, 11, 24)
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


def at(days: int) -> datetime:
    """`days` after the time that documents have by themselves."""
    return AT + timedelta(days=days)


def a_thread_document(number: int, title: str, body: str = "", **more: Any) -> SearchDocument:
    values = {"created_at": AT, "status": Status.OPEN, **more}
    return SearchDocument(f"thread:{number}", group_of(Kind.THREAD, number), body, title=title, **values)


def a_guide_document(number: int, title: str, body: str = "", **more: Any) -> SearchDocument:
    values = {"created_at": AT, "status": Status.VALIDATED, **more}
    return SearchDocument(f"guide:{number}", group_of(Kind.GUIDE, number), body, title=title, **values)


def a_reply_document(number: int, to: int, body: str, **more: Any) -> SearchDocument:
    return SearchDocument(f"post:{number}", group_of(Kind.THREAD, to), body, **{"created_at": AT, **more})


def terms(text: str) -> tuple[Term, ...]:
    return tuple(Term(token.stem, token.word) for token in tokens(text))


def concept(typed: str, *others: tuple[str, float]) -> Concept:
    """What was typed, and others that may stand for it with their weights."""
    return Concept((Alternative(terms(typed)), *(Alternative(terms(text), weight) for text, weight in others)))


def plan(words: str = "", **more: Any) -> Plan:
    """A search for `words`, each of them a concept."""
    concepts = tuple(Concept((Alternative((term,)),)) for term in terms(words))
    return Plan(**{"concepts": concepts, "today": TODAY, **more})


def keys(found: Found) -> list[str]:
    """What was found, in its order."""
    return [match.key for match in found.matches]


def publish(backend: Backend, documents: Iterable[SearchDocument]) -> None:
    """A new generation of these documents alone."""
    with backend.build() as build, backend.lock():
        build.put(documents)
        build.publish()


def write(backend: Backend, *documents: SearchDocument, without: Iterable[str] = ()) -> None:
    with backend.lock(), backend.writer() as writer:
        writer.put(documents)
        writer.remove(without)
