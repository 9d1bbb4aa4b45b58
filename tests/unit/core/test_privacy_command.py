"""`flask privacy scan`: findings as JSON, of a text or line by line."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

NIK = "1272015508850003"
FINDING = {"kind": "nik", "start": 4, "end": 20}


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_a_text_gives_its_findings(runner: FlaskCliRunner) -> None:
    answer = runner.invoke(args=["privacy", "scan"], input=f"NIK {NIK}\nlampu jalan")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == [FINDING]


def test_a_text_that_is_no_utf8_is_read_all_the_same(runner: FlaskCliRunner) -> None:
    answer = runner.invoke(args=["privacy", "scan"], input=b"\xff\xfe  " + NIK.encode())
    assert json.loads(answer.stdout) == [FINDING]


def test_each_line_is_answered_by_its_id_in_order(runner: FlaskCliRunner) -> None:
    rows = [{"id": "a", "text": f"NIK {NIK}"}, {"id": 2, "text": "lampu"}, {"id": None, "text": ""}]
    answer = runner.invoke(args=["privacy", "scan", "--jsonl"], input="\n\n".join(map(json.dumps, rows)))
    assert [json.loads(line) for line in answer.stdout.splitlines()] == [
        {"id": "a", "findings": [FINDING]}, {"id": 2, "findings": []}, {"id": None, "findings": []},
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["x", "[]", '{"id": 1}', '{"id": 1, "text": 2}', "[" * 100_000])
def test_a_line_that_is_not_what_it_should_be_is_named(runner: FlaskCliRunner, line: str) -> None:
    answer = runner.invoke(args=["privacy", "scan", "--jsonl"], input=f'{{"id": 1, "text": ""}}\n{line}\n')
    assert answer.exit_code == 2
    assert "Line 2" in answer.stderr
    assert len(answer.stdout.splitlines()) == 1
