"""Names of files as people may see them: no path, nothing invisible, an ending that says what it is."""

from __future__ import annotations

import re

from forum.attachments.limits import NAME
from forum.core.text import one_line

_ENCODED = re.compile(r"%(2f|5c|00|2e)", re.IGNORECASE)
_SEPARATORS = {"2f": "/", "5c": "/", "00": "", "2e": "."}
_DRIVE = re.compile(r"^[A-Za-z]:")
_FORBIDDEN = re.compile(r'[<>:"|?*%]')
# Windows takes these for devices, whatever their ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_EXAMINED = 4_000
NAMELESS = "lampiran"


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; '' without one."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def clean_name(raw: str) -> str:
    """The last part of a name that a browser sent, made harmless and at most NAME characters long; its ending is kept."""
    if len(raw) > _EXAMINED:
        raw = raw[: _EXAMINED // 2] + raw[-_EXAMINED // 2 :]
    raw = _ENCODED.sub(lambda found: _SEPARATORS[found[1].lower()], raw)
    name = one_line(raw.replace("\\", "/").rpartition("/")[2])
    name = _FORBIDDEN.sub("_", _DRIVE.sub("", name)).rstrip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    stem = stem.strip(" .") or NAMELESS
    if _DEVICES.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    ending = "".join(filter(str.isalnum, ending))[:10]
    return f"{stem[: NAME - len(ending) - 1].rstrip()}.{ending}" if ending else stem[:NAME].rstrip()


def with_ending(name: str, ending: str) -> str:
    """`name` with another ending."""
    stem = name.rpartition(".")[0] or name
    return f"{stem}.{ending}"
