"""Where the content of files is kept: a folder of this machine, or an S3-compatible store, behind one interface."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import Flask, current_app

from forum.config import Settings

FOLDER = "uploads"
PREFIXES = tuple(f"{number:02x}" for number in range(256))
_EXTENSION = "rembuk_storage"
_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class Stored:
    """A content in the store: the SHA-256 that names it, its size, and when it was last put there."""

    digest: str
    size: int
    at: datetime


class Storage(Protocol):
    """A store addressed by content. Whatever fails raises OSError; what is not there, FileNotFoundError."""

    def put(self, digest: str, source: Path) -> None:
        """Keep the content of `source` under its hash; when this returns, it is there to stay. Again is no error: it counts as new."""

    def open(self, digest: str) -> BinaryIO:
        """The content, to be read and closed."""

    def exists(self, digest: str) -> bool: ...

    def delete(self, digest: str, before: datetime) -> bool:
        """Remove it, unless it was put there (again) since `before`. Whether it was removed."""

    def iterate(self, prefix: str = "") -> Iterator[Stored]:
        """Everything whose name begins with `prefix`, in no order."""

    def tidy(self, before: datetime) -> int:
        """Remove what interrupted uploads left before `before`; how many."""


def init_app(app: Flask, settings: Settings) -> None:
    """Let the application have a store. It is made at its first use."""
    app.extensions[_EXTENSION] = settings


def current() -> Storage:
    """The store of the application that is running."""
    found = current_app.extensions[_EXTENSION]
    if isinstance(found, Settings):
        with _making:
            found = current_app.extensions[_EXTENSION]
            if isinstance(found, Settings):
                found = current_app.extensions[_EXTENSION] = of(found)
    return cast("Storage", found)


def of(settings: Settings) -> Storage:
    """The store that `settings` name."""
    if settings.s3_endpoint:
        from forum.attachments.storage.s3 import S3Storage

        return S3Storage(
            settings.s3_endpoint,
            settings.s3_bucket,
            settings.s3_region,
            settings.s3_access_key,
            settings.s3_secret_key,
        )
    from forum.attachments.storage.directory import DirectoryStorage

    return DirectoryStorage(settings.instance_path / FOLDER)
