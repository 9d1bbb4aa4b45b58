"""How a feature says that something it has indexed changed: rows of the outbox, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable

from forum.core import outbox

TOPIC = "search"
"""One document: its key is that of the row ("thread:12", "post:345")."""
FAN_OUT = "search.affected"
"""All documents that a change of something touches ("all:thread:12", "all:tag:5"); it becomes rows of TOPIC."""


def changed(*keys: str) -> None:
    """Have the documents of `keys` indexed as they are after this transaction: added, replaced, or taken out."""
    outbox.put_all(TOPIC, keys)


def changed_all(keys: Iterable[str]) -> None:
    """`changed` for everything that the change of each of `keys` touches, however much that is."""
    outbox.put_all(FAN_OUT, keys)
