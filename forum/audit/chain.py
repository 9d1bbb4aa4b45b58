"""How entries hang together: each has a hash over its own content and the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

# What stands in the place of a hash before the first entry.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says; `id` is its place in the chain, from 1."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    object_kind: str
    object_id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str


def as_json(content: Content) -> dict[str, Any]:
    """An entry as it is hashed and exported. Its form is fixed for good: a change of it would break every chain there is."""
    return {**asdict(content), "at": content.at.astimezone(UTC).isoformat(timespec="microseconds")}


def follow(previous: str, content: Content) -> str:
    """The hash of the entry that follows one with the hash `previous`."""
    canonical = json.dumps(as_json(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{canonical}".encode("ascii")).hexdigest()
