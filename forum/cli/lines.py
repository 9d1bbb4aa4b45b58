"""JSON lines on standard input: what the commands with `--jsonl` share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


class BadLine(Exception):
    """A line that is not a JSON object with "id" and the text that was asked for; `str()` says which and why."""


def read(source: Iterable[bytes], field: str) -> Iterator[tuple[Any, str]]:
    """The id and the string `field` of each line; empty lines are left out. Raises BadLine."""
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode(errors="replace"))
        except (ValueError, RecursionError):
            raise BadLine(f"Line {number} is not JSON.") from None
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get(field), str):
            raise BadLine(f'Line {number} is not an object with "id" and a string "{field}".')
        yield row["id"], row[field]
