"""Files of strangers are opened in a child process that can be killed, never in the one that serves people.

The parsers (Pillow, pypdf, zip, XML) are large and the files hostile: the child has bounds on memory, time and the size of what
it writes, no environment, and one file to look at. It is started for each upload (a twentieth of a second for an image, three for
a PDF): unlike texts, files come a few times a day from each person, and nothing of one may be left for the next.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from forum.config import ROOT

SECONDS = 30.0
# So many files at a time in this process; whoever comes later waits for a moment.
AT_ONCE = 2
WAIT_SECONDS = 20.0
_slots = threading.BoundedSemaphore(AT_ONCE)

log = structlog.get_logger()


class Refused(Exception):
    """A file that will not be taken; `code` says why (see `services.refusals`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that was written, with its size in pixels."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """What may be stored: `path` (the file itself, or the image written anew) of `media_type` and `ending`.

    `found`: the kinds of personal data that its text or its name seem to hold.
    """

    path: Path
    media_type: str
    ending: str
    found: tuple[str, ...]
    image: Picture | None = None
    thumb: Picture | None = None


def inspect(path: Path, name: str, folder: Path) -> Inspected:
    """Look into the file at `path`, which came under `name`. What is made of it is written into `folder`. Raises Refused."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Refused("busy")
    try:
        answer = _ask(path, name, folder)
    finally:
        _slots.release()
    if "refused" in answer:
        raise Refused(answer["refused"])
    image, thumb = _picture(answer.get("image"), folder), _picture(answer.get("thumb"), folder)
    stored = image.path if image else path
    return Inspected(stored, answer["media_type"], answer["ending"], tuple(answer["found"]), image, thumb)


def _picture(said: dict[str, Any] | None, folder: Path) -> Picture | None:
    return Picture(folder / said["file"], said["width"], said["height"]) if said else None


def _ask(path: Path, name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "forum.attachments.inspecting.child", str(path), str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the name goes in by its standard input
            command,
            cwd=ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
            input=json.dumps({"name": name}).encode(),
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Refused("too_complex") from None
    if done.returncode:
        log.warning("file_inspection_died", status=done.returncode, error=done.stderr[-300:].decode(errors="replace"))
        raise Refused("too_complex")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "bug" in answer:
        log.error("file_inspection_failed", error=answer["bug"])
        raise Refused("unreadable")
    return answer
