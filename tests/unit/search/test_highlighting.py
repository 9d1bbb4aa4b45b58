"""Passages and marks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.search.analysis import tokens
from forum.search.planning import concepts
from forum.search.services.highlighting import LONGEST_TEXT, PASSAGE, Marker
from forum.search.services.results import Parts
from forum.search.thesaurus import Entry, Thesaurus

THESAURUS = Thesaurus([Entry("synonyms", "", ("nik", "nomor induk kependudukan"), 0.8)])
FILLER = "Petugas loket mencatat semuanya dengan rapi di buku. " * 12


def marker(query: str) -> Marker:
    return Marker(concepts(tokens(query), THESAURUS))


def marked(parts: Parts) -> list[str]:
    return [text for text, is_marked in parts if is_marked]


def plain(parts: Parts) -> str:
    return "".join(text for text, _ in parts)


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("penanganan aduan", "Kami menangani pengaduan warga", ["menangani", "pengaduan"]),
        ("ktp hilang", "KTP-el yang hilang.", ["KTP-el", "hilang"]),
        ("tanggung jawab", "Itu tanggung jawab lurah, jawab dahulu.", ["tanggung jawab"]),
        ("pertanggungjawaban", "Tanggung jawab siapa?", ["Tanggung jawab"]),
        ("nik", "Nomor induk kependudukan warga, nomor antrean", ["Nomor", "induk", "kependudukan", "nomor"]),
        ("nik", "Nomor antrean dan induk ayam", []),
        ("jalan", "Jalanan, jalan; berjalan!", ["Jalanan", "jalan", "berjalan"]),
        ("jalan", "kejalan_an dan jalanX", []),
    ],
)
def test_what_answers_is_marked_in_whatever_form_it_stands(query: str, text: str, words: list[str]) -> None:
    assert marked(marker(query).title(text)) == words
    assert plain(marker(query).title(text)) == text


def test_the_passage_is_the_one_with_most_of_the_query() -> None:
    text = f"Jalan itu jauh. {FILLER} Jalan provinsi berlubang di depan pasar. {FILLER}"
    parts = marker("jalan berlubang provinsi").snippet(text)
    assert marked(parts) == ["Jalan", "provinsi", "berlubang"]
    assert parts[0] == ("… ", False)
    assert parts[-1][0].endswith(" …")
    assert len(plain(parts)) <= PASSAGE + 40


def test_a_passage_begins_with_a_sentence_if_one_is_near() -> None:
    text = f"{FILLER} Di kota ini jalan provinsi berlubang. {FILLER}"
    assert plain(marker("berlubang").snippet(text)).startswith("… Di kota ini jalan")


def test_a_short_text_is_shown_whole_with_single_blanks() -> None:
    assert marker("ktp").snippet("KTP\n\n  hilang ") == (("KTP", True), (" hilang ", False))


def test_where_nothing_answers_the_beginning_is_shown() -> None:
    parts = marker("xyz").snippet(FILLER)
    assert plain(parts).startswith("Petugas loket")
    assert plain(parts).endswith(" …")


def test_an_empty_text_or_query_has_no_parts_to_mark() -> None:
    assert marker("ktp").snippet("") == ()
    assert marked(marker("").snippet(FILLER)) == []


def test_texts_are_left_as_they_are_for_who_escapes_them() -> None:
    parts = marker("ktp").snippet("<b>KTP</b> & kawan")
    assert parts == (("<b>", False), ("KTP", True), ("</b> & kawan", False))


def test_a_huge_text_of_nothing_but_hits_is_no_work() -> None:
    text = "jalan " * 200_000
    asked = marker("jalan")
    began = time.process_time()
    parts = asked.snippet(text)
    assert time.process_time() - began < 0.2
    assert len(plain(parts)) <= PASSAGE + 40
    assert len(text) > LONGEST_TEXT


@given(st.text(max_size=600), st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_any_text_can_be_shown(text: str, query: str) -> None:
    asked = marker(query)
    assert plain(asked.title(text)) == text
    parts = asked.snippet(text)
    assert all(part for part, _ in parts)
    assert len(plain(parts)) <= PASSAGE + 60
