"""From text to words: hyphens, dots and apostrophes, doubled words, informal spelling, and pairs that are one term.

A chunk is what stands between blanks and most punctuation ("marah-marah", "1.500.000", "KTP-el", "A.S."). What a chunk gives is
cached: text repeats itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from forum.search.analysis.folding import fold
from forum.search.analysis.roots import lines, roots, spelling
from forum.search.analysis.stemmer import stem

CACHED_CHUNKS = 50_000
LONGEST_CACHED = 80
LONGEST_WORD = 60

# Letters and digits, with the marks that may stand on or between them.
_LETTERS = "[^\\W_\u02bc][\u0300-\u036f\u064b-\u065f\u0670\u00ad\u200b-\u200d\u2060\ufeff]*"
CHUNK = re.compile(f"(?:{_LETTERS})+(?:[-.'\u2010\u2011\u2018\u2019\u02bc`](?:{_LETTERS})+)*")
_JOINTS = re.compile("[-.\u2010\u2011]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`](?:s\\Z)?", re.IGNORECASE)
_DOTTED = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_GROUPED = re.compile(r"(?:rp)?\d{1,3}(?:\.\d{3})+", re.IGNORECASE)
_AMOUNT = re.compile(r"(rp)(\d.*)")

_HYPHENATED_ENDINGS = frozenset(("nya", "ku", "mu", "lah", "kah", "pun", "an"))
_HYPHENATED_BEGINNINGS = frozenset(
    ("di", "ke", "se", "ber", "ter", "per", "me", "mem", "men", "meng", "pe", "pem", "pen", "peng", "nge")
)
_FORE = ("antar", "pasca", "multi", "anti", "semi", "non", "pra")
_DOUBLED_BY_DIGIT = re.compile(r"([a-z]{3,})2(?:nya|an)?")
_LEANT_ON = re.compile(r"([a-z])\1{2,}")
_PARTICLES = ("lah", "kah", "tah", "pun")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a chunk. `start` and `end`: where in the chunk."""

    word: str
    stem: str
    is_stop: bool
    start: int
    end: int


@cache
def stop_words() -> frozenset[str]:
    return frozenset(word for line in lines("stopwords.txt") for word in line.split())


@cache
def _canonical() -> dict[str, tuple[str, ...]]:
    """Chunks that have a form of their own: ktp-el, sp4n."""
    pairs = (line.split(" = ") for line in lines("canonical.txt"))
    return {chunk: tuple(words.split()) for chunks, words in pairs for chunk in chunks.split()}


@cache
def _doubled() -> frozenset[str]:
    """Stems that mean something else when they are doubled: undang-undang, laba-laba."""
    return frozenset(word for line in lines("doubled.txt") for word in line.split())


@cache
def pairs() -> dict[str, dict[str, str]]:
    """First stem -> second stem -> the one term that both together are."""
    table: dict[str, dict[str, str]] = {}
    for line in lines("pairs.txt"):
        words, _, term = line.partition(" = ")
        first, second = words.split()
        table.setdefault(first, {})[second] = term or first + second
    return table


def words_of(chunk: str) -> tuple[Word, ...]:
    """The words of a chunk, in order, none overlapping."""
    return _remembered(chunk) if len(chunk) <= LONGEST_CACHED else _analysed(chunk)


@lru_cache(maxsize=CACHED_CHUNKS)
def _remembered(chunk: str) -> tuple[Word, ...]:
    return _analysed(chunk)


def _analysed(chunk: str) -> tuple[Word, ...]:
    canonical = _canonical().get(fold(chunk))
    if canonical is not None:
        share = len(chunk) / len(canonical)
        return tuple(
            Word(word, stem(word), _is_stop(word), round(i * share), round((i + 1) * share))
            for i, word in enumerate(canonical)
        )
    found = [word for text, start, end in _pieces(chunk) for word in _words(text, start, end)]
    return tuple(_once(_without_affixes(found)))


def _pieces(chunk: str) -> Iterator[tuple[str, int, int]]:
    """The folded parts of a chunk, with their places."""
    if "." in chunk and (_DOTTED.fullmatch(chunk) or _GROUPED.fullmatch(chunk)):
        yield from _amount(fold(chunk.replace(".", "")), 0, len(chunk))
        return
    start = 0
    for part in _JOINTS.split(chunk):
        yield from _amount(_spelled(part), start, start + len(part))
        start += len(part) + 1


def _spelled(part: str) -> str:
    return fold(part if part.isalnum() else _APOSTROPHES.sub("", part))[:LONGEST_WORD]


def _amount(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Rp150 is two words."""
    match = _AMOUNT.fullmatch(text)
    if match:
        yield "rp", start, start + 2
        yield match[2], start + 2, end
    elif text:
        yield text, start, end


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    """The word that `text` is, mended; two for a foreign prefix and what it is welded to (antarkota, pascabencana)."""
    mended = spelling().get(text) or _mended(text)
    fore = next((fore for fore in _FORE if mended.startswith(fore)), "")
    rest = mended[len(fore) :]
    if fore and len(rest) > 3 and mended not in roots() and stem(mended) not in roots() and stem(rest) in roots():
        yield Word(fore, fore, False, start, start + len(fore))
        yield Word(rest, stem(rest), False, start + len(fore), end)
    else:
        yield Word(mended, stem(mended), _is_stop(mended), start, end)


def _mended(text: str) -> str:
    """Doubled with a digit (anak2) is read once, and so is a letter that somebody leant on (tolooong)."""
    match = _DOUBLED_BY_DIGIT.fullmatch(text)
    if match and stem(match[1]) in roots():
        return match[1]
    if len(text) > 4 and _LEANT_ON.search(text) and text.isalpha():
        once = _LEANT_ON.sub(r"\1", text)
        return spelling().get(once, once) if stem(once) in roots() else text
    return text


def _is_stop(word: str) -> bool:
    stops = stop_words()
    return word in stops or (word.endswith(_PARTICLES) and len(word) > 5 and word[:-3] in stops)


def _without_affixes(found: list[Word]) -> list[Word]:
    """di-PHK, ke-20, KTP-nya, 1990-an: what the hyphen sets apart is no word; e-kinerja is one."""
    if len(found) < 2:
        return found
    first, second = found[0], found[1]
    if first.word == "e":
        return [Word("e" + second.word, "e" + second.stem, False, first.start, second.end), *found[2:]]
    kept = [word for i, word in enumerate(found) if not (i and word.word in _HYPHENATED_ENDINGS)]
    return kept[1:] if len(kept) > 1 and first.word in _HYPHENATED_BEGINNINGS else kept


def _once(found: list[Word]) -> list[Word]:
    """Doubled words once: marah-marah, tolong-menolong, besar-besaran."""
    kept: list[Word] = []
    for word in found:
        last = kept[-1] if kept else None
        if last is None or last.stem != word.stem or word.stem.isdigit():
            kept.append(word)
        elif word.stem in _doubled():
            kept[-1] = Word(word.stem * 2, word.stem * 2, False, last.start, word.end)
        else:
            kept[-1] = Word(last.word, last.stem, last.is_stop, last.start, word.end)
    return kept
