"""Personal data is recognised in whatever way it is written, and ordinary numbers of an office are left alone.

The numbers of `privacy_lines/` are invented. In files of personal lines {nik:1272...}
marks what must be found in its line, and nothing else may be.
"""

from __future__ import annotations

import random
import re
import string
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forum.core.privacy import HIDDEN, Kind, find, mask

FOLDER = Path(__file__).parent / "privacy_lines"
LABEL = re.compile(r"\{(\w+):([^}]*)\}")
IDENTITY = {Kind.NIK, Kind.KK, Kind.NIP, Kind.NPWP, Kind.JKN}
NIK = "1272015508850003"


def _labelled(line: str) -> tuple[str, set[tuple[str, str]]]:
    """The line without its marks, and what is marked in it."""
    return LABEL.sub(r"\2", line), {(kind, text) for kind, text in LABEL.findall(line)}


def _found(text: str) -> set[tuple[str, str]]:
    return {(finding.kind.value, text[finding.start : finding.end]) for finding in find(text)}


def _lines(*names: str) -> list[str]:
    return [line for name in names for line in (FOLDER / name).read_text("utf-8").splitlines()]


PERSONAL = [_labelled(line) for line in _lines("personal.txt", "wrapped_personal.txt")]
NOTHING = _lines("nothing_personal.txt", "wrapped_nothing.txt")


def test_there_are_lines_enough_to_say_something() -> None:
    assert len(PERSONAL) + len(NOTHING) >= 300
    assert {kind for _text, labels in PERSONAL for kind, _ in labels} == {kind.value for kind in Kind}


def test_identity_numbers_are_found() -> None:
    wanted = [(text, label) for text, labels in PERSONAL for label in labels if label[0] in IDENTITY]
    missed = [text for text, (_kind, written) in wanted if not any(written == found for _, found in _found(text))]
    assert len(missed) <= 0.01 * len(wanted), missed


def test_other_personal_data_is_found() -> None:
    wanted = [(text, label) for text, labels in PERSONAL for label in labels if label[0] not in IDENTITY]
    missed = [text for text, (_kind, written) in wanted if not any(written == found for _, found in _found(text))]
    assert len(missed) <= 0.03 * len(wanted), missed


def test_hardly_anything_else_is_taken_for_personal_data() -> None:
    texts = [*PERSONAL, *((line, set[tuple[str, str]]()) for line in NOTHING)]
    right, wrong = 0, []
    for text, labels in texts:
        for _kind, written in _found(text):
            if any(written == label for _, label in labels):
                right += 1
            else:
                wrong.append((written, text))
    assert right / (right + len(wrong)) >= 0.97, wrong


def test_what_is_found_is_called_by_its_name() -> None:
    wrong = [(text, labels) for text, labels in PERSONAL if _found(text) != labels]
    assert len(wrong) <= 0.03 * len(PERSONAL), wrong


@pytest.mark.parametrize("line", NOTHING)
def test_the_numbers_of_an_office_are_nobodys(line: str) -> None:
    assert _found(line) == set()


@pytest.mark.parametrize(
    "written",
    [
        "1272 0155 0885 0003",
        "12.72.01.550885.0003",
        "127201-550885-0003",
        "１２７２０１５５０８８５０００３",
        "1272\u200b0155\u200b0885\u200b0003",
        "1 2 7 2 0 1 5 5 0 8 8 5 0 0 0 3",
        "١٢٧٢٠١٥٥٠٨٨٥٠٠٠٣",
        "1272\u00a00155\u20110885\u20110003",
    ],
)
def test_a_number_is_known_in_whatever_digits_and_groups(written: str) -> None:
    text = f"Data {written} ini."
    assert [(finding.start, finding.end) for finding in find(text)] == [(5, 5 + len(written))]


def test_places_are_those_of_the_text_as_it_was_given() -> None:
    text = f"🙂 ﬁle ﷺ {NIK}"
    assert [text[finding.start : finding.end] for finding in find(text)] == [NIK]


@pytest.mark.parametrize(
    ("digits", "reason"),
    [
        ("2072015508850003", "no such province"),
        ("1240015508850003", "no such regency"),
        ("1272005508850003", "no district"),
        ("1272013208850003", "day 32"),
        ("1272017208850003", "day 72"),
        ("1272015513850003", "month 13"),
        ("1272013002850003", "30 February"),
        ("1272015508850000", "no serial"),
        ("1111111111111111", "all alike"),
    ],
)
def test_sixteen_digits_without_the_structure_are_nothing(digits: str, reason: str) -> None:
    assert not find(f"angka {digits} saja"), reason


def test_a_word_tells_what_the_structure_does_not() -> None:
    assert _found("NIK 2072015508850003") == {("nik", "2072015508850003")}
    assert _found("2072015508850003 (NIK)") == {("nik", "2072015508850003")}
    assert _found("NIP lama 130123456") == {("nip", "130123456")}
    assert _found("pesawat 130123456") == set()


def test_a_day_of_a_leap_year_is_a_birthday() -> None:
    assert find("1272012902000003")
    assert find("1272016902000003")


@pytest.mark.parametrize(
    "number",
    ["198503122010011007", "199001012022212001", "198001012024211003", "19850312 201001 1 007"],
)
def test_numbers_of_employees_of_both_kinds_are_known(number: str) -> None:
    assert _found(f"pegawai {number}") == {("nip", number)}


@pytest.mark.parametrize(
    "number", ["198513122010011007", "198503121990011007", "198503122010013007", "198503122010011000"]
)
def test_eighteen_digits_without_the_structure_are_nothing(number: str) -> None:
    assert not find(f"angka {number} saja")


def test_masking_keeps_the_last_digits_and_the_length() -> None:
    text = f"NIK {NIK} HP 0812-3456-7890 surel sari@gmail.com"
    masked = mask(text)
    assert (
        masked
        == f"NIK {HIDDEN * 12}0003 HP {HIDDEN * 4}-{HIDDEN * 4}-{HIDDEN}890 surel {HIDDEN * 4}@{HIDDEN * 5}.{HIDDEN * 3}"
    )
    assert len(masked) == len(text)


def test_nothing_is_found_in_what_was_masked() -> None:
    for text, labels in PERSONAL:
        masked = mask(text)
        assert not find(masked), masked
        assert not any(written in masked for _, written in labels)


def test_text_without_personal_data_is_not_touched() -> None:
    for line in NOTHING:
        assert mask(line) == line


HOSTILE = {
    "digits": "1" * 100_000,
    "single digits": "1 " * 50_000,
    "pairs": "12 34 56 78 90 " * 6_600,
    "beginnings of phones": "08 1 " * 20_000,
    "phones": "0812 " * 20_000,
    "local parts": "a." * 50_000,
    "at signs": "a@" * 50_000,
    "domains": "a@b." * 25_000,
    "written at": "a [at] " * 14_000,
    "words that tell": "ktp 1 " * 16_000,
    "accounts": "rek 1 1 1 1 1 1 1 1 1 1 1 1 " * 3_700,
    "brackets": "(" * 100_000,
    "invisible": "\u200b1" * 50_000,
    "blanks": " " * 100_000,
    "plates": "BK 1" * 25_000,
    "tags": "1<b>" * 25_000,
    "open tags": "1<b " * 25_000,
    "marks": "1" + "*" * 100_000,
    "comments": "1<!--" * 20_000,
    "entities": "&#49;" * 20_000,
    "slashes": "1/" * 50_000,
    "spelled": "abc at " * 14_000,
    "identity numbers": f"{NIK} " * 5_900,
    "told identity numbers": f"NIK {NIK} " * 4_700,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_bounded_time(name: str) -> None:
    began = time.process_time()
    find(HOSTILE[name])
    assert time.process_time() - began < 3


def test_a_megabyte_of_digits_takes_about_a_second() -> None:
    chance = random.Random(3)
    text = "".join(chance.choice("0123456789 .-") for _ in range(1_000_000))
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 3  # 0.8 s where nothing else runs


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("12720155<b>0885</b>0003", f"{HIDDEN * 8}<{HIDDEN}>{HIDDEN * 4}</{HIDDEN}>0003"),
        ("1272015508**850003**", f"{HIDDEN * 10}**{HIDDEN * 2}0003**"),
        ("1272&nbsp;0155 0885 0003", None),
        ("127201&#53;508850003", None),
    ],
)
def test_marks_inside_a_number_hide_it_from_nobody(written: str, masked: str | None) -> None:
    text = f"Data {written} ini."
    assert [finding.kind for finding in find(text)] == [Kind.NIK]
    if masked:
        assert mask(text) == f"Data {masked} ini."
    assert not find(mask(text))


def test_cells_of_a_table_are_not_one_number() -> None:
    assert not find("<td>12720155</td><td>08850003</td>")


def test_time_grows_with_the_length_alone() -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        find(text)
        return time.process_time() - began

    for name, text in HOSTILE.items():
        assert seconds(text[:40_000]) < 0.3 + 8 * seconds(text[:10_000]), name


def test_no_text_breaks_it() -> None:
    chance = random.Random(7)
    signs = string.digits * 4 + " .-()+@/[]:aAkK\n\u200b\uff11٣\ud800🙂"
    for _ in range(2_000):
        text = "".join(chance.choice(signs) for _ in range(chance.randint(0, 120)))
        ends = [0, *(place for finding in find(text) for place in (finding.start, finding.end)), len(text)]
        assert ends == sorted(ends)
        assert len(mask(text)) == len(text)


def test_it_needs_neither_flask_nor_a_database() -> None:
    code = "import sys, forum.core.privacy; print({'flask', 'sqlalchemy'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
