"""The child process: looks at one file and says, as JSON, what it is. Started by `inspect`; ends when it has answered."""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any

from forum.attachments.filetypes import TYPES
from forum.attachments.inspecting.verdict import No
from forum.attachments.names import ending_of

MEMORY = 1 << 30
CPU_SECONDS = 20
# Written: an image and its thumbnail.
WRITTEN = 64 << 20


def restrict() -> None:
    """From here on: little memory, little time, no large file."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def look(path: Path, name: str, folder: Path) -> dict[str, Any]:
    """What the file is, or why it is refused. Only what the type needs is imported."""
    ending = ending_of(name)
    kind = TYPES.get(ending)
    if kind is None:
        raise No("type")
    if path.stat().st_size == 0:
        raise No("empty")
    if kind.family == "image":
        from forum.attachments.inspecting import images

        answer = images.look(path, kind.media_type, folder)
        return answer | {"found": _personal(name)}
    from forum.attachments.inspecting import plain, readers

    text = readers.text_of(path, ending, kind) if kind.family != "text" else plain.text_of(path)
    return {"media_type": kind.media_type, "ending": ending, "found": _personal(f"{name}\n{text}")}


def _personal(text: str) -> list[str]:
    from forum.core.privacy import find

    return sorted({finding.kind.value for finding in find(text)})


def main() -> None:
    restrict()
    logging.disable(logging.CRITICAL)
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        answer = look(path, json.load(sys.stdin)["name"], folder)
    except No as refusal:
        answer = {"refused": refusal.code}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_complex"}
    except Exception as error:
        answer = {"bug": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
