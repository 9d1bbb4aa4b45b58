"""Taking Indonesian words apart: every way in which prefixes and suffixes may leave a root, with the sound changes between them.

The prefixes meN- and peN- change with the sound that follows, and may swallow it: tangan -> menangani, layan -> melayani, sapu ->
menyapu, kirim -> mengirim, pakai -> memakai, cat -> mengecat. So one beginning may hide several roots; which of them is meant is the
stemmer's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VOWELS = frozenset("aeiou")
LONGEST_CHAIN = 3

PARTICLES = ("lah", "kah", "tah", "pun")
CLITICS = ("nya", "ku", "mu")
DERIVING = ("kan", "an", "i")

# What may stand before what, from the outside in: di-per-, ke-ber-, mem-per-, ber-ke- ...
INNER = {
    "di": ("per", "pe", "ke", "se", "ber"),
    "me": ("per", "pe", "ke", "se", "ber", "ter"),
    "pe": ("per", "ke", "se", "ber", "ter"),
    "ke": ("ber", "ter", "se", "pe", "per", "tidak"),
    "ber": ("ke", "se", "pe", "per"),
    "ter": ("ke", "se", "pe", "per", "ber"),
    "se": ("ke", "pe", "per", "ber", "ter"),
    "per": ("se", "ke", "ber", "pe"),
    "ku": ("per", "ber"),
    "kau": ("per", "ber"),
    "tidak": ("ber", "ter", "se", "me", "di"),
}


@dataclass(frozen=True, slots=True)
class Analysis:
    """`prefixes` from the outside in, `suffix` the deriving one ('' for none); `ended`: a particle or clitic was behind it."""

    root: str
    prefixes: tuple[str, ...]
    suffix: str
    ended: bool


def analyses(word: str) -> Iterator[Analysis]:
    """Every way to read `word`, itself included; most of them end in something that is no root."""
    for part in bare(word):
        for core, suffix in _cores(part):
            for prefixes, root in _peeled(core, ()):
                yield Analysis(root, prefixes, suffix, part != word)


def bare(word: str) -> Iterator[str]:
    """`word` as it is, without particle, without clitic, and without both."""
    yield word
    without_particle = [_cut(word, ending) for ending in PARTICLES if _may_end(word, ending)]
    yield from without_particle
    for part in [word, *without_particle]:
        yield from (_cut(part, ending) for ending in CLITICS if _may_end(part, ending))


def _cores(part: str) -> Iterator[tuple[str, str]]:
    """`part` without a deriving suffix, and with each that it may have."""
    yield part, ""
    for ending in DERIVING:
        if part.endswith(ending) and len(part) > len(ending) + 1:
            yield _cut(part, ending), ending


def _peeled(core: str, outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    yield outer, core
    if len(outer) == LONGEST_CHAIN or len(core) < 4:
        return
    allowed = INNER.get(outer[-1]) if outer else None
    for name, rest in _without_prefix(core):
        if allowed is None or name in allowed:
            yield from _peeled(rest, (*outer, name))


def _without_prefix(core: str) -> Iterator[tuple[str, str]]:
    """Every prefix that `core` may begin with, and what would follow it."""
    start = core[:2]
    if start in ("di", "ke", "se", "ku"):
        yield start, core[2:]
    if core.startswith("kau"):
        yield "kau", core[3:]
    if core.startswith("tidak"):
        yield "tidak", core[5:]
    if start in ("be", "te", "pe"):
        yield from _with_r(core)
    if start in ("me", "pe"):
        yield from ((start, rest) for rest in _after_nasal(core[2:]))


def _with_r(core: str) -> Iterator[tuple[str, str]]:
    """ber-, ter-, per-: the r is lost before another r and before a syllable with -er- (bekerja); l in belajar, pelajar."""
    name, rest = core[:2] + "r", core[2:]
    if rest.startswith("r"):
        yield name, rest[1:]
        yield name, rest
    elif rest[1:3] == "er":
        yield name, rest
    elif rest == "lajar":
        yield name, "ajar"


def _after_nasal(rest: str) -> Iterator[str]:
    """What may follow meN- or peN-; `rest` is what stands behind the e."""
    if rest[0] in "lmnrwy":
        yield rest
    if rest.startswith("m"):
        yield from _swallowed(rest[1:], "p", "bfvpm")
    elif rest.startswith("ny"):
        yield from _swallowed(rest[2:], "s", "")
    elif rest.startswith("ng"):
        yield from _swallowed(rest[2:], "k", "ghkqx")
        if rest.startswith("nge"):
            yield rest[3:]
    elif rest.startswith("n"):
        yield from _swallowed(rest[1:], "t", "cdjtsz")
    elif rest[0] not in VOWELS:
        yield rest


def _swallowed(rest: str, lost: str, kept: str) -> Iterator[str]:
    """After a nasal: before a vowel (and sometimes r or l: memroses) a sound was swallowed, or for k none; else nothing happened."""
    if not rest:
        return
    if rest[0] in VOWELS or rest[0] in "rl":
        yield lost + rest
        if lost == "k":
            yield rest
    elif rest[0] in kept:
        yield rest


def _may_end(word: str, ending: str) -> bool:
    return word.endswith(ending) and len(word) > len(ending) + 1


def _cut(word: str, ending: str) -> str:
    return word[: -len(ending)]
