"""Keeps the index in step with the database."""

from __future__ import annotations

from forum.search.indexer.topics import FAN_OUT, TOPIC, changed, changed_all

__all__ = ["FAN_OUT", "TOPIC", "changed", "changed_all"]
