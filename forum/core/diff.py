"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing looks at every pair of equal words (or lines), one of each side; above so many pairs (half a second at worst) a
# changed passage is shown as replaced whole.
MAX_PAIRS = 500_000


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A run of words: kind is 'same', 'added' or 'removed'."""

    kind: str
    text: str


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
    head = _common(older, newer)
    tail = _common(older[head:][::-1], newer[head:][::-1])
    before, after = older[head : len(older) - tail], newer[head : len(newer) - tail]
    yield "same", "".join(older[:head])
    if _pairs(before, after) > MAX_PAIRS:
        yield from _replaced(before, after)
    else:
        for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "equal":
                yield "same", "".join(before[a:b])
            else:
                yield from _by_words("".join(before[a:b]), "".join(after[c:d]))
    yield "same", "".join(older[len(older) - tail :])


def _common(older: list[str], newer: list[str]) -> int:
    """With how many equal items both begin."""
    return next(
        (index for index, (one, other) in enumerate(zip(older, newer, strict=False)) if one != other),
        min(len(older), len(newer)),
    )


def _pairs(older: list[str], newer: list[str]) -> int:
    counted = Counter(newer)
    return sum(times * counted[item] for item, times in Counter(older).items())


def _replaced(older: list[str], newer: list[str]) -> Iterator[tuple[str, str]]:
    yield "removed", "".join(older)
    yield "added", "".join(newer)


def _by_words(older: str, newer: str) -> Iterator[tuple[str, str]]:
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if _pairs(before, after) > MAX_PAIRS:
        yield from _replaced(before, after)
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
