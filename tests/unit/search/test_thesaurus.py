"""The thesaurus: reading it, and finding its phrases in a text."""

from __future__ import annotations

import pytest

from forum.search.analysis import tokens
from forum.search.thesaurus import (
    BROADER,
    LONGEST_TERM,
    MOST_TERMS,
    SYNONYMS,
    Entry,
    Thesaurus,
    parse_terms,
    shipped,
)


def _group(*terms: str, weight: float = 0.8) -> Entry:
    return Entry(SYNONYMS, "", terms, weight)


def _found(thesaurus: Thesaurus, text: str) -> dict[str, dict[str, float]]:
    """Phrases of `text` that the thesaurus knows, each with the stems of its alternatives and their weights."""
    found = tokens(text)
    return {
        " ".join(token.stem for token in found[span.start : span.end] if not token.is_stop): {
            " ".join(term.stem for term in alternative.terms): alternative.weight for alternative in span.alternatives
        }
        for span in thesaurus.spans(found)
    }


@pytest.fixture(scope="module")
def whole() -> Thesaurus:
    return Thesaurus(shipped())


def test_members_of_a_group_find_each_other() -> None:
    thesaurus = Thesaurus([_group("imb", "pbg", "izin mendirikan bangunan")])
    assert _found(thesaurus, "syarat PBG") == {"pbg": {"imb": 0.8, "izin diri bangun": 0.8}}
    assert _found(thesaurus, "Izin Mendirikan Bangunan") == {"izin diri bangun": {"imb": 0.8, "pbg": 0.8}}


def test_inflected_forms_are_the_word_itself() -> None:
    thesaurus = Thesaurus([_group("pengaduan", "komplain")])
    assert set(_found(thesaurus, "warga mengadukan aduannya")) == {"adu"}


@pytest.mark.parametrize("writing", ["KTP-el", "e-KTP", "ktp", "ktp el", "KTP elektronik"])
def test_the_id_card_is_found_however_it_is_written(whole: Thesaurus, writing: str) -> None:
    assert _found(whole, writing) == {"ktp": {"kartu tanda penduduk": 0.8}}


def test_the_full_name_of_the_id_card_finds_its_abbreviation(whole: Thesaurus) -> None:
    assert _found(whole, "kartu tanda penduduk rusak") == {"kartu tanda penduduk": {"ktp": 0.8}}


def test_of_overlapping_phrases_the_longest_counts() -> None:
    thesaurus = Thesaurus(
        [_group("akta", "surat"), _group("akta kelahiran", "surat lahir"), _group("kelahiran anak", "bayi")]
    )
    assert _found(thesaurus, "akta kelahiran anak") == {"akta lahir": {"surat lahir": 0.8}}
    assert _found(thesaurus, "akta dan kelahiran anak saya") == {"akta lahir": {"surat lahir": 0.8}}


def test_a_longer_phrase_wins_over_one_that_begins_before_it() -> None:
    thesaurus = Thesaurus([_group("surat izin", "a"), _group("izin mendirikan bangunan", "imb")])
    assert _found(thesaurus, "surat izin mendirikan bangunan") == {"izin diri bangun": {"imb": 0.8}}


def test_stop_words_between_the_words_of_a_phrase_do_not_matter() -> None:
    thesaurus = Thesaurus([_group("pajak bumi dan bangunan", "pbb")])
    assert _found(thesaurus, "pajak bumi bangunan") == _found(thesaurus, "pajak untuk bumi dan bangunan") != {}


def test_spans_point_at_the_tokens_given() -> None:
    found = tokens("mohon info izin untuk mendirikan bangunan baru")
    (span,) = Thesaurus([_group("izin mendirikan bangunan", "imb")]).spans(found)
    assert [token.word for token in found[span.start : span.end]] == ["izin", "untuk", "mendirikan", "bangunan"]


def test_a_broader_word_finds_narrower_ones_and_not_the_other_way_round() -> None:
    thesaurus = Thesaurus([Entry(BROADER, "bansos", ("pkh", "bpnt"), 0.6)])
    assert _found(thesaurus, "bansos") == {"bansos": {"pkh": 0.6, "bpnt": 0.6}}
    assert _found(thesaurus, "pkh") == {}


def test_of_two_weights_the_higher_counts_and_the_best_comes_first() -> None:
    thesaurus = Thesaurus([_group("lambat", "lama", weight=0.4), _group("lambat", "lelet", "lama", weight=0.7)])
    assert list(_found(thesaurus, "lambat")["lambat"].items()) == [("lama", 0.7), ("lelet", 0.7)]


def test_an_alternative_that_holds_every_typed_word_is_left_out() -> None:
    thesaurus = Thesaurus([_group("akta lahir", "akta kelahiran", "kutipan akta lahir", "surat lahir")])
    assert _found(thesaurus, "akta lahir") == {"akta lahir": {"surat lahir": 0.8}}


def test_entries_without_words_do_no_harm() -> None:
    thesaurus = Thesaurus([_group("!!!", "???"), _group(), Entry(BROADER, "", ("pkh",), 0.6), _group("satu saja")])
    assert _found(thesaurus, "pkh satu saja") == {}


def test_pajak_never_means_a_market(whole: Thesaurus) -> None:
    assert set(_found(whole, "pajak")["pajak"]) == {"pbb"}
    assert "pasar parluasan" in _found(whole, "pajak Parluasan")["pajak parluasan"]


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("IMB", "pbg"),
        ("PPDB", "spmb"),
        ("DTKS", "dtsen"),
        ("pungutan liar", "pungli"),
        ("lampu jalan", "pju"),
        ("tukang parkir", "jukir"),
        ("dukcapil", "catat sipil"),
        ("kkk kartu keluarga", "kk"),
        ("data terpadu kesejahteraan sosial", "dtsen"),
        ("p3k", "pegawai perintah janji kerja"),
        ("mati", "padam"),
        ("upload", "unggah"),
        ("wafat", "tinggal dunia"),
    ],
)
def test_everyday_and_old_names_find_the_present_ones(whole: Thesaurus, typed: str, finds: str) -> None:
    assert finds in {name for alternatives in _found(whole, typed).values() for name in alternatives}


def test_loose_groups_weigh_less_than_names_of_one_thing(whole: Thesaurus) -> None:
    loose = {
        ("lambat", "lama"),
        ("kewenangan", "tanggungjawab"),
        ("padam", "mati"),
        ("marah", "emosi"),
        ("tindak lanjut", "selesai"),
    }
    for typed, other in loose:
        (alternatives,) = _found(whole, typed).values()
        assert alternatives[other] <= 0.6, typed
    assert _found(whole, "imb")["imb"]["pbg"] == 0.8


def test_what_is_shipped_is_within_the_limits_of_what_curators_may_write() -> None:
    entries = shipped()
    assert len(entries) > 180
    for entry in entries:
        assert 0 < entry.weight <= 1
        assert entry.relation in (SYNONYMS, BROADER)
        assert bool(entry.head) == (entry.relation == BROADER)
        assert parse_terms(", ".join(entry.terms)) == entry.terms
        assert len(entry.terms) > (entry.relation == SYNONYMS)


def test_terms_are_read_from_text() -> None:
    assert parse_terms(" KTP-el,  kartu   keluarga ,,ktp-el\nLAPOR! ") == ("ktp-el", "kartu keluarga", "lapor!")
    assert parse_terms("") == parse_terms(" , ,\n") == ()


def test_terms_are_bounded() -> None:
    assert len(parse_terms("x" * 1000)[0]) == LONGEST_TERM
    assert len(parse_terms(",".join(map(str, range(500))))) == MOST_TERMS
