"""Personal data in text, recognised by its structure and by the words beside it. Names and addresses of houses are not.

Places are those of the text that is given, whatever signs its digits are written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from forum.core.privacy.contact import contacts
from forum.core.privacy.finding import Finding, Kind, digits_of, is_part, run
from forum.core.privacy.folding import fold
from forum.core.privacy.identity import JUDGES, SLASHED_NIK, Judge, is_nik
from forum.core.privacy.phones import phones
from forum.core.privacy.telling import reaches, told
from forum.core.privacy.unwrapping import unwrap

__all__ = ["DETECTOR", "HIDDEN", "Finding", "Kind", "find", "mask"]

# Moves with what `find` finds: content that an older one looked through is looked through again.
DETECTOR = 2

HIDDEN = "•"
# So much of a number stays, for whoever has to find the case again.
_KEPT = {
    Kind.NIK: 4,
    Kind.KK: 4,
    Kind.JKN: 4,
    Kind.ACCOUNT: 4,
    Kind.NIP: 3,
    Kind.NPWP: 3,
    Kind.PHONE: 3,
    Kind.PASSPORT: 3,
}
# Neither a word nor a digit, and an end for whatever words tell.
_GONE = "\n"
# Inside a row of single digits no number begins: so long rows of them are read once, not from each digit on.
_IN_ROW = "(?<![ .\\-_\u200b]\\d[ .\\-_\u200b](?=\\d[ .\\-_\u200b]))"
_NUMBERS = tuple(
    (
        re.compile(rf"(?<!\d){_IN_ROW}(?={begin})(?=({run(length)})(?!\d))") if begin else None,
        re.compile(rf"(?<!\d){_IN_ROW}(?=({run(length)})(?!\d))"),
        judge,
    )
    for length, begin, judge in JUDGES
)
_MONEY = re.compile(r"(?:rp\.?|idr) ?\Z", re.IGNORECASE)


def find(text: str) -> tuple[Finding, ...]:
    """What in `text` looks like personal data, in order, none overlapping. The time that it takes grows with the length alone."""
    folded = fold(text)
    whole = unwrap(folded)
    if whole is None:
        return _found(folded)
    return tuple(Finding(one.kind, *whole.span(one.start, one.end)) for one in _found(whole.text))


def _found(folded: str) -> tuple[Finding, ...]:
    found: list[Finding] = []
    near = reaches(folded)
    for alone, beside, judge in _NUMBERS:
        folded = _take(folded, _judged(folded, _candidates(folded, alone, beside, near), judge), found)
    slashed = (match for match in SLASHED_NIK.finditer(folded) if is_nik(digits_of(match[0])))
    folded = _take(folded, (Finding(Kind.NIK, *match.span()) for match in slashed), found)
    folded = _take(folded, phones(folded), found)
    _take(folded, contacts(folded), found)
    return tuple(sorted(found, key=lambda finding: finding.start))


def mask(text: str) -> str:
    """`text` with what `find` finds in it hidden, but for the last digits of numbers; as long as it was."""
    parts: list[str] = []
    done = 0
    for finding in find(text):
        parts += (text[done : finding.start], _hidden(text[finding.start : finding.end], _KEPT.get(finding.kind, 0)))
        done = finding.end
    return "".join((*parts, text[done:]))


def _hidden(written: str, kept: int) -> str:
    """`written` with letters and digits hidden, but for the last `kept`."""
    rest = sum(map(str.isalnum, written)) - kept
    chars = []
    for char in written:
        if char.isalnum():
            rest -= 1
        chars.append(HIDDEN if char.isalnum() and rest >= 0 else char)
    return "".join(chars)


def _take(text: str, findings: Iterable[Finding], found: list[Finding]) -> str:
    """Add `findings` that do not overlap to `found`; gives `text` without them, as long as it was."""
    parts: list[str] = []
    done = 0
    for finding in sorted(findings, key=lambda finding: (finding.start, -finding.end)):
        if finding.start >= done:
            found.append(finding)
            parts += (text[done : finding.start], _GONE * (finding.end - finding.start))
            done = finding.end
    return "".join((*parts, text[done:])) if parts else text


def _is_in_code(text: str, start: int, end: int) -> bool:
    """Letters on both sides: a piece of a hash or a key."""
    return text[max(0, start - 1) : start].isalpha() and text[end : end + 1].isalpha()


def _candidates(
    text: str, alone: re.Pattern[str] | None, beside: re.Pattern[str], near: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Where a number of one length may stand: by how it begins, or anywhere in reach of a word that tells."""
    if alone is not None:
        yield from (match.span(1) for match in alone.finditer(text))
    for begin, end in near:
        for match in beside.finditer(text, begin):
            if match.start() >= end:
                break
            yield match.span(1)


def _judged(text: str, candidates: Iterable[tuple[int, int]], judge: Judge) -> Iterator[Finding]:
    for start, end in candidates:
        is_told, said = told(text, start, end)
        kind = judge(text[start:end], is_told, said)
        if kind is None or len(set(digits_of(text[start:end]))) == 1:
            continue
        if said is None and _is_in_code(text, start, end):
            continue
        if said is None and (is_part(text, start, end) or _MONEY.search(text[max(0, start - 5) : start])):
            continue
        yield Finding(kind, start, end)
