"""Did you mean: typos against a vocabulary."""

from __future__ import annotations

import pytest

from forum.search.analysis import tokens
from forum.search.services.correcting import Vocabulary, choose, fixes, replaced

COUNTS = {
    "kartu": 120,
    "keluarga": 90,
    "keluar": 40,
    "pengaduan": 150,
    "pengadaan": 30,
    "jalan": 200,
    "berlubang": 25,
    "surat": 80,
    "pindah": 60,
    "puskesmas": 45,
    "antrean": 33,
    "drainase": 12,
    "retribusi": 18,
    "disposisi": 44,
    "ktp": 70,
    "sampah": 50,
    "martoba": 9,
    "siantar": 300,
    "perumda": 2,
    "drainasi": 1,
}
VOCABULARY = Vocabulary(COUNTS, {"skpwni"})


def mended(query: str, vocabulary: Vocabulary = VOCABULARY) -> str:
    found = fixes(tokens(query), vocabulary)
    return replaced(query, choose(found, lambda word: True))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kartu keluaga", "kartu keluarga"),
        ("kartuu keluarga", "kartu keluarga"),
        ("pengadaun warga", "pengaduan warga"),
        ("jaln berlubang", "jalan berlubang"),
        ("jalan berlubanh", "jalan berlubang"),
        ("puskesms antren", "puskesmas antrean"),
        ("Disposis surat", "disposisi surat"),
        ("kttp", "ktp"),
        ("sampha", "sampah"),
        ("suratpindah", "surat pindah"),
        ("kar tu keluarga", "kartu keluarga"),
        ("skpwny", "skpwni"),
        ("retribsui pasar", "retribusi pasar"),
        ("drainasi jalan", "drainase jalan"),
    ],
)
def test_common_slips_are_mended(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "kartu keluarga",
        "jalan",
        "perumda",  # rare, but nothing frequent is one slip away
        "makan siang",  # words of the dictionary that no document has
        "yang dan itu",
        "xqzwvk",
        "12345 2026",
        "kal",
        "",
    ],
)
def test_what_is_right_or_hopeless_is_left_alone(typed: str) -> None:
    assert mended(typed) == typed


def test_a_frequent_word_is_never_corrected() -> None:
    many = Vocabulary({**COUNTS, "pengadusn": 20}, ())
    few = Vocabulary({**COUNTS, "pengadusn": 3}, ())
    assert mended("pengadusn", many) == "pengadusn"
    assert mended("pengadusn", few) == "pengaduan"


def test_the_more_frequent_of_equally_near_words_is_meant() -> None:
    assert mended("pengadan") in ("pengaduan", "pengadaan")
    assert mended("pengadua") == "pengaduan"


def test_words_that_lead_nowhere_are_passed_over() -> None:
    found = fixes(tokens("pengaduaan"), VOCABULARY)
    assert choose(found, lambda word: word == "pengadaan") == ((0, 10, "pengadaan"),)
    assert choose(found, lambda word: False) == ()


def test_a_query_of_many_strange_words_costs_little() -> None:
    found = fixes(tokens(" ".join(f"pengadu{a}n{b}" for a in "bcdfg" for b in "bcdfg")), VOCABULARY)
    assert len(found) <= 4
