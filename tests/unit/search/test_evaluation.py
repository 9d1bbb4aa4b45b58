"""Reading what others have judged, and the three numbers that are made of it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from forum.search import evaluation
from forum.search.evaluation import BadData, Passage, Question, concepts, ndcg, read, recall, reciprocal_rank, scores
from forum.search.thesaurus import Thesaurus, shipped


def a_set(folder: Path, passages: Sequence[object], queries: str) -> Path:
    """Writes an evaluation set; a passage that is a string is written as it is."""
    lines = [passage if isinstance(passage, str) else json.dumps(passage) for passage in passages]
    (folder / "passages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "queries.tsv").write_text(queries, encoding="utf-8")
    return folder


TWO = [{"id": "p1", "text": "Jalan berlubang"}, {"id": "p2", "title": "Lampu", "text": "Padam\u2028lagi"}]


def test_a_set_is_read_with_a_header_further_columns_and_repeated_questions(tmp_path: Path) -> None:
    queries = "qid\tquestion\tpassage\n\nq1\tLampu padam?\tp2\t1\textra\nq1\tLampu padam?\tp1\nq2\tJalan: rusak\tp1\r\n"
    judged = read(a_set(tmp_path, TWO, queries))
    assert judged.passages == (Passage("p1", "", "Jalan berlubang"), Passage("p2", "Lampu", "Padam\u2028lagi"))
    assert judged.questions == (
        Question("q1", "Lampu padam?", frozenset({"p1", "p2"})),
        Question("q2", "Jalan: rusak", frozenset({"p1"})),
    )
    assert judged.warnings == ()


def test_numbers_as_ids_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    a_set(tmp_path, [{"id": 7, "text": "Jalan"}], "")
    (tmp_path / "queries.tsv").write_text("1\tJalan\t7\n", encoding="utf-8-sig")
    assert read(tmp_path).questions == (Question("1", "Jalan", frozenset({"7"})),)


def test_what_cannot_be_used_is_left_out_counted_and_said(tmp_path: Path) -> None:
    passages = [*TWO, {"id": "p1", "text": "Yang kedua"}]
    queries = "q1\tLampu\tp2\nq1\tLampu\tp2\nq1\tJalan\tp1\nq2\tParit\tp9\nq3\tParit\tp8\n"
    judged = read(a_set(tmp_path, passages, queries))
    assert judged.passages[0].text == "Jalan berlubang"
    assert judged.questions == (Question("q1", "Lampu", frozenset({"p2"})),)
    assert judged.warnings == (
        "1 passages with an id that another had before them were left out: p1 (passages.jsonl, line 3)",
        "1 repeated lines were left out: queries.tsv, line 2",
        "1 questions with the qid of another were left out: q1 (queries.tsv, line 3)",
        "2 relevant passages that are not in passages.jsonl: p9 (queries.tsv, line 4), p8 (queries.tsv, line 5)",
    )


def test_a_first_line_with_an_unknown_passage_is_no_header_if_it_looks_like_data(tmp_path: Path) -> None:
    judged = read(a_set(tmp_path, TWO, "q1\tParit\tp9\nq2\tLampu\tp2\n"))
    assert judged.warnings == ("1 relevant passages that are not in passages.jsonl: p9 (queries.tsv, line 1)",)


@pytest.mark.parametrize(
    ("passages", "queries", "message"),
    [
        ([TWO[0], '{"id": "p2", "text": '], "q1\tJalan\tp1\n", "passages.jsonl, line 2: no JSON"),
        (["[" * 100_000], "q1\tJalan\tp1\n", "passages.jsonl, line 1: no JSON"),
        (["[1, 2]"], "q1\tJalan\tp1\n", "passages.jsonl, line 1: not a JSON object"),
        ([{"id": "p1"}], "q1\tJalan\tp1\n", '"id" must be'),
        ([{"id": True, "text": "Jalan"}], "q1\tJalan\tp1\n", '"id" must be'),
        ([{"id": "p1", "text": "Jalan", "title": 5}], "q1\tJalan\tp1\n", '"title" must be'),
        ([], "q1\tJalan\tp1\n", "has no passages"),
        (TWO, "q1\tJalan\n", "queries.tsv, line 1: not a qid"),
        (TWO, "q1\t\tp1\n", "queries.tsv, line 1: not a qid"),
        (TWO, "", "has no question"),
        (TWO, "q1\tJalan\tp7\n", "has no question"),
    ],
)
def test_broken_data_are_refused_with_the_place(
    tmp_path: Path, passages: Sequence[object], queries: str, message: str
) -> None:
    with pytest.raises(BadData, match=message.replace(".", r"\.")):
        read(a_set(tmp_path, passages, queries))


def test_missing_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"passages\.jsonl is missing"):
        read(tmp_path)
    a_set(tmp_path, TWO, "")
    (tmp_path / "queries.tsv").write_bytes(b"q1\t\xff\xfe\tp1\n")
    with pytest.raises(BadData, match=r"queries\.tsv is not UTF-8 \(byte 3\)"):
        read(tmp_path)
    (tmp_path / "queries.tsv").unlink()
    (tmp_path / "queries.tsv").mkdir()
    with pytest.raises(BadData, match=r"queries\.tsv cannot be read"):
        read(tmp_path)


def test_the_first_right_one_decides_the_reciprocal_rank() -> None:
    assert reciprocal_rank([]) == 0
    assert reciprocal_rank([1, 5]) == 1
    assert reciprocal_rank([4]) == 0.25


def test_ndcg_is_one_in_the_best_order_there_is() -> None:
    assert ndcg([1], 1) == 1
    assert ndcg([1, 2, 3], 3) == 1
    assert ndcg(list(range(1, 11)), 25) == 1
    assert ndcg([], 2) == 0


def test_ndcg_by_hand() -> None:
    # Second and fifth of two: (1/log2(3) + 1/log2(6)) / (1/log2(2) + 1/log2(3)) = (.63093 + .38685) / 1.63093
    assert ndcg([2, 5], 2) == pytest.approx(0.62405, abs=1e-5)
    assert ndcg([3], 1) == pytest.approx(0.5)


def test_recall_is_of_all_that_is_relevant() -> None:
    assert recall([2, 9], 4) == 0.5


def test_scores_are_means_over_the_first_ten_of_each_question() -> None:
    ranked = [
        (["a", "b", "c"], {"b"}),
        ([str(number) for number in range(20)], {"0", "12"}),
        ([], {"x"}),
    ]
    found = scores(ranked)
    assert found.mrr == pytest.approx((0.5 + 1 + 0) / 3)
    assert found.recall == pytest.approx((1 + 0.5 + 0) / 3)
    assert found.ndcg == pytest.approx((1 / math.log2(3) + 1 / (1 + 1 / math.log2(3)) + 0) / 3)
    assert scores([]) == evaluation.Scores(0.0, 0.0, 0.0)


@pytest.mark.parametrize("question", ["apa itu tag:lampu?", '"lampu', "-lampu", "oleh:lampu", "sejak: lampu!"])
def test_questions_are_plain_words(question: str) -> None:
    stems = [term.stem for concept in concepts(question, Thesaurus(())) for term in concept.alternatives[0].terms]
    assert "lampu" in stems


def test_the_thesaurus_of_the_site_takes_part() -> None:
    [concept] = concepts("IMB?", Thesaurus(shipped()))
    assert "pbg" in {term.stem for alternative in concept.alternatives for term in alternative.terms}
