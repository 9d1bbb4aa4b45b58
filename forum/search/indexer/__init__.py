"""Keeps the index in step with the database.

Whoever changes something that is indexed says so with `changed`, in the transaction of the change. The worker claims those rows,
and under the lock of the single writer loads the documents as they are then, writes them, commits the index, and only then
marks the rows done. Killed between any two of these steps, it does the rest again: the index is written at least once, and what
was written last came from the latest state.
"""

from __future__ import annotations

from forum.search.indexer.batches import TOPICS, apply, can_write, claim, drain, settle
from forum.search.indexer.rebuilding import Superseded, can_read, ensure, is_rebuilding, rebuild, total
from forum.search.indexer.topics import FAN_OUT, TOPIC, changed, changed_all
from forum.search.indexer.verifying import Report, verify

__all__ = [
    "FAN_OUT",
    "TOPIC",
    "TOPICS",
    "Report",
    "Superseded",
    "apply",
    "can_read",
    "can_write",
    "changed",
    "changed_all",
    "claim",
    "drain",
    "ensure",
    "is_rebuilding",
    "rebuild",
    "settle",
    "total",
    "verify",
]
