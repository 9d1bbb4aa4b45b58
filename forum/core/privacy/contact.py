"""Bank accounts, e-mail addresses, licence plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forum.core.privacy.finding import Finding, Kind, digits_of, is_part, run
from forum.core.privacy.telling import told

_EMAIL = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{1,64}(?:@| ?[\[(](?:at|a)[\])] ?)"
    r"(?:[a-z0-9\-]{1,63}(?:\.| ?[\[(](?:dot|titik)[\])] ?)){1,6}[a-z]{2,24}(?![a-z0-9])",
    re.IGNORECASE,
)
# Spelled out: budi at gmail dot com.
_SPELLED = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{3,64} (?:at|et) [a-z0-9\-]{2,63}"
    r"(?: (?:dot|titik) (?:com|net|org|id|co|go|ac|sch|or)){1,3}(?![a-z0-9])",
    re.IGNORECASE,
)
# Pulled apart, at a provider that everybody knows: budi @ gmail . com, budi at yahoo.co.id.
_APART_AT = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]{2,64}(?: at | ?@ ?)"
    r"(?:gmail|googlemail|ya?hoo|ymail|outlook|hotmail|icloud|rocketmail|live|proton(?:mail)?)"
    r" ?\. ?(?:com|co ?\. ?id|net|me|id)(?![a-z0-9])",
    re.IGNORECASE,
)
# Of an office, not of a person: it stands on its website.
_OFFICE = re.compile(
    r"(?:info|admin|humas|pengaduan|aduan|lapor|layanan|pelayanan|sekretariat|kontak|contact|ppid|helpdesk|cs|call\.?center|no-?reply"
    r"|dinas|disdukcapil|dukcapil|diskominfo|kominfo|dinkes|dinsos|disdik|dpmptsp|bappeda|bkpsdm|bkd|bpkd|bpkpd|inspektorat|satpol|pupr"
    r"|kecamatan|kelurahan|puskesmas|rsud|setda|pemko|pemkot|umum|webmaster|postmaster)(?:[._\-][a-z0-9._\-]*)?@[a-z0-9.\-]+\.go\.id\Z",
    re.IGNORECASE,
)

_PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z]{1,2}[ \-]?|[a-z])\d{3}[ .\-]?\d{3,4}(?![A-Za-z0-9])")
_ACCOUNT = re.compile(rf"(?<!\d){run(16, 9)}(?!\d)")
_SOLID = re.compile(r"\d{9,16}(?!\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+\Z")
_CODE = re.compile(r"\d\.\d|(?:\d+\.){4}")
_MONEY = re.compile(r"(?:rp\.?|idr) ?\Z", re.IGNORECASE)

_TWO = "A[ABDEG]|B[ABDEGHKLMNP]|D[ABCDEGHKLMNRSTW]|E[ABD]|K[BHTU]|P[ABGSTY]"
_ONE = "[ABDEFGHKLMNPRSTWZ]"
_APART = r"(?: ?- ?| )?"
_EDGE = r"(?<![A-Za-z0-9./\-])", r"(?![A-Za-z0-9/\-])"
_PLATE = re.compile(
    rf"{_EDGE[0]}(?:(?:{_TWO}){_APART}(?:\d{{2,4}}{_APART}([A-Z]{{2,3}})|\d{{3,4}}{_APART}[A-Z])|{_ONE}{_APART}\d{{3,4}}{_APART}([A-Z]{{2,3}})){_EDGE[1]}"
)
_TOLD_PLATE = re.compile(
    rf"{_EDGE[0]}(?:{_TWO}|{_ONE}){_APART}\d{{1,4}}{_APART}([A-Z]{{1,3}}){_EDGE[1]}", re.IGNORECASE
)
# Units and little words, that stand behind a number as the letters of a plate do.
_NO_SUFFIX = re.compile(
    r"(?:K[MGE]|[CM]M|M[GLB]|GB|TB|HA|R[TWI]|PM|AM|WI[BT]|DI|DAN|PER|TGL|THN|ORG|S[DH]|OK|JO|BH|UNIT)\Z"
)


def contacts(text: str) -> Iterator[Finding]:
    """Addresses, accounts and plates in folded `text`."""
    for match in _EMAIL.finditer(text):
        if not _OFFICE.match(match[0]):
            yield Finding(Kind.EMAIL, *match.span())
    for pattern in (_SPELLED, _APART_AT):
        yield from (Finding(Kind.EMAIL, *match.span()) for match in pattern.finditer(text))
    for match in _PASSPORT.finditer(text):
        if told(text, *match.span())[1] is Kind.PASSPORT:
            yield Finding(Kind.PASSPORT, *match.span())
    for match in _ACCOUNT.finditer(text):
        yield from _account(text, match.start(), match.end())
    yield from _plates(text)


def _account(text: str, start: int, end: int) -> Iterator[Finding]:
    if told(text, start, end)[1] is not Kind.ACCOUNT:
        return
    solid = _SOLID.match(text, start)
    end = solid.end() if solid else end
    written = text[start:end]
    is_other = _THOUSANDS.match(written) or _CODE.match(written) or _MONEY.search(text[max(0, start - 5) : start])
    if not is_other and not is_part(text, start, end) and len(digits_of(written)) > 8:
        yield Finding(Kind.ACCOUNT, start, end)


def _plates(text: str) -> Iterator[Finding]:
    for match in _PLATE.finditer(text):
        if not _NO_SUFFIX.match(match[1] or match[2] or ""):
            yield Finding(Kind.PLATE, *match.span())
    for match in _TOLD_PLATE.finditer(text):
        if not _NO_SUFFIX.match(match[1].upper()) and told(text, *match.span())[1] is Kind.PLATE:
            yield Finding(Kind.PLATE, *match.span())
