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
    """Each root with its flags; also those that are commonly misspelt (resiko), with the flags of what is meant.

    A reduplicated entry (beda-beda) gives its flags to the simple one.
    """
    collected: dict[str, set[str]] = {}
    for line in [*lines("id_ID.dic")[1:], *lines("roots.txt")]:
        word, _, flags = line.partition("/")
        root = _simple(word.lower())
        if root.isalpha():
            collected.setdefault(root, set()).update(flags[i : i + 2] for i in range(0, len(flags), 2))
    for wrong, right in misspelt().items():
        collected.setdefault(wrong, set()).update(collected.get(right, ()))
    return {root: frozenset(flags) if flags else _NO_FLAGS for root, flags in collected.items()}


@cache
def irregular() -> dict[str, str]:
    """Words, and entries of the dictionary, whose stem is not what the rules would give."""
    return _pairs("irregular.txt")


@cache
def misspelt() -> dict[str, str]:
    """Old and wrong spellings, with the right one; they are found behind affixes too."""
    return _pairs("misspelt.txt")


@cache
def spelling() -> dict[str, str]:
    """Words that are read as others: informal and misspelt ones, with what is meant."""
    return misspelt() | _pairs("spelling.txt")


def _pairs(name: str) -> dict[str, str]:
    """What "one two = right" lines say, as a table."""
    pairs = (line.split(" = ") for line in lines(name))
    return {word: right for words, right in pairs for word in words.split()}


def _simple(word: str) -> str:
    first, _, second = word.partition("-")
    return first if first == second else word
