"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from forum.discussions.queries.shapes import DiffPiece

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Above so many words on both sides together, a changed passage is shown as replaced whole: comparing takes the square of it.
MAX_WORDS = 4000


def words(older: str, newer: str) -> tuple[DiffPiece, ...]:
    """`newer` against `older`, as runs of kept, removed and added words; removed come before added.

    Joining the 'same' and 'removed' runs gives `older` again, the 'same' and 'added' ones `newer`. Lines are compared first
    and words only within lines that changed, so a long text costs no more than its changes.
    """
    pieces: list[DiffPiece] = []
    for kind, text in _merge(_by_lines(older.splitlines(keepends=True), newer.splitlines(keepends=True))):
        pieces.append(DiffPiece(kind, text))
    return tuple(pieces)


def _by_lines(older: list[str], newer: list[str]) -> Iterator[tuple[str, str]]:
    for tag, a, b, c, d in SequenceMatcher(None, older, newer, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(older[a:b])
        else:
            yield from _by_words("".join(older[a:b]), "".join(newer[c:d]))


def _by_words(older: str, newer: str) -> Iterator[tuple[str, str]]:
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if len(before) + len(after) > MAX_WORDS:
        yield "removed", older
        yield "added", newer
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(before[a:b])
        else:
            yield "removed", "".join(before[a:b])
            yield "added", "".join(after[c:d])


def _merge(runs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Join neighbouring runs of one kind and drop empty ones."""
    held: tuple[str, str] | None = None
    for kind, text in runs:
        if not text:
            continue
        if held and held[0] == kind:
            held = (kind, held[1] + text)
        else:
            if held:
                yield held
            held = (kind, text)
    if held:
        yield held
