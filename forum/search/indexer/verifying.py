"""Compares index and database, both ways.

Keys and fingerprints are compared as numbers, 16 bytes a document and side. What differs is looked at once more with the writer's
lock held: then a difference is real, unless it is still on its way through the outbox.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from forum.core.db import db
from forum.core.outbox import OutboxRow
from forum.search import backends
from forum.search.documents import Backend
from forum.search.indexer import loading
from forum.search.indexer.topics import FAN_OUT, TOPIC

DOCUMENTS_AT_ONCE = 1000
# How many differences are named; there is nothing to be learnt from more.
MOST = 10_000

Numbers = NDArray[np.int64]
Findings = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """`missing`: in the database alone; `surplus`: in the index alone, or twice; `different`: there in an older state.

    Up to MOST of them in all are named, and `more` counts the rest. `waiting`: documents whose change is on its way.
    """

    documents: int
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    more: int = 0
    waiting: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.surplus or self.different or self.more)


@dataclass(slots=True)
class Prints:
    """Keys as numbers, each with its fingerprint. `strange`: keys that are none of ours."""

    numbers: array[int] = field(default_factory=lambda: array("q"))
    prints: array[int] = field(default_factory=lambda: array("q"))
    strange: list[str] = field(default_factory=list)

    def add(self, key: str, fingerprint: int) -> None:
        number = _number(key)
        if number is None:
            self.strange.append(key)
            return
        self.numbers.append(number)
        self.prints.append(fingerprint)

    def sorted(self) -> tuple[Numbers, Numbers]:
        numbers = np.frombuffer(self.numbers, dtype=np.int64)
        order = np.argsort(numbers, kind="stable")
        return numbers[order], np.frombuffer(self.prints, dtype=np.int64)[order]


def verify(progress: Callable[[int], None] = lambda documents: None) -> Report:
    """Compare every document of the database with the index; `progress` gets the number done since the last call.

    Changes go on meanwhile, and are not taken for differences. Raises Unavailable.
    """
    backend = backends.current()
    indexed, stored = Prints(), Prints()
    for key, fingerprint in backend.fingerprints():
        indexed.add(key, fingerprint)
    for documents in loading.everything(DOCUMENTS_AT_ONCE):
        for document in documents:
            stored.add(document.key, document.fingerprint)
        progress(len(documents))
    suspects = [*indexed.strange, *map(_key, _suspects(indexed, stored))]
    named = suspects[:MOST]
    found = _look_again(backend, frozenset(named)) if named else {}
    return Report(
        documents=len(stored.numbers),
        missing=tuple(found.get("missing", ())),
        surplus=tuple(found.get("surplus", ())),
        different=tuple(found.get("different", ())),
        more=len(suspects) - len(named),
        waiting=len(found.get("waiting", ())),
    )


def _suspects(indexed: Prints, stored: Prints) -> Iterator[int]:
    there, there_prints = indexed.sorted()
    here, here_prints = stored.sorted()
    twice = there[1:][there[1:] == there[:-1]]
    _both, at_there, at_here = np.intersect1d(there, here, return_indices=True)
    differing = there[at_there][there_prints[at_there] != here_prints[at_here]]
    odd = (twice, differing, np.setdiff1d(here, there), np.setdiff1d(there, here))
    return map(int, np.unique(np.concatenate(odd)))


def _look_again(backend: Backend, keys: frozenset[str]) -> Findings:
    """What is the matter with each of `keys`.

    With the lock held the index stands still, so what was changed and is not in it has its row in the outbox.
    """
    with backend.lock():
        indexed: dict[str, list[int]] = {key: [] for key in keys}
        for key, fingerprint in backend.fingerprints():
            if key in indexed:
                indexed[key].append(fingerprint)
        stored: dict[str, int] = {}
        for chunk in loading.chunks(sorted(keys)):
            stored |= {document.key: document.fingerprint for document in loading.current(chunk)}
        under_way = _under_way(keys)
    found: Findings = {"waiting": [], "missing": [], "surplus": [], "different": []}
    for key in sorted(keys):
        fault = _fault(indexed[key], stored.get(key))
        if fault:
            found["waiting" if key in under_way else fault].append(key)
    return found


def _fault(indexed: list[int], stored: int | None) -> str:
    if indexed == ([] if stored is None else [stored]):
        return ""
    if stored is None or len(indexed) > 1:
        return "surplus"
    return "different" if indexed else "missing"


def _under_way(keys: frozenset[str]) -> frozenset[str]:
    """Those of `keys` that the worker will come to; not those that it has failed at."""
    db.session.rollback()
    rows = db.session.execute(
        select(OutboxRow.topic, OutboxRow.key).where(
            OutboxRow.topic.in_((TOPIC, FAN_OUT)), OutboxRow.last_error.is_(None)
        )
    ).all()
    db.session.rollback()
    found = {row.key for row in rows if row.topic == TOPIC and row.key in keys}
    for row in rows:
        if row.topic == FAN_OUT:
            found.update(key for some in loading.affected(row.key) for key in some if key in keys)
    return frozenset(found)


def _number(key: str) -> int | None:
    kind, _colon, number = key.partition(":")
    if kind not in loading.KINDS or not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return int(number) * len(loading.KINDS) + loading.KINDS.index(kind)


def _key(number: int) -> str:
    return f"{loading.KINDS[number % len(loading.KINDS)]}:{number // len(loading.KINDS)}"
