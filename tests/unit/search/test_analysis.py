"""From text to tokens: folding, canonical forms, spelling, stop words, offsets."""

from __future__ import annotations

import random
import time

import pytest

from forum.search.analysis import Token, fold, index_terms, tokens
from forum.search.analysis.roots import lines, spelling
from forum.search.analysis.stemmer import stem
from forum.search.analysis.words import CACHED_CHUNKS, LONGEST_WORD, pairs, stop_words, words_of
from forum.search.analysis.words import _remembered as remembered


def _stems(text: str) -> list[str]:
    return index_terms(text)[0]


def _marked(text: str) -> list[tuple[str, str]]:
    return [(token.stem, text[token.start : token.end]) for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KTP", "ktp"),
        ("Café", "cafe"),
        ("ＫＴＰ", "ktp"),
        ("ﬁnal", "final"),
        ("İstanbul", "istanbul"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("pe\u00adla\u200byanan", "pelayanan"),
        ("e\u0301", "e"),
        ("كِتَاب", "كتاب"),
    ],
)
def test_letters_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    "writings",
    [
        ("KTP-el", "e-KTP", "KTP el", "ektp", "KTPel", "KTP elektronik", "E‑KTP", "ktp"),
        ("P. Siantar", "P.Siantar", "P Siantar", "Pematang Siantar", "PEMATANGSIANTAR", "Pematang-Siantar"),
        ("PBB-P2", "PBB P2", "pbbp2"),
        ("PBI-JK", "pbi jk", "PBIJK"),
        ("SP4N-LAPOR!", "sp4n lapor", "SP4NLapor", "lapor.go.id"),
        ("nonaktif", "non-aktif", "non aktif", "dinonaktifkan"),
        ("tanggung jawab", "bertanggung jawab", "pertanggungjawaban", "penanggung jawab", "tanggungjawab"),
        ("tindak lanjut", "ditindaklanjuti", "menindaklanjuti", "tindaklanjut", "tindak-lanjut", "menindak lanjuti"),
        ("tanda tangan", "ditandatangani", "penandatanganan"),
        ("marah-marah", "marah", "marah2", "kemarahan"),
        ("undang-undang", "Undang Undang", "perundang-undangan"),
        ("Rp1.500.000", "Rp 1.500.000", "rp 1500000"),
        ("Jum'at", "Jumat", "Jum’at"),
        ("S.H.", "SH"),
        ("p3k", "PPPK"),
        ("pascabencana", "pasca-bencana", "pasca bencana"),
        ("e-kinerja", "ekinerja"),
        ("tolooong", "tolong", "tlg"),
        ("1990-an", "1990"),
        ("ke-20", "20"),
        ("di-PHK", "PHK"),
        ("KTP-nya", "ktpnya"),
        ("Manchester's", "Manchester"),
        ("wali kota", "walikota"),
    ],
)
def test_every_way_of_writing_gives_the_same_terms(writings: tuple[str, ...]) -> None:
    expected = _stems(writings[0])
    assert expected
    assert {writing: _stems(writing) for writing in writings} == dict.fromkeys(writings, expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("undang-undang", "undangan"),
        ("laba-laba", "laba"),
        ("oleh-oleh", "oleh"),
        ("1.5", "15"),
        ("tidak aktif", "aktif"),
        ("A.S.", "a s"),
    ],
)
def test_what_is_not_the_same_stays_apart(one: str, other: str) -> None:
    assert _stems(one) != _stems(other)


@pytest.mark.parametrize(
    ("informal", "meant"),
    [
        ("gmn ngurusin ktp yg ilang", "bagaimana mengurus ktp yang hilang"),
        ("udh nunggu dr kmrn blm jg", "sudah menunggu dari kemarin belum juga"),
        ("praktek ijin bulan nopember", "praktik izin bulan november"),
        ("pengadu gak dikasih tau", "pengadu tidak diberi tau"),
        ("anak2 ngantri lamaaa", "anak-anak mengantre lama"),
    ],
)
def test_informal_and_old_spelling_is_read_as_what_is_meant(informal: str, meant: str) -> None:
    assert sorted(_stems(informal)) == sorted(_stems(meant))


def test_offsets_show_what_stands_in_the_text() -> None:
    text = "Warga P. Siantar marah-marah: KTP-el-nya belum dicetak, penanggung jawab cuti (Rp1.500.000)."
    assert _marked(text) == [
        ("warga", "Warga"),
        ("pematangsiantar", "P. Siantar"),
        ("marah", "marah-marah"),
        ("ktp", "KTP-el"),
        ("belum", "belum"),
        ("cetak", "dicetak"),
        ("tanggungjawab", "penanggung jawab"),
        ("cuti", "cuti"),
        ("rp", "Rp"),
        ("1500000", "1.500.000"),
    ]


def test_offsets_hold_where_folding_changes_lengths() -> None:
    text = "ﬁnal İzin Straße-an pe\u00adlayanan"
    assert [text[token.start : token.end] for token in tokens(text)] == ["ﬁnal", "İzin", "Straße", "pe\u00adlayanan"]


@pytest.mark.parametrize(
    "question",
    [
        "Apa itu?",
        "siapakah dia",
        "di mana",
        "gmn nih kok gitu sih pak",
        "Bagaimanakah dan mengapa?",
        "kapankah itu",
        "how is this",
    ],
)
def test_questions_without_a_subject_leave_nothing(question: str) -> None:
    assert _stems(question) == []
    assert all(token.is_stop for token in tokens(question))


@pytest.mark.parametrize("word", ["tidak", "bukan", "belum", "jangan", "tanpa", "kedalaman", "keadaan", "IT", "AS"])
def test_what_carries_meaning_is_no_stop_word(word: str) -> None:
    assert [token.is_stop for token in tokens(word)] == [False]


def test_index_terms_are_the_tokens_without_stop_words() -> None:
    words = [
        *stop_words(),
        "lalu",
        "lintas",
        "lalu-lalang",
        "orang",
        "tua",
        "p.",
        "siantar",
        "KTP-el",
        "penanganannya",
        "Rp5.000",
        "di-PHK",
        "é",
    ]
    source = random.Random(3)
    for _ in range(300):
        text = " ".join(source.choices(words, k=12))
        kept = [token for token in tokens(text) if not token.is_stop]
        assert index_terms(text) == ([token.stem for token in kept], [token.word for token in kept]), text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00\x01",
        "!!! ??? ... --- '''",
        "-nya -lah 'kan",
        "😀😀 🇮🇩",
        "السلام عليكم ورحمة الله",
        "ภาษาไทย 漢字 Ελλάδα",
        "a" * 20_000,
        "-".join("a" * 9_000),
        ".".join("1" * 9_000),
        "\u0301\u0301",
        "' OR 1=1 --",
        "\ud800",
    ],
)
def test_any_text_gives_ordered_tokens_that_do_not_overlap(text: str) -> None:
    found = tokens(text)
    ends = [0, *(token.end for token in found)]
    assert all(before <= token.start < token.end <= len(text) for before, token in zip(ends, found, strict=False))
    assert all(isinstance(token, Token) and token.word and token.stem for token in found)
    assert index_terms(text)[0] == [token.stem for token in found if not token.is_stop]


def test_data_files_are_consistent() -> None:
    for table in pairs().values():
        for term in table.values():
            assert stem(term) == term, term
    assert [word for word in spelling().values() if word in spelling()] == []
    for name in ("canonical.txt", "spelling.txt", "misspelt.txt", "irregular.txt"):
        keys = [word for line in lines(name) for word in line.split(" = ")[0].split()]
        assert len(keys) == len(set(keys)), name


def test_the_cache_is_bounded() -> None:
    remembered.cache_clear()
    for number in range(CACHED_CHUNKS + 1000):
        words_of(f"x{number}")
    assert remembered.cache_info().currsize == CACHED_CHUNKS


def test_endless_words_are_not_remembered() -> None:
    remembered.cache_clear()
    assert [word.word for word in words_of("x" * 5000)] == ["x" * LONGEST_WORD]
    assert remembered.cache_info().currsize == 0


def test_indexing_is_fast_enough() -> None:
    source = random.Random(5)
    roots = [line.partition("/")[0] for line in lines("id_ID.dic")[1:]]
    text = " ".join(source.choices(roots[:4000], k=40_000))
    index_terms(text)
    started = time.process_time()
    index_terms(text)
    assert 40_000 / (time.process_time() - started) > 150_000
