"""A folder of this machine, or one that several machines mount.

A content is written under another name, flushed to the disk, and renamed; then the folder is flushed. So what has its name is whole,
whatever was killed or lost its power in between. Putting and removing take turns (a lock on a file of the store): the collector
cannot remove what somebody just put there again.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from forum.attachments.storage import PREFIXES, Stored

_UNFINISHED = "unfinished"
_HEX = frozenset("0123456789abcdef")


class DirectoryStorage:
    """Contents under `root`: `ab/abcdef...`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, digest: str, source: Path) -> None:
        place = self._place(digest)
        draft = self._root / _UNFINISHED / f"{digest[:16]}.{secrets.token_hex(8)}"
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._write(source, draft)
            with self._turn(fcntl.LOCK_SH):
                place.parent.mkdir(exist_ok=True)
                draft.replace(place)
                _flush_folder(place.parent)
                _flush_folder(self._root)
        finally:
            draft.unlink(missing_ok=True)

    def _write(self, source: Path, draft: Path) -> None:
        with (
            source.open("rb") as content,
            open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640), "wb") as file,
        ):
            shutil.copyfileobj(content, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())

    def open(self, digest: str) -> BinaryIO:
        return self._place(digest).open("rb")

    def exists(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def delete(self, digest: str, before: datetime) -> bool:
        place = self._place(digest)
        with self._turn(fcntl.LOCK_EX):
            if not place.is_file() or _moment(place) >= before:
                return False
            place.unlink()
        return True

    def iterate(self, prefix: str = "") -> Iterator[Stored]:
        for folder in PREFIXES:
            if not (folder.startswith(prefix) or prefix.startswith(folder)):
                continue
            try:
                entries = list(os.scandir(self._root / folder))
            except FileNotFoundError:
                continue
            for entry in entries:
                if len(entry.name) == 64 and entry.name.startswith(prefix) and set(entry.name) <= _HEX:
                    about = entry.stat()
                    yield Stored(entry.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def tidy(self, before: datetime) -> int:
        left = [path for path in (self._root / _UNFINISHED).glob("*") if _moment(path) < before]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= _HEX:
            raise ValueError("not the name of a content")
        return self._root / digest[:2] / digest

    @contextmanager
    def _turn(self, kind: int) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / ".lock").open("a") as lock:
            fcntl.flock(lock, kind)
            yield


def _moment(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _flush_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
