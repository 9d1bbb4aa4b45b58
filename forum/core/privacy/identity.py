"""Identity numbers: NIK and KK, NIP and NI PPPK, NPWP, JKN. Told by their structure, or by a word beside them.

NIK (16): region of province, regency and district, birthday (women: day + 40), serial. KK (16): the same with the day of registration,
so only a word tells them apart. NIP (18): birthday, month of appointment, sex, serial; NI PPPK has a code from 21 for the month. NPWP
(15): nine digits with a Luhn check, office, branch; since 2024 (16) the NIK, or a 0 before the old one. JKN (13): begins with 000.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from forum.core.privacy.finding import Kind, digits_of
from forum.core.privacy.finding import digits as row_of

# The provinces, those founded in 2022 among them, and 54, which people who were born in East Timor have.
_OF_PROVINCES = (
    *range(11, 20),
    21,
    *range(31, 37),
    *range(51, 55),
    *range(61, 66),
    *range(71, 77),
    81,
    82,
    *range(91, 98),
)
PROVINCES = frozenset(map(str, _OF_PROVINCES))
# Regencies are numbered from 01, cities from 71; districts from 01. No province has as many as this leaves room for.
_LAST_REGENCY = 39
_CITIES = range(71, 80)
_LAST_DISTRICT = 60
_WOMEN = 40
_FIRST_CONTRACT = 21
_FIRST_BIRTH = 1900
_WORKING_AGE = range(15, 66)
# Three digits and a dot, again and again: money.
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+\Z")
_WRITTEN_NPWP = re.compile(r"\d\d\.\d{3}\.\d{3}\.\d ?- ?\d{3}\.\d{3}\Z")
_OLD_NIP = re.compile(r"1[3-6]|4[0-9]|5[0-9]")

Judge = Callable[[str, bool, Kind | None], Kind | None]
"""What a number is: as written, whether a word tells, and what that says (None: nobody's)."""


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_nik(digits: str) -> bool:
    """Whether 16 digits have the structure of a NIK or KK."""
    if digits[:2] not in PROVINCES:
        return False
    regency, district = int(digits[2:4]), int(digits[4:6])
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    day -= _WOMEN if day > _WOMEN else 0
    return (
        (1 <= regency <= _LAST_REGENCY or regency in _CITIES)
        and 1 <= district <= _LAST_DISTRICT
        and (_is_day(1900 + year, month, day) or _is_day(2000 + year, month, day))
        and digits[12:] != "0000"
    )


def is_nip(digits: str) -> bool:
    """Whether 18 digits have the structure of a NIP or NI PPPK."""
    born, appointed, code = int(digits[:4]), int(digits[8:12]), int(digits[12:14])
    return (
        born >= _FIRST_BIRTH
        and _is_day(born, int(digits[4:6]), int(digits[6:8]))
        and appointed - born in _WORKING_AGE
        and (1 <= code <= 12 or code >= _FIRST_CONTRACT)
        and digits[14] in "12"
        and digits[15:] != "000"
    )


def is_npwp(digits: str) -> bool:
    """Whether 15 digits pass the check of an NPWP: Luhn over the first nine."""
    total = 0
    for place, digit in enumerate(digits[:9]):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0 and len(set(digits[:9])) > 1


def _is_grouped_as_nik(written: str) -> bool:
    """As people group a NIK: evenly, or with the serial at the end in one piece; not as money."""
    sizes = [len(group) for group in re.findall(r"\d+", written)]
    return (len(set(sizes)) == 1 or sizes[-1] > 2) and not _THOUSANDS.match(written)


def _eighteen(written: str, is_told: bool, said: Kind | None) -> Kind | None:
    return Kind.NIP if said is Kind.NIP or is_nip(digits_of(written)) else None


def _sixteen(written: str, is_told: bool, said: Kind | None) -> Kind | None:
    if said in (Kind.NIK, Kind.KK, Kind.NPWP):
        return said
    digits = digits_of(written)
    if is_nik(digits) and _is_grouped_as_nik(written):
        return Kind.NIK
    return Kind.NPWP if written.isdigit() and not is_told and digits[0] == "0" and is_npwp(digits[1:]) else None


def _fifteen(written: str, is_told: bool, said: Kind | None) -> Kind | None:
    if said is Kind.NPWP or _WRITTEN_NPWP.match(written):
        return Kind.NPWP
    return Kind.NPWP if written.isdigit() and not is_told and is_npwp(written) else None


def _thirteen(written: str, is_told: bool, said: Kind | None) -> Kind | None:
    if said is Kind.JKN:
        return said
    is_card = written.startswith("000") and written[3].isdigit()
    return Kind.JKN if is_card and (not is_told or said is not None) else None


def _nine(written: str, is_told: bool, said: Kind | None) -> Kind | None:
    """The NIP of before 2007."""
    return said if said is Kind.NIP and _OLD_NIP.match(written) else None


# Written as dates are: region/day of birth/serial.
SLASHED_NIK = re.compile(r"(?<![\d/])\d{6} ?/ ?\d{6} ?/ ?\d{4}(?![\d/])")

_ANY = "0-9"
_BEGIN_NIP = "|".join(
    row_of(*born, _ANY, _ANY, "01", _ANY, "0-3", _ANY, *appointed)
    for born in ("19", "20")
    for appointed in ("19", "20")
)
_BEGIN_NIK = row_of("1-9", _ANY, "0-37", _ANY, "0-6", _ANY, "0-7", _ANY, "01")

# Of each length: how it must begin where no word tells ('' = then it is nothing), and what judges it. The longer first: what is
# found in one is not looked at again.
JUDGES: tuple[tuple[int, str, Judge], ...] = (
    (18, rf"(?:{_BEGIN_NIP})", _eighteen),
    (16, rf"(?:{_BEGIN_NIK}|0\d{{15}})", _sixteen),
    (15, r"(?:\d{15}|\d\d\.\d{3}\.\d{3}\.\d ?- ?\d{3}\.\d{3})", _fifteen),
    (13, r"000\d", _thirteen),
    (9, "", _nine),
)
