"""`flask search evaluate`: metrics, and data of other people that is not as it should be."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from forum.core.db import db
from forum.search import evaluation
from forum.search.evaluation import BadData

PASSAGES = [
    {"id": "taman", "text": "Wali kota meresmikan taman di pusat kota."},
    {"id": 7, "title": "Kereta api", "text": "Jalurnya dibangun tahun 1916 oleh sebuah maskapai perkebunan."},
    {"id": "gunung", "text": "Gunung itu meletus dua kali pada abad yang lalu."},
]
QUERIES = ["q1\tKapan jalur kereta dibangun?\t7", "q2\tGunung mana yang meletus?\tgunung"]


def write(folder: Path, passages: list[object], queries: list[str]) -> Path:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in passages]
    (folder / "passages.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "queries.tsv").write_text("\n".join(queries) + "\n", encoding="utf-8")
    return folder


def run(app: Flask, folder: Path, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["search", "evaluate", str(folder), *arguments])


def test_metrics_by_hand() -> None:
    assert evaluation.reciprocal_rank([]) == 0.0
    assert evaluation.reciprocal_rank([3, 7]) == pytest.approx(1 / 3)
    assert evaluation.recall([2, 9], 4) == 0.5
    # Two of three, at 1 and 3: (1 + 1/2) over the best order, 1 + 1/log2(3) + 1/2.
    assert evaluation.ndcg([1, 3], 3) == pytest.approx(1.5 / (1 + 1 / math.log2(3) + 0.5))
    assert evaluation.ndcg([1], 1) == 1.0
    assert evaluation.ndcg([2], 1) == pytest.approx(0.6309, abs=1e-4)
    # Of twenty no more than ten can be among ten.
    assert evaluation.ndcg(range(1, 11), 20) == pytest.approx(1.0)
    assert evaluation.ndcg([], 1) == 0.0


def test_means_are_over_questions_and_only_ten_results_count() -> None:
    eleventh = [f"p{i}" for i in range(1, 12)]
    found = evaluation.scores([(["a", "b"], {"b"}), (eleventh, {"p11"}), ([], {"x"}), (["c", "d"], {"c", "d"})])
    assert found.mrr == pytest.approx((0.5 + 0 + 0 + 1) / 4)
    assert found.ndcg == pytest.approx((1 / math.log2(3) + 0 + 0 + 1) / 4)
    assert found.recall == pytest.approx((1 + 0 + 0 + 1) / 4)


def test_numbers_are_printed_for_people_and_for_programs(app: Flask, tmp_path: Path) -> None:
    folder = write(tmp_path, PASSAGES, QUERIES)
    answer = json.loads(run(app, folder, "--json").stdout)
    assert {name: answer[name] for name in ("mrr@10", "ndcg@10", "recall@10", "passages", "questions")} == {
        "mrr@10": 1.0, "ndcg@10": 1.0, "recall@10": 1.0, "passages": 3, "questions": 2,
    }  # fmt: skip
    assert answer["queries_per_second"] > 0
    text = run(app, folder).stdout
    assert "nDCG@10    1.0000" in text
    assert "3 passages" in text


def test_questions_are_plain_words_whatever_signs_they_hold(app: Flask, tmp_path: Path) -> None:
    queries = [
        'q1\tstatus:selesai "taman pusat kota" -taman?\ttaman',
        "q2\tKereta: siapa -maskapai itu- yang membangun?\t7",
        "q3\t?!\tgunung",
    ]
    answer = json.loads(run(app, write(tmp_path, PASSAGES, queries), "--json").stdout)
    assert answer["recall@10"] == pytest.approx(2 / 3, abs=1e-3)


def test_a_qid_may_repeat_and_header_columns_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    queries = [
        "qid\tquestion text\trelevant passage id\tnote",
        "",
        "q1\tKapan jalur kereta dibangun?\t7\textra\tcolumns",
        "q1\tKapan jalur kereta dibangun?\tgunung\r",
    ]
    judged = evaluation.read(write(tmp_path, PASSAGES, queries))
    assert [(question.id, question.relevant) for question in judged.questions] == [("q1", frozenset({"7", "gunung"}))]
    assert judged.warnings == ()


def test_what_is_left_out_is_said_and_counted(app: Flask, tmp_path: Path) -> None:
    queries = [*QUERIES, QUERIES[0], "q3\tDi mana?\thilang", "q2\tSiapa pula ini?\ttaman", "q4\tApa?\tlenyap"]
    passages = [*PASSAGES, {"id": "taman", "text": "Lain."}]
    done = run(app, write(tmp_path, passages, queries))
    assert done.exit_code == 0
    assert "Warning: 2 relevant passages that are not in passages.jsonl: hilang (queries.tsv, line 4)" in done.stderr
    assert "Warning: 1 repeated lines were left out: queries.tsv, line 3" in done.stderr
    assert "Warning: 1 questions with the qid of another were left out: q2" in done.stderr
    assert "Warning: 1 passages with an id that another had before them were left out: taman" in done.stderr
    assert "2 questions" in done.stdout


@pytest.mark.parametrize(
    ("passages", "queries", "said"),
    [
        (["{no json"], QUERIES, "passages.jsonl, line 1: no JSON"),
        ([*PASSAGES, '["a"]'], QUERIES, "passages.jsonl, line 4: not a JSON object"),
        ([{"id": 1}], QUERIES, 'passages.jsonl, line 1: "id" must be'),
        ([{"id": True, "text": "x"}], QUERIES, 'passages.jsonl, line 1: "id" must be'),
        ([{"id": "a", "text": "x", "title": 3}], QUERIES, '"title" must be a string'),
        ([], QUERIES, "has no passages"),
        (PASSAGES, ["q1 tanpa tab"], "queries.tsv, line 1: not a qid"),
        (PASSAGES, ["q1\tApa?\t"], "queries.tsv, line 1: not a qid"),
        (PASSAGES, ["q1\tApa?\thilang"], "has no question"),
        (PASSAGES, [], "has no question"),
    ],
)
def test_bad_data_is_told_with_its_place(tmp_path: Path, passages: list[object], queries: list[str], said: str) -> None:
    with pytest.raises(BadData) as told:
        evaluation.read(write(tmp_path, passages, queries))
    assert said in str(told.value)


def test_a_missing_file_and_another_encoding_are_errors_of_one_line(app: Flask, tmp_path: Path) -> None:
    done = run(app, tmp_path)
    assert done.exit_code == 1
    assert "passages.jsonl is missing" in done.stderr
    (tmp_path / "passages.jsonl").write_bytes(b'{"id": "a", "text": "caf\xe9"}\n')
    with pytest.raises(BadData, match="is not UTF-8"):
        evaluation.read(tmp_path)


def test_the_index_of_the_site_is_not_touched(app: Flask, tmp_path: Path) -> None:
    folder = Path(app.instance_path)
    before = sorted(path.name for path in folder.rglob("*"))
    run(app, write(tmp_path, PASSAGES, QUERIES))
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_the_other_backend_ranks_alike_in_tables_that_are_gone_afterwards(app: Flask, tmp_path: Path) -> None:
    done = run(app, write(tmp_path, PASSAGES, QUERIES), "--backend", "postgresql", "--json")
    if db.engine.dialect.name != "postgresql":
        assert done.exit_code == 2
        assert "the database is not PostgreSQL" in done.stderr
        return
    assert json.loads(done.stdout)["ndcg@10"] == 1.0
    with db.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'search_evaluation%%'")
        assert left.scalar() == 0
