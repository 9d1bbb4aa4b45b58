"""The dictionary: roots, which affixes each takes, and the words that are to be read otherwise than by the rules."""

from __future__ import annotations

from functools import cache
from importlib import resources

Flags = frozenset[str]

_NO_FLAGS: Flags = frozenset()


def lines(name: str) -> list[str]:
    """The lines of a data file, without comments and empty ones."""
    text = resources.files("forum.search.analysis").joinpath("data", name).read_text(encoding="utf-8")
    stripped = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in stripped if line]


@cache
def roots() -> dict[str, Flags]:
    """Each root with its flags. A reduplicated entry (beda-beda) gives its flags to the simple one."""
    collected: dict[str, set[str]] = {}
    for line in [*lines("id_ID.dic")[1:], *lines("roots.txt")]:
        word, _, flags = line.partition("/")
        root = _simple(word.lower())
        if root.isalpha():
            collected.setdefault(root, set()).update(flags[i : i + 2] for i in range(0, len(flags), 2))
    return {root: frozenset(flags) if flags else _NO_FLAGS for root, flags in collected.items()}


@cache
def irregular() -> dict[str, str]:
    """Words, and entries of the dictionary, whose stem is not what the rules would give."""
    pairs = (line.split(" = ") for line in lines("irregular.txt"))
    return {word: stem for words, stem in pairs for word in words.split()}


@cache
def untouched() -> frozenset[str]:
    """English words that would lose letters."""
    return frozenset(word for line in lines("english.txt") for word in line.split())


def _simple(word: str) -> str:
    first, _, second = word.partition("-")
    return first if first == second else word
