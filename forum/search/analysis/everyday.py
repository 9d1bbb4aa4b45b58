"""Everyday speech: ngurus, nyari, nungguin, diurusin, nanggepin: meN- without its me-, -in for -kan and -i, e for a."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.search.analysis.affixes import bare

# What the beginning may have been made of: ngecek and nge- + cek, ngurus and urus, ngasih and kasih, nyari and cari ...
_BEGINNINGS = (("nge", ("",)), ("ng", ("", "k")), ("ny", ("s", "c")), ("n", ("t",)), ("m", ("p",)))
_LAST_E = re.compile(r"e([^aeiou]{1,2})\Z")
_ENDING = "in"
_ENOUGH = 4


def without_nasal(word: str) -> Iterator[str]:
    """What may be the root of a word that begins with the rest of meN-."""
    for core in _cores(word):
        for beginning, lost in _BEGINNINGS:
            # "mada" is no pada: a word that has lost one letter must have enough left
            if core.startswith(beginning) and (len(beginning) > 1 or len(core) > _ENOUGH):
                for sound in lost:
                    yield from _vowels(sound + core[len(beginning) :])


def without_ending(word: str) -> Iterator[str]:
    """What is left without -in, prefixes untouched."""
    for part in bare(word):
        if _has_ending(part):
            yield from _vowels(part[: -len(_ENDING)])


def _cores(word: str) -> Iterator[str]:
    for part in bare(word):
        yield part
        if _has_ending(part):
            yield part[: -len(_ENDING)]


def _has_ending(part: str) -> bool:
    return part.endswith(_ENDING) and len(part) >= _ENOUGH + len(_ENDING)


def _vowels(core: str) -> Iterator[str]:
    yield core
    if _LAST_E.search(core):
        yield _LAST_E.sub(r"a\1", core)
