"""Telephone numbers: mobile (08.., +62 8..), and landlines with their area code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.core.privacy.finding import SEP, Finding, Kind, digits_of, is_part
from forum.core.privacy.telling import told

_BETWEEN = "[ .\\-_\u200b]{1,3}"
_GROUPS = rf"\d*(?:\)?{_BETWEEN}\d{{2,9}}(?!\d)){{0,4}}"
_MOBILE = re.compile(rf"(?<![\d+])\(?(?:\+?62\)?{SEP}(?:\(0\){SEP}|0)?\(?|0)8[1-9]{_GROUPS}")
# Without its 0, after a word that tells; with one blank or dash between all digits, or all pairs.
_BARE = re.compile(rf"(?<!\d)8[1-9]{_GROUPS}")
_SPREAD = re.compile(
    r"(?<!\d)(?:0([ .\-])8\1[1-9](?:\1\d){7,10}|08([ \-])[1-9]\d(?:\2\d\d){3,4}(?:\2\d)?)(?![ .\-]?\d)"
)
_MOBILE_DIGITS = range(9, 13)
# Three digits for the largest cities, four for the others.
_AREA = r"0(?:2[124]|31|61|[2-79]\d\d)"
# Of Sumatra and the largest cities: these are known without dash or bracket.
_NEAR = r"0(?:2[124]|31|61|6[2-5]\d|7[3-7]\d)"
_BEFORE = rf"\({_AREA}\)[ \-]{{0,2}}|{_AREA} ?- ?|{_NEAR} (?=[1-9]\d{{5,7}}(?![\d.,]))|\+62{SEP}\(?[2-79]\d{{1,2}}\)?[ \-]{{1,2}}"
_LANDLINE = re.compile(rf"(?<![\d.+])(?:{_BEFORE})[1-9](?:[ \-]?\d){{4,7}}(?![\d/])(?![.\-]\d)")
_TOLD_LANDLINE = re.compile(rf"(?<!\d){_AREA}{SEP}[1-9](?:[ .\-]?\d){{4,7}}(?!\d)")
_TIME = re.compile(r"(?:[01]\d|2[0-3])(?:00|15|30|45)\Z")
_GROUP = re.compile(r"\d+")


def phones(text: str) -> Iterator[Finding]:
    """The numbers in folded `text`; they may overlap."""
    for match in _MOBILE.finditer(text):
        yield from _mobile(text, match)
    for match in _BARE.finditer(text):
        if told(text, *match.span())[1] is Kind.PHONE:
            yield from _mobile(text, match)
    for match in _SPREAD.finditer(text):
        if not is_part(text, *match.span()):
            yield Finding(Kind.PHONE, *match.span())
    yield from _landlines(text)


def _landlines(text: str) -> Iterator[Finding]:
    """Written as a landline is, unless a word tells otherwise; in any other way only where a word tells."""
    for match in _LANDLINE.finditer(text):
        is_told, said = told(text, *match.span())
        if said is Kind.PHONE or not is_told:
            yield Finding(Kind.PHONE, *match.span())
    for match in _TOLD_LANDLINE.finditer(text):
        if told(text, *match.span())[1] is Kind.PHONE:
            yield Finding(Kind.PHONE, *match.span())


def _mobile(text: str, match: re.Match[str]) -> Iterator[Finding]:
    """The number that begins with the match: as many of its groups as a number has digits."""
    start = match.start() + (match[0][0] == "(" and ")" not in match[0])
    is_told, said = told(text, start, match.end())
    if (is_told and said is None) or _are_times(match[0]):
        return
    ends = [group.end() for group in _GROUP.finditer(text, match.start(), match.end())]
    for end in _best_first(text, start, ends):
        national = digits_of(text[start:end]).removeprefix("62").removeprefix("0")
        if len(national) in _MOBILE_DIGITS and (said is Kind.PHONE or not is_part(text, start, end)):
            yield Finding(Kind.PHONE, start, end)
            return


def _best_first(text: str, start: int, ends: list[int]) -> list[int]:
    """A number written in one piece is whole; otherwise the longest that fits."""
    if len(digits_of(text[start : ends[0]])) >= _MOBILE_DIGITS[0] + 1:
        return ends[:1]
    return ends[::-1]


def _are_times(written: str) -> bool:
    """Nothing but times of the day: 0830-1200 1300."""
    groups = _GROUP.findall(written)
    return len(groups) > 1 and all(_TIME.match(group) for group in groups)
