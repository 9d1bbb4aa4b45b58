"""A whole new generation beside the published one, and when one is needed."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from forum.core import clock
from forum.search import backends
from forum.search.analysis import ANALYSIS_VERSION
from forum.search.documents import Plan
from forum.search.indexer import batches, loading
from forum.search.indexer.loading import total
from forum.search.indexer.replays import Rebuild, Superseded, is_rebuilding, noted

__all__ = ["Superseded", "can_read", "ensure", "is_rebuilding", "rebuild", "total"]

DOCUMENTS_AT_ONCE = 1000

log = structlog.get_logger()


def rebuild(progress: Callable[[int], None] = lambda documents: None) -> int:
    """Index everything into a new generation, and publish it; returns the number of documents.

    Searching and indexing go on in the published generation meanwhile; what changes is indexed again before the new one is
    published. If this ends early, in whatever way, all stays as it was. `progress` gets the number of documents done since the
    last call. Raises Superseded, Unavailable.
    """
    backend = backends.current()
    rebuilding = Rebuild()
    rebuilding.begin()
    done = 0
    try:
        with backend.build() as build:
            for documents in loading.everything(DOCUMENTS_AT_ONCE):
                build.put(documents)
                done += len(documents)
                progress(len(documents))
                rebuilding.goes_on()
            build.settle()
            with backend.lock():
                rebuilding.goes_on(now=True)
                batches.write(build, noted())
                build.publish()
    finally:
        rebuilding.end()
    return done


def ensure() -> bool:
    """See to it that there is an index to search, if there is nothing to be found yet; says whether a rebuild is needed.

    It is when there is no generation although there are documents (until then searching raises Unavailable: that is
    better than finding nothing), and when the generation was written with another analysis (until then it serves).
    """
    backend = backends.current()
    version = backend.analysis_version()
    if version is not None:
        return version != ANALYSIS_VERSION
    if total():
        return True
    with backend.build() as build, backend.lock():
        if backend.analysis_version() is None:
            build.publish()
    return False


def can_read() -> bool:
    """Whether a process that has just started could search the published generation; tries it."""
    try:
        backends.anew().search(Plan(concepts=(), today=clock.now().date(), limit=1))
    except Exception as error:  # a broken index raises whatever it likes
        log.warning("search_index_cannot_be_read", error=f"{type(error).__name__}: {error}"[:300])
        return False
    return True
