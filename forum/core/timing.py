"""Counts SQL statements and their time for one unit of work (a request, a command)."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@dataclass(slots=True)
class Meter:
    """`rendering` is the name of the template being rendered; statements issued meanwhile land in `while_rendering`."""

    statements: int = 0
    sql_seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    cpu_started: float = field(default_factory=time.process_time)
    rendering: str | None = None
    while_rendering: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


def start() -> Meter:
    """Begin counting in this context; the meter that is returned keeps the numbers."""
    meter = Meter()
    _meter.set(meter)
    return meter


def current() -> Meter | None:
    return _meter.get()


def stop() -> None:
    _meter.set(None)


def listen(engine: Engine) -> None:
    """Count every statement that `engine` sends. BEGIN, COMMIT and ROLLBACK go to the driver and do not count."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if meter := _meter.get():
            context._rembuk_started = time.perf_counter()
            meter.statements += 1
            meter.texts.append(statement)
            if meter.rendering:
                meter.while_rendering.append(f"{meter.rendering}: {statement}")

    @event.listens_for(engine, "after_cursor_execute")
    def _after(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        started = getattr(context, "_rembuk_started", None)
        if started is not None and (meter := _meter.get()):
            meter.sql_seconds += time.perf_counter() - started
