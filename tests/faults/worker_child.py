"""The worker's loop as it is, but for one thing: it kills itself (SIGKILL) at a given step, once.

Called with the instance path, the name of the step, and the file in which the handler leaves a line for each piece of work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask

from forum.core import database, outbox
from forum.core.db import db
from forum.worker import loop


def main(instance: str, step: str, work_done: str) -> None:
    def die(here: str) -> None:
        if here == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(name: str, function: Any) -> Any:
        """`function`, with a chance to die before it, after it, and after the transaction around it is over."""

        def call(*arguments: Any, **named: Any) -> Any:
            die(f"before {name}")
            answer = function(*arguments, **named)
            die(f"in the transaction of {name}")
            return answer

        return call

    def handler(key: str) -> None:
        die("after claim")
        value = db.session.scalar(db.text("SELECT value FROM state WHERE key = :key"), {"key": key})
        db.session.rollback()
        die("in handler")
        with Path(work_done).open("a") as file:
            file.write(f"{key} {value}\n")
            file.flush()
            os.fsync(file.fileno())
        die("after handler")

    def nothing(app: Flask, stop: threading.Event) -> None:
        stop.wait()

    outbox.claim = dying("claim", outbox.claim)  # type: ignore[assignment]
    outbox.done = dying("done", outbox.done)  # type: ignore[assignment]
    app = Flask("database alone")
    database.init_app(app, f"sqlite:///{instance}/rembuk.sqlite")
    handlers = {"copy": handler, **dict.fromkeys(loop.jobs.PERIODIC, lambda key: None)}
    # Without the thread that indexes: tests/faults/test_search_killed.py is about that one.
    loop.run(app, handlers, beside=nothing)


if __name__ == "__main__":
    main(*sys.argv[1:])
