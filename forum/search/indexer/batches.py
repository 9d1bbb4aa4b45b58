"""Rows of the outbox become changes of the index, many rows in one commit of it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import OperationalError

from forum.core import outbox
from forum.core.db import db, transaction
from forum.search import backends
from forum.search.documents import Unavailable, Writer
from forum.search.indexer import loading, replays
from forum.search.indexer.topics import FAN_OUT, TOPIC

TOPICS = outbox.Topics((TOPIC, FAN_OUT), others=False)
# A commit of the index costs about the same for one document and for hundreds.
BATCH = 300
# Of no document: taking it out tries whether the index can be written.
NO_KEY = "thread:0"

log = structlog.get_logger()


def apply(keys: Sequence[str]) -> None:
    """Bring the documents of `keys` in the published generation to the state of this moment. Raises Unavailable."""
    backend = backends.current()
    with backend.lock():
        with backend.writer() as writer:
            write(writer, keys)
        # Before the lock is let go, so that a rebuild that ends next sees them.
        replays.note(keys)


def write(writer: Writer, keys: Sequence[str]) -> None:
    """Put the documents of `keys` that are there, take out the others. Call it with the lock held: so the latest state wins."""
    for chunk in loading.chunks(sorted(set(keys))):
        documents = loading.current(chunk)
        writer.put(documents)
        writer.remove(set(chunk) - {document.key for document in documents})


def drain(limit: int = 1_000_000) -> int:
    """Do what is due, up to about `limit` rows; returns how many were taken. Raises Unavailable, with nothing lost."""
    taken = 0
    while taken < limit and (jobs := claim()):
        try:
            settle(jobs)
        except BaseException:
            with transaction() as session:
                outbox.give_back(session, jobs)
            raise
        taken += len(jobs)
    return taken


def claim(limit: int = BATCH) -> list[outbox.Job]:
    """Take rows that are due for search; the caller must `settle` them or give them back."""
    if not outbox.anything_due(db.session(), TOPICS):
        db.session.rollback()
        return []
    with transaction() as session:
        return outbox.claim(session, outbox.worker_name(), limit, TOPICS)


def settle(jobs: Sequence[outbox.Job]) -> None:
    """Do claimed rows, and mark them done or to be tried again.

    Raises Unavailable when there is no index that could be written, and OperationalError when the database is in trouble; some
    of the rows are claimed then.
    """
    documents = [job for job in jobs if job.topic == TOPIC]
    if documents:
        _index(documents)
    for job in jobs:
        if job.topic == FAN_OUT:
            _expand(job)


def _index(jobs: Sequence[outbox.Job]) -> None:
    """In one commit of the index; if that fails, in halves, so that a document that cannot be indexed holds up itself alone."""
    try:
        apply([job.key for job in jobs])
    except (Unavailable, OperationalError):
        raise
    except Exception as error:
        db.session.rollback()
        if len(jobs) > 1:
            middle = len(jobs) // 2
            _index(jobs[:middle])
            _index(jobs[middle:])
            return
        if not can_write():
            raise Unavailable(f"the index cannot be written: {type(error).__name__}: {error}") from error
        _fail(jobs[0], error)
        return
    _finish(jobs)


def can_write() -> bool:
    """Whether the published generation can be written; tries it, so call it only when there is doubt."""
    backend = backends.current()
    try:
        with backend.lock(), backend.writer() as writer:
            writer.remove([NO_KEY])
    except Exception as error:  # a broken index raises whatever it likes
        log.warning("search_index_cannot_be_written", error=f"{type(error).__name__}: {error}"[:300])
        return False
    return True


def _expand(job: outbox.Job) -> None:
    try:
        for keys in loading.affected(job.key):
            with transaction():
                outbox.put_all(TOPIC, keys)
    except OperationalError:
        raise
    except Exception as error:
        _fail(job, error)
        return
    _finish([job])


def _finish(jobs: Sequence[outbox.Job]) -> None:
    with transaction() as session:
        asked_for_again = outbox.done_together(session, jobs)
    for job in asked_for_again:
        with transaction() as session:
            outbox.done(session, job)


def _fail(job: outbox.Job, error: Exception) -> None:
    db.session.rollback()
    log.error("job_failed", topic=job.topic, key=job.key, attempts=job.attempts, error=traceback.format_exc(limit=-4))
    with transaction() as session:
        outbox.retry(session, job, f"{type(error).__name__}: {error}")
