"""Corners of an evaluation set that others made; what the command does is tested in tests/search/test_evaluate_command.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forum.search.evaluation import BadData, Passage, Question, concepts, read
from forum.search.thesaurus import Thesaurus, shipped

TWO = [{"id": "p1", "text": "Jalan berlubang"}, {"id": "p2", "title": "Lampu", "text": "Padam\u2028lagi"}]


def a_set(folder: Path, queries: str) -> Path:
    lines = "".join(f"{json.dumps(passage, ensure_ascii=False)}\n" for passage in TWO)
    (folder / "passages.jsonl").write_text(lines, encoding="utf-8")
    (folder / "queries.tsv").write_text(queries, encoding="utf-8-sig")
    return folder


def test_separators_within_a_text_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    judged = read(a_set(tmp_path, "1\tJalan\tp1\n"))
    assert judged.passages == (Passage("p1", "", "Jalan berlubang"), Passage("p2", "Lampu", "Padam\u2028lagi"))
    assert judged.questions == (Question("1", "Jalan", frozenset({"p1"})),)


def test_a_first_line_with_an_unknown_passage_is_no_header_if_it_looks_like_data(tmp_path: Path) -> None:
    judged = read(a_set(tmp_path, "q1\tParit\tp9\nq2\tLampu\tp2\n"))
    assert judged.warnings == ("1 relevant passages that are not in passages.jsonl: p9 (queries.tsv, line 1)",)


def test_json_nested_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    a_set(tmp_path, "q1\tJalan\tp1\n")
    (tmp_path / "passages.jsonl").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BadData, match="line 1: no JSON"):
        read(tmp_path)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    a_set(tmp_path, "")
    (tmp_path / "queries.tsv").unlink()
    (tmp_path / "queries.tsv").mkdir()
    with pytest.raises(BadData, match=r"queries\.tsv cannot be read"):
        read(tmp_path)


def test_the_thesaurus_of_the_site_takes_part() -> None:
    [concept] = concepts("IMB?", Thesaurus(shipped()))
    assert "pbg" in {term.stem for alternative in concept.alternatives for term in alternative.terms}
