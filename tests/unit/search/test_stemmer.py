"""Where affixes may be taken off in several ways, and where they must stay."""

from __future__ import annotations

import pytest

from forum.search.analysis import stem
from forum.search.analysis.affixes import Analysis, analyses
from forum.search.analysis.licences import doubt
from forum.search.analysis.roots import irregular, lines, roots


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        # the nasal swallows a sound, or does not
        ("menangani", "tangan"),
        ("memakai", "pakai"),
        ("menyapu", "sapu"),
        ("mengirim", "kirim"),
        ("mengolah", "olah"),
        ("melayani", "layan"),
        ("mencari", "cari"),
        ("memproses", "proses"),
        ("memroses", "proses"),
        ("mempunyai", "punya"),
        ("mengklik", "klik"),
        ("mengecat", "cat"),
        ("pengeboman", "bom"),
        ("mentraktir", "traktir"),
        # prefixes before prefixes
        ("memperbaiki", "baik"),
        ("dipertimbangkan", "timbang"),
        ("keberhasilan", "hasil"),
        ("keterlambatan", "lambat"),
        ("kesepakatan", "sepakat"),
        ("kepemilikan", "milik"),
        ("pemberhentian", "henti"),
        ("berpenghasilan", "hasil"),
        ("mengemukakan", "muka"),
        ("diselesaikan", "selesai"),
        ("ketidakpuasan", "puas"),
        # r and l
        ("bekerja", "kerja"),
        ("berenang", "renang"),
        ("perasaan", "rasa"),
        ("pelajaran", "ajar"),
        # endings one behind the other
        ("dikembalikannya", "kembali"),
        ("memilikinya", "milik"),
        ("bukukulah", "buku"),
        ("siapkanlah", "siap"),
        ("pelayanannyapun", "layan"),
        # a particle is not seen where a root ends in its letters
        ("menikah", "nikah"),
        ("selangkah", "langkah"),
        ("penanya", "tanya"),
        ("sekolahku", "sekolah"),
        # compounds
        ("pertanggungjawaban", "tanggungjawab"),
        ("menindaklanjuti", "tindaklanjut"),
        ("penandatanganan", "tandatangan"),
        # what the dictionary does not have
        ("diviralkan", "viral"),
        ("mengupload", "upload"),
        ("postingannya", "posting"),
        # everyday forms
        ("ngelapor", "lapor"),
        ("nyari", "cari"),
        ("nungguin", "tunggu"),
        ("diurusin", "urus"),
        ("nanggepin", "tanggap"),
        ("didiemin", "diam"),
        ("mampet", "mampet"),
        # misspelt roots under affixes
        ("perijinan", "izin"),
        ("beresiko", "risiko"),
        ("menghimbau", "imbau"),
        ("mengantri", "antre"),
    ],
)
def test_a_word_is_brought_back_to_its_root(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    "word",
    [
        "tempat",
        "masalah",
        "menteri",
        "pegawai",
        "bupati",
        "sekolah",
        "kepala",
        "perempuan",
        "kemudian",
        "penting",
        "beruang",
    ],
)
def test_a_root_that_looks_affixed_stays(word: str) -> None:
    assert stem(word) == word


def test_an_unknown_word_loses_a_clitic_and_otherwise_only_affixes_on_both_sides() -> None:
    assert stem("manchesternya") == "manchester"
    assert stem("gondelmania") == "gondelmania"
    assert stem("perskripan") == stem("diskripkan")


def test_of_two_roots_that_both_fit_the_one_that_takes_more_affixes_wins() -> None:
    fitting = {
        found.root for found in analyses("mengurus") if found.root in roots() and doubt(found, roots()[found.root]) == 0
    }
    assert fitting == {"urus", "kurus"}
    assert stem("mengurus") == "urus"


def test_a_root_that_takes_the_affixes_wins_over_a_common_one_that_does_not() -> None:
    doubts = {
        found.root: doubt(found, roots()[found.root]) for found in analyses("pengecatan") if found.root in roots()
    }
    assert doubts["cat"] == 0
    assert stem("pengecatan") == "cat"
    assert doubt(Analysis("layan", ("ter",), "an", False), roots()["layan"]) > 0


def test_very_long_and_very_short_words_are_returned_as_they_are() -> None:
    assert stem("a" * 500) == "a" * 500
    assert stem("di") == "di"
    assert stem("") == ""


def test_what_is_irregular_is_settled_in_one_step() -> None:
    assert [(word, root) for word, root in irregular().items() if stem(root) != root] == []


def _verb(root: str) -> str:
    first, rest = root[0], root[1:]
    if first in "lmnrwy":
        return "me" + root
    if first in "bfv":
        return "mem" + root
    if first in "cdjz":
        return "men" + root
    swallowed = {"p": "mem", "t": "men", "s": "meny", "k": "meng"}
    if first in swallowed and rest[:1] in tuple("aeiou"):
        return swallowed[first] + rest
    return {"p": "mem", "t": "men", "s": "men", "k": "meng"}.get(first, "meng") + root


DERIVED = {"Mk": lambda root: _verb(root) + "kan", "Dk": lambda root: f"di{root}kan", "Ka": lambda root: f"ke{root}an"}


def test_what_the_dictionary_derives_leads_back_to_the_root() -> None:
    wrong = []
    total = 0
    for line in lines("id_ID.dic")[1:]:
        root, _, flags = line.partition("/")
        for flag, derive in DERIVED.items():
            if flag in [flags[i : i + 2] for i in range(0, len(flags), 2)] and root.isalpha() and len(root) > 2:
                total += 1
                wrong += [root] if stem(derive(root)) != stem(root) else []
    assert total > 4500
    assert len(wrong) <= total * 0.02, wrong
