"""From a word to its stem: affixes are taken off as long as the dictionary knows what remains; else Snowball, carefully.

Where several roots are possible (mengarang: karang, arang), the one wins that the dictionary says takes these affixes; then the one
without particle or clitic, with fewer prefixes; then the one that takes more affixes altogether, which is a fair sign of how common it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from forum.search.analysis.affixes import Analysis, analyses, bare
from forum.search.analysis.everyday import without_ending, without_nasal
from forum.search.analysis.licences import doubt
from forum.search.analysis.roots import Flags, irregular, misspelt, roots

Rank = tuple[int, bool, int, bool, int, str]

CACHED_WORDS = 50_000
LONGEST = 40
SHORTEST = 4
SHORTEST_ROOT = 3
SAFE_ROOT = 4
COMMON = 3  # affixes that a root must take to be seen behind an everyday form
VERY_COMMON = 6
_WEAK = frozenset({(), ("se",), ("ke",), ("ku",), ("kau",), ("di",), ("per",)})
_BESIDE_COMMON = frozenset({(), ("di",)})  # "dikota" for "di kota"
_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_STRONG = re.compile(r"(?:di|me|ter)[a-z]{4,}(?:kan|i)|(?:ke|pe|ber)[a-z]{4,}(?:kan|an)")
_SNOWBALL = Stemmer.Stemmer("indonesian", 0)


@lru_cache(maxsize=CACHED_WORDS)
def stem(word: str) -> str:
    """The stem of a folded word; numbers, codes, names and what is not Indonesian stay as they are."""
    if not _may_be_stemmed(word):
        return word
    known = next((irregular()[part] for part in bare(word) if part in irregular()), None)
    if known is not None:
        return known
    root = word if word in roots() else _from_dictionary(word) or _from_everyday(word)
    return _settled(root) if root else _guess(word)


def _settled(root: str) -> str:
    """What a root of the dictionary is filed under: misspelt and derived ones under another."""
    return irregular().get(root) or (stem(misspelt()[root]) if root in misspelt() else root)


def _may_be_stemmed(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha() and not _ROMAN.fullmatch(word)


def _from_dictionary(word: str) -> str | None:
    known = roots()
    best: tuple[Rank, str] | None = None
    for analysis in analyses(word):
        flags = known.get(analysis.root)
        if flags is None:
            continue
        doubtful = doubt(analysis, flags)
        if doubtful and not _is_safe(analysis, flags, doubtful):
            continue
        rank = _rank(analysis, flags, doubtful)
        if best is None or rank < best[0]:
            best = rank, analysis.root
    return best[1] if best else None


def _rank(analysis: Analysis, flags: Flags, doubtful: int) -> Rank:
    """What speaks against this reading, the weightiest first."""
    suffix_before_ending = analysis.ended and bool(analysis.suffix)
    return doubtful, analysis.ended, len(analysis.prefixes), suffix_before_ending, -len(flags), analysis.root


def _is_safe(analysis: Analysis, flags: Flags, doubtful: int) -> bool:
    """Whether affixes that the dictionary does not know of may go: only from roots that are long enough not to be chance."""
    needed = SAFE_ROOT
    is_common = len(flags) >= VERY_COMMON
    if doubtful > 1 and analysis.suffix != "kan" and _is_weak(analysis):
        needed += not (is_common and analysis.prefixes in _BESIDE_COMMON)
    elif is_common and analysis.suffix == "kan":
        needed -= 1
    return len(analysis.root) >= needed


def _is_weak(analysis: Analysis) -> bool:
    """Whether the affixes are short ones that many words begin or end with by chance."""
    return analysis.prefixes in _WEAK and not (analysis.prefixes and analysis.suffix)


def _from_everyday(word: str) -> str | None:
    """The root of an everyday form (ngurus, nungguin, dibikinin), if it is a common one."""
    known = roots()
    found = [root for root in without_nasal(word) if len(root) >= SHORTEST_ROOT and len(known.get(root, ())) >= COMMON]
    if found:
        return max(found, key=lambda root: len(known[root]))
    return next(filter(None, map(_from_dictionary, without_ending(word))), None)


def _guess(word: str) -> str:
    """The stem of a word that the dictionary does not help with: a clitic goes; the rest only if it is affixed on both sides."""
    core = min((part for part in bare(word) if len(part) >= SAFE_ROOT or f"{part}nya" == word), key=len)
    return _SNOWBALL.stemWord(core) if _STRONG.fullmatch(core) else core
