"""Files of the Whoosh index, as reading needs them."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class ClosingStorage(FileStorage):  # type: ignore[misc]
    """The files of a folder. Whoosh leaves a file open when what it reads there is broken: leaving the context closes it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        file = super().open_file(name, **options)
        self._opened.append(file)
        return file

    def __enter__(self) -> ClosingStorage:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self._opened:
            if not file.is_closed:
                file.close()


SMALL = 1 << 16


class SegmentFiles:
    """As much of a Whoosh storage as reading terms needs, over the one file that holds a segment.

    What is read is read from where it is, without a position that threads would share. It is not mapped into memory: then all that was
    ever read would count as memory of each process, and a file cut short would end it.
    """

    def __init__(self, path: Path) -> None:
        with open(path, "rb") as file:
            directory = CompoundStorage(StructFile(file), use_mmap=False)
            self.ranges: dict[str, tuple[int, int]] = {name: directory.range(name) for name in directory.list()}
            handle = os.dup(file.fileno())
        self._handle = handle
        weakref.finalize(self, os.close, handle)

    def file_length(self, name: str) -> int:
        return self.ranges[name][1]

    def open_file(self, name: str) -> Any:
        """Small ones are read at once: with each post that is written there is a new segment."""
        if self.file_length(name) <= SMALL:
            return BufferFile(memoryview(self.read(name, 0, SMALL)), name=name)
        return SegmentFile(self, name)

    def read(self, name: str, position: int, length: int) -> bytes:
        """At most to the end of file `name`."""
        start, size = self.ranges[name]
        return os.pread(self._handle, max(0, min(length, size - position)), start + position)


class SegmentFile(BufferFile):  # type: ignore[misc]
    """A file of a segment, as Whoosh reads it."""

    def __init__(self, files: SegmentFiles, name: str) -> None:
        self._files = files
        self._name = name
        self.file = Window(self)
        self.onclose = None
        self.is_real = False
        self.is_closed = False

    def __len__(self) -> int:
        return self._files.file_length(self._name)

    def get(self, position: int, length: int) -> bytes:
        return self._files.read(self._name, position, length)


class Window:
    """A file with a position, as opening a table of terms wants it."""

    def __init__(self, file: SegmentFile) -> None:
        self._of = file
        self._at = 0

    def seek(self, to: int) -> None:
        self._at = to

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes:
        found = self._of.get(self._at, size)
        self._at += len(found)
        return found

    def readline(self) -> bytes:
        rest = self._of.get(self._at, len(self._of) - self._at)
        end = rest.find(b"\n") + 1
        return self.read(end or len(rest))


class InMemory:
    """The same files, each read as a whole when it is opened."""

    def __init__(self, files: SegmentFiles) -> None:
        self._files = files

    def file_length(self, name: str) -> int:
        return self._files.file_length(name)

    def open_file(self, name: str) -> Any:
        content = memoryview(
            self._files.read(name, 0, self.file_length(name)) if name.endswith(W3Codec.TERMS_EXT) else b""
        )
        return BufferFile(content, name=name)
