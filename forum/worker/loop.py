"""The worker: take a job, do it, mark it done; again, until told to stop. A thread beside it keeps the search index in step.

It may be killed between any two steps. Before the claim nothing happened; after it the claim lapses, or is released by the next
worker of the host; after the handler the work is done once more. Nothing is lost, and nothing is marked done that was not done.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.core import clock, outbox, processes
from forum.core.db import db, transaction
from forum.search import indexer
from forum.worker import indexing, jobs

IDLE_SECONDS = 0.5
# The database is away or locked: trying again is all that can be done.
TROUBLE_SECONDS = 5.0
# How long stopping waits for the other thread to finish its batch.
JOIN_SECONDS = 12.0
OWN_TOPICS = outbox.Topics(indexer.TOPICS.names)

Beside = Callable[[Flask, threading.Event], None]

log = structlog.get_logger()


def run(app: Flask, handlers: Mapping[str, jobs.Handler] = jobs.HANDLERS, beside: Beside = indexing.run) -> None:
    """Work until SIGTERM or SIGINT; what was begun is finished first. `beside` runs in a thread of its own meanwhile.

    Raises RuntimeError if that thread ends by itself: whoever supervises the worker starts it again.
    """
    with _stopped_by_signals() as stop, app.app_context():
        thread = threading.Thread(target=beside, args=(app, stop), name="beside", daemon=True)
        try:
            _work(stop, handlers, thread)
        finally:
            stop.set()
            if thread.ident is not None:
                thread.join(JOIN_SECONDS)


def _work(stop: threading.Event, handlers: Mapping[str, jobs.Handler], thread: threading.Thread) -> None:
    while not stop.is_set():
        try:
            if thread.ident is None:
                start()
                # Only now: it claims under the same name, which `start` has just freed.
                thread.start()
            elif not thread.is_alive():
                raise RuntimeError("the thread beside the worker has ended")
            if not work_once(handlers):
                stop.wait(IDLE_SECONDS)
        except OperationalError as error:
            db.session.rollback()
            log.error("worker_waits_for_database", error=str(error.orig)[:300])
            stop.wait(TROUBLE_SECONDS)


def start() -> None:
    """Take up what killed workers of this host left, and see to it that periodic jobs are in the outbox."""
    with transaction() as session:
        outbox.release_dead(session, _is_another_process)
        for topic in jobs.PERIODIC:
            outbox.schedule(topic, "", clock.now())


def work_once(handlers: Mapping[str, jobs.Handler] = jobs.HANDLERS) -> bool:
    """Do one due job; False when there is none."""
    try:
        if not outbox.anything_due(db.session(), OWN_TOPICS):
            return False
        with transaction() as session:
            claimed = outbox.claim(session, outbox.worker_name(), topics=OWN_TOPICS)
        for job in claimed:
            _do(job, handlers)
        return bool(claimed)
    finally:
        db.session.remove()


def _do(job: outbox.Job, handlers: Mapping[str, jobs.Handler]) -> None:
    try:
        handlers[job.topic](job.key)
    except Exception as error:
        db.session.rollback()
        log.error(
            "job_failed", topic=job.topic, key=job.key, attempts=job.attempts, error=traceback.format_exc(limit=-4)
        )
        with transaction() as session:
            outbox.retry(session, job, f"{type(error).__name__}: {error}")
        return
    with transaction() as session:
        outbox.done(session, job)
        if job.topic in jobs.PERIODIC:
            outbox.schedule(job.topic, job.key, clock.now() + jobs.PERIODIC[job.topic])


def _is_another_process(pid: int) -> bool:
    """Whether `pid` is alive and not this process, which has claimed nothing yet."""
    return pid != os.getpid() and processes.is_running(pid)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
