"""A process of the forum as it is, but for one thing: it kills itself (SIGKILL) at a given step.

Called with what it is to do and the name of the step; the installation is that of INSTANCE_PATH.

- `worker`: the worker's loop with its indexing thread.
- `rebuild`: a rebuild of the search index, with small batches.
- `post`: a web process that opens a thread with the word of the third argument in its title, dead as soon as that is committed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from forum.app import create_app
from forum.core import outbox
from forum.core.db import transaction
from forum.discussions.services import writing
from forum.search import indexer
from forum.search.indexer import batches, loading, rebuilding, replays
from forum.worker import indexing, loop
from tests.factories.accounts import viewer_for
from tests.factories.discussions import a_text
from tests.faults.search_place import author

BATCH = 3


class Steps:
    """Where to die: at the step called `fatal`, the `times`-th time that it is reached ("name #2")."""

    def __init__(self, fatal: str) -> None:
        self._fatal, _mark, times = fatal.partition(" #")
        self._left = int(times or 1)

    def reach(self, name: str) -> None:
        if name == self._fatal:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, holder: Any, function: str, before: str, after: str = "") -> None:
        """Replace a function by itself with a step before and after it."""
        inner = getattr(holder, function)

        def call(*arguments: Any, **named: Any) -> Any:
            self.reach(before)
            answer = inner(*arguments, **named)
            self.reach(after)
            return answer

        setattr(holder, function, call)


class Documents(tuple[Any, ...]):
    """Documents whose second one is a step."""

    reach: Callable[[], None]

    def __iter__(self) -> Iterator[Any]:
        for number, document in enumerate(super().__iter__()):
            if number == 1:
                self.reach()
            yield document


def prepare(steps: Steps) -> None:
    """Put the steps where they are. None of them is in the product."""
    plain_claim = outbox.claim

    def claim(session: Any, worker: str, limit: int = 1, topics: Any = outbox.EVERY_TOPIC) -> Any:
        if topics != indexer.TOPICS:
            return plain_claim(session, worker, limit, topics)
        steps.reach("before claim")
        jobs = plain_claim(session, worker, limit, topics)
        steps.reach("in the transaction of claim")
        return jobs

    def current(keys: Any) -> Documents:
        documents = Documents(plain_current(keys))
        documents.reach = lambda: steps.reach("in the middle of writing")
        steps.reach("after documents are loaded")
        return documents

    plain_current = loading.current
    outbox.claim = claim
    loading.current = current  # type: ignore[assignment]
    steps.around(indexer, "settle", "after claim")
    steps.around(batches, "apply", "before the index is locked", "after the index is unlocked")
    steps.around(batches, "write", "before anything is written", "before the index is committed")
    steps.around(replays, "note", "after the index is committed", "after changes are noted")
    steps.around(outbox, "done_together", "before done", "in the transaction of done")
    steps.around(outbox, "put_all", "before the fan-out is written", "in the transaction of the fan-out")
    for name in ("replace", "rename", "link", "symlink"):
        steps.around(os, name, "before a file gets its name", "after a file got its name")
    steps.around(replays.Rebuild, "begin", "before the rebuild begins", "after the rebuild has begun")
    steps.around(replays.Rebuild, "goes_on", "after a batch of the rebuild")
    steps.around(rebuilding, "noted", "before changes are written again")
    steps.around(replays.Rebuild, "end", "after the rebuild is published", "after the rebuild has ended")


def post(word: str) -> None:
    """Open a thread by the services, as the view does."""
    by = viewer_for(author())
    with transaction():
        writing.open_thread(
            by,
            board="umum",
            kind="question",
            title=f"Tentang {word} di sini",
            tags="",
            text=a_text(),
            key=f"kunci-{word}",
        )


def main(what: str, step: str, *rest: str) -> None:
    steps = Steps(step)
    batches.BATCH = BATCH * 10
    rebuilding.DOCUMENTS_AT_ONCE = BATCH
    indexing.CHECK_SECONDS = 1.0
    app = create_app()
    prepare(steps)
    if what == "worker":
        loop.run(app)
        return
    with app.app_context():
        if what == "rebuild":
            indexer.rebuild()
        elif what == "post":
            post(*rest)
            steps.reach("after commit")


if __name__ == "__main__":
    main(*sys.argv[1:])
