"""A cache that is bounded by the bytes it holds. Threads share it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Value = TypeVar("Value", bound=Sized)
# What an entry takes besides what it says: its key, and the objects around the arrays.
OVERHEAD = 400


class Cache(Generic[Value]):
    """Keeps what was used last, up to `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Value] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep `value`, unless it alone would take a quarter of the room."""
        size = value.nbytes + OVERHEAD
        if size > self._most // 4:
            return
        with self._lock:
            known = self._held.pop(key, None)
            if known is not None:
                self._bytes -= known.nbytes + OVERHEAD
            self._held[key] = value
            self._bytes += size
            while self._bytes > self._most:
                _key, old = self._held.popitem(last=False)
                self._bytes -= old.nbytes + OVERHEAD

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._bytes = 0

    @property
    def nbytes(self) -> int:
        return self._bytes
