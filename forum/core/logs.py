"""How the log is written: fields, one line an event; tracebacks without the values of variables, which may be secrets."""

from __future__ import annotations

import structlog
from structlog.typing import Processor


def configure(*, production: bool) -> None:
    """JSON lines for a collector in production; readable lines elsewhere. Call once, before anything logs."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if production:
        # `format_exc_info` is Python's own traceback: file, line and code, and no variables.
        last: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(processors=[*shared, *last])
