"""Plain text and CSV: text all the way, and not a web page under another name."""

from __future__ import annotations

import re
from pathlib import Path

from forum.attachments.inspecting.verdict import No

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|svg|script|iframe|\?xml|\?php|math|object)\b", re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "cp1252")
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def text_of(path: Path) -> str:
    """The text of the file. Raises No for what is none."""
    data = path.read_bytes()
    text = _decoded(data)
    if text is None or _CONTROL.search(text):
        raise No("content")
    if _MARKUP.match(text.lstrip("\ufeff")):
        raise No("content")
    return text


def _decoded(data: bytes) -> str | None:
    encodings = (_WIDE[data[:2]],) if data[:2] in _WIDE else _ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
