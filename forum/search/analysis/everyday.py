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
    for part in bare(word):
        yield from _without_beginning(part)
        for core in _without_ending(part):
            yield from _without_beginning(core)


def without_ending(word: str) -> Iterator[str]:
    """What is left without -in, prefixes untouched."""
    for part in bare(word):
        yield from _without_ending(part)


def _without_beginning(core: str) -> Iterator[str]:
    for beginning, lost in _BEGINNINGS:
        # "mada" is no pada: a word that has lost one letter must have enough left
        if core.startswith(beginning) and (len(beginning) > 1 or len(core) > _ENOUGH):
            yield from (sound + core[len(beginning) :] for sound in lost)


def _without_ending(part: str) -> Iterator[str]:
    """`part` without -in; also with a for the last e (tanggepin, diemin)."""
    if part.endswith(_ENDING) and len(part) >= _ENOUGH + len(_ENDING):
        core = part[: -len(_ENDING)]
        yield core
        if _LAST_E.search(core):
            yield _LAST_E.sub(r"a\1", core)
