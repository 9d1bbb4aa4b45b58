"""Where generations of the index are, which of them is searched, and who may write.

    search/
      lock             held by the single writer
      current          the name of the generation that is searched; replaced as a whole
      gen-7-.../       a published generation; no name is used twice
      building-.../    one in the making; its file `alive` is locked by whoever makes it

Locks are those of the operating system: they end with the process that holds them, however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from forum.search.analysis import ANALYSIS_VERSION
from forum.search.backends.whoosh_schema import INDEX_NAME, LAYOUT
from forum.search.documents import Unavailable

POINTER, LOCK, ALIVE, ABOUT = "current", "lock", "alive", "about.json"
PUBLISHED, BUILDING = "gen-", "building-"
_COMMIT = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")


@contextmanager
def locked(path: Path, wait: bool) -> Iterator[bool]:
    """Hold the lock on the file `path`; gives False if another has it and `wait` is False."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)  # lets go of the lock


class Generations:
    """The generations under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lock(self, wait: bool = True) -> AbstractContextManager[bool]:
        """The single writer's lock."""
        return locked(self.folder / LOCK, wait)

    def published(self) -> Path:
        """The folder of the generation that is searched. Raises Unavailable."""
        try:
            name = (self.folder / POINTER).read_text().strip()
        except FileNotFoundError:
            raise Unavailable("no generation is published") from None
        except (OSError, ValueError) as error:
            raise Unavailable(f"the pointer to the generation cannot be read: {error}") from error
        if not name.startswith(PUBLISHED) or "/" in name:
            raise Unavailable(f"the pointer to the generation is broken: {name[:40]!r}")
        return self.folder / name

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A new folder to build in, removed at the end unless it was published."""
        self._clean_up()
        folder = self.folder / f"{BUILDING}{secrets.token_hex(6)}"
        folder.mkdir(parents=True, mode=0o700)
        try:
            with locked(folder / ALIVE, wait=True):
                about = {"analysis": ANALYSIS_VERSION, "layout": LAYOUT}
                (folder / ABOUT).write_text(json.dumps(about))
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, built: Path) -> None:
        """Make what was built the generation that is searched, and remove those before it.

        Who still reads them goes on with the files that are open. Call it with the lock held.
        """
        published = [folder for folder in self.folder.iterdir() if folder.name.startswith(PUBLISHED)]
        latest = max((_number(folder.name) for folder in published), default=0)
        folder = self.folder / f"{PUBLISHED}{latest + 1}-{secrets.token_hex(4)}"
        for file in built.iterdir():
            _sync(file)
        _sync(built)
        built.rename(folder)
        draft = self.folder / f"{POINTER}.{secrets.token_hex(4)}"
        draft.write_text(f"{folder.name}\n")
        _sync(draft)
        draft.replace(self.folder / POINTER)
        _sync(self.folder)
        for old in published:
            shutil.rmtree(old, ignore_errors=True)

    def _clean_up(self) -> None:
        """Remove what is left of builds whose process died."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in self.folder.glob(f"{BUILDING}*"):
            with suppress(OSError), locked(folder / ALIVE, wait=False) as nobody_is_at_it:
                if nobody_is_at_it:
                    shutil.rmtree(folder, ignore_errors=True)


def _number(name: str) -> int:
    """Of a generation, by the name of its folder."""
    number = name.removeprefix(PUBLISHED).partition("-")[0]
    return int(number) if number.isdigit() else 0


def analysis_version(folder: Path) -> int:
    """With which version of the analysis a generation was written. Raises Unavailable, also if its layout is another."""
    try:
        about = json.loads((folder / ABOUT).read_text())
        layout, version = int(about["layout"]), int(about["analysis"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"the generation {folder.name} cannot be read: {error}") from error
    if layout != LAYOUT:
        raise Unavailable(f"the generation {folder.name} has layout {layout}, not {LAYOUT}")
    return version


def latest_commit(folder: Path) -> int:
    """The number of the latest commit of a generation. Raises FileNotFoundError where there is none."""
    numbers = [int(match[1]) for match in map(_COMMIT.fullmatch, os.listdir(folder)) if match]
    if not numbers:
        raise FileNotFoundError(f"{folder.name} has no commit")
    return max(numbers)


def commit_file(commit: int) -> str:
    """What Whoosh calls the list of segments of a commit."""
    return f"_{INDEX_NAME}_{commit}.toc"


def sync(folder: Path, names: Iterable[str]) -> None:
    """See to it that files of `folder` are on the disk, and that it names them."""
    for name in names:
        _sync(folder / name)
    _sync(folder)


def _sync(path: Path) -> None:
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
