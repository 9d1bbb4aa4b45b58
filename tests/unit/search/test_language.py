"""The language of queries."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.search.language import MAX_CHARACTERS, MAX_NOTES, MAX_OPERATORS, MAX_WORDS, Operator, Parsed, parse


def operators(parsed: Parsed) -> list[tuple[str, str]]:
    return [(operator.name, operator.value) for operator in parsed.operators]


def test_words_phrases_exclusions_and_operators_are_told_apart() -> None:
    parsed = parse('ktp "surat pindah" -hilang tag:dukcapil papan:"Infrastruktur kota" cepat')
    assert parsed.words == "ktp cepat"
    assert parsed.phrases == ("surat pindah",)
    assert parsed.excluded == ("hilang",)
    assert operators(parsed) == [("tag", "dukcapil"), ("papan", "Infrastruktur kota")]
    assert parsed.notes == ()
    assert parsed.asked == "ktp cepat surat pindah"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("board:a", "papan"),
        ("unit:a", "opd"),
        ("by:a", "oleh"),
        ("type:a", "jenis"),
        ("since:a", "sejak"),
        ("until:a", "sampai"),
        ("HINGGA:a", "sampai"),
        ("Tag:a", "tag"),
        ("ｔａｇ：a", "tag"),
    ],
)
def test_operators_have_synonyms_and_no_case(typed: str, name: str) -> None:
    assert operators(parse(typed)) == [(name, "a")]


@pytest.mark.parametrize(
    "typed", ["08:30", "http://siantar.go.id/a?b=c", "900.1.13.1/278", "1:2", "SP4N-LAPOR:", "a/b", "10%", "C++", "x:"]
)
def test_what_merely_looks_like_an_operator_is_a_word_and_nothing_is_said(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.words == typed.removesuffix(":") or parsed.words == typed
    assert (parsed.operators, parsed.excluded, parsed.notes) == ((), (), ())


@pytest.mark.parametrize("quoted", ["“kartu keluarga”", "„kartu keluarga“", "«kartu keluarga»", "＂kartu keluarga＂"])
def test_typographic_and_full_width_quotes_are_quotes(quoted: str) -> None:
    assert parse(f"{quoted} anak").phrases == ("kartu keluarga",)


def test_apostrophes_are_no_quotes() -> None:
    assert parse("jum'at 'besok'").words == "jum'at 'besok'"


@pytest.mark.parametrize(
    ("typed", "words", "said"),
    [
        ("warna:merah jalan", "warna merah jalan", "warna:"),
        ('"kartu keluarga', "kartu keluarga", "kutip"),
        ('papan:"jalan raya', "papan jalan raya", "kutip"),
        ("ktp - hilang", "ktp hilang", "minus"),
        ("tag: jalan", "tag jalan", "tag:"),
        ("status:", "status", "status:"),
        ("-tag:jalan", "tag jalan", "tag:"),
        ('-"kartu keluarga" anak', "kartu keluarga anak", "frasa"),
    ],
)
def test_a_mistake_is_read_as_plain_words_and_said(typed: str, words: str, said: str) -> None:
    parsed = parse(typed)
    assert parsed.words == words
    assert parsed.operators == ()
    assert len(parsed.notes) == 1
    assert said in str(parsed.notes[0])


def test_a_minus_within_a_word_is_part_of_it() -> None:
    parsed = parse("ktp-el surat-menyurat -e-ktp")
    assert parsed.words == "ktp-el surat-menyurat"
    assert parsed.excluded == ("e-ktp",)


def test_more_than_is_read_is_cut_and_said() -> None:
    long = parse("jalan " * 100)
    assert len(long.text) <= MAX_CHARACTERS
    assert len(long.words.split()) == MAX_WORDS
    assert len(long.notes) == 2
    assert len(parse("x" * 10_000).words) == MAX_CHARACTERS


def test_operators_and_notes_are_bounded() -> None:
    assert len(parse("tag:a " * 40).operators) == MAX_OPERATORS
    assert len(parse(" ".join(f"{a}{b}:x" for a in "abcdef" for b in "mnop")).notes) <= MAX_NOTES


def test_a_query_is_put_together_again_with_other_words_or_without_an_operator() -> None:
    parsed = parse('kartu tag:kk keluaga "anak baru" -mati')
    assert parsed.with_words("kartu keluarga") == 'kartu keluarga "anak baru" -mati tag:kk'
    assert parsed.without(parsed.operators[0]) == 'kartu keluaga "anak baru" -mati'
    assert parse(parsed.with_words("kartu keluarga")).operators[0].value == "kk"


@given(st.text(max_size=400) | st.text(alphabet='ab:"“”-−： tagpnsiu\t\n.', max_size=120))
@example("\ud800")
@example('-""')
@example(":")
@example('tag:"')
@example("−“-“")
@settings(deadline=None, max_examples=400)
def test_no_text_is_an_error(text: str) -> None:
    parsed = parse(text)
    assert len(parsed.text) <= MAX_CHARACTERS
    assert all(isinstance(operator, Operator) and operator.value.strip() for operator in parsed.operators)
    assert all(str(note) for note in parsed.notes)
    assert all(phrase.strip() for phrase in parsed.phrases)
    # What was understood is understood the same way when it is typed again.
    again = parse(parsed.with_words(parsed.words))
    if not parsed.notes and not again.notes:
        assert again.excluded == parsed.excluded
        assert again.phrases == parsed.phrases
