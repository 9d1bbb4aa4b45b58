"""From words to concepts."""

from __future__ import annotations

from forum.search.analysis import tokens
from forum.search.documents import Concept
from forum.search.planning import MOST_ALTERNATIVES, MOST_CONCEPTS, concepts
from forum.search.thesaurus import SYNONYMS, Entry, Thesaurus, shipped

NOTHING = Thesaurus([])


def _plan(text: str, thesaurus: Thesaurus = NOTHING) -> list[list[str]]:
    """For each concept its alternatives, as stems."""
    return [_stems(concept) for concept in concepts(tokens(text), thesaurus)]


def _stems(concept: Concept) -> list[str]:
    return [" ".join(term.stem for term in alternative.terms) for alternative in concept.alternatives]


def _group(*terms: str) -> Entry:
    return Entry(SYNONYMS, "", terms, 0.8)


def test_each_word_is_a_concept_and_stop_words_are_none() -> None:
    assert _plan("Bagaimana cara mengurus akta yang hilang?") == [["cara"], ["urus"], ["akta"], ["hilang"]]


def test_stop_words_are_asked_for_where_there_is_nothing_else() -> None:
    assert _plan("apa itu") == [["apa"], ["itu"]]


def test_nothing_gives_no_concepts() -> None:
    assert _plan("") == _plan("?!") == []


def test_a_word_that_is_typed_twice_counts_once() -> None:
    assert _plan("lapor pelaporan laporan jalan") == [["lapor"], ["jalan"]]


def test_a_phrase_of_the_thesaurus_is_one_concept_with_what_was_typed_first() -> None:
    thesaurus = Thesaurus([_group("izin mendirikan bangunan", "pbg", "imb")])
    assert _plan("syarat izin mendirikan bangunan ruko", thesaurus) == [
        ["syarat"],
        ["izin diri bangun", "pbg", "imb"],
        ["ruko"],
    ]


def test_what_was_typed_weighs_one_and_what_it_may_stand_for_less() -> None:
    (concept,) = concepts(tokens("imb"), Thesaurus([_group("imb", "pbg")]))
    assert [alternative.weight for alternative in concept.alternatives] == [1.0, 0.8]


def test_a_word_inside_a_longer_phrase_is_not_looked_up_again() -> None:
    thesaurus = Thesaurus([_group("akta kelahiran", "surat lahir"), _group("akta", "dokumen"), _group("lahir", "bayi")])
    assert _plan("akta kelahiran", thesaurus) == [["akta lahir", "surat lahir"]]
    assert _plan("akta nikah", thesaurus) == [["akta", "dokumen"], ["nikah"]]


def test_the_typed_word_keeps_its_own_form() -> None:
    (concept,) = concepts(tokens("pelayanannya"), NOTHING)
    (term,) = concept.alternatives[0].terms
    assert (term.stem, term.word) == ("layan", "pelayanannya")


def test_another_thesaurus_changes_the_plan_and_leaves_nothing_behind() -> None:
    before = Thesaurus([_group("imb", "pbg")])
    after = Thesaurus([_group("imb", "slf")])
    assert _plan("imb", before) == [["imb", "pbg"]]
    assert _plan("imb", after) == [["imb", "slf"]]
    assert _plan("imb", NOTHING) == [["imb"]]
    assert _plan("imb", before) == [["imb", "pbg"]]


def test_plans_are_bounded() -> None:
    many = Thesaurus([_group(*(f"kata{number}" for number in range(40)))])
    (concept,) = concepts(tokens("kata1"), many)
    assert len(concept.alternatives) == MOST_ALTERNATIVES
    assert len(_plan(" ".join(f"kata{number}" for number in range(100)))) == MOST_CONCEPTS


def test_a_counter_question_is_understood() -> None:
    plan = _plan("gmn nih, warga ngamuk krn IMB-nya ga keluar2 di siantar?", Thesaurus(shipped()))
    assert [alternatives[0] for alternatives in plan] == ["warga", "amuk", "imb", "tidak", "keluar", "siantar"]
    assert {"marah"} <= set(plan[1])
    assert {"pbg", "setuju bangun gedung"} <= set(plan[2])
    assert plan[5] == ["siantar", "pematangsiantar"]
