import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from forum.cli.render import render as command
from forum.core import markup

ROOT = Path(markup.__file__).parents[3]


def run(data: bytes | str, *options: str):
    return CliRunner().invoke(command, options, input=data)


def test_it_prints_the_html_of_a_post():
    text = "Halo **semua**\r\n\n- a"
    result = run(text)
    assert result.exit_code == 0
    assert result.stdout == markup.render(text).html


def test_it_prints_why_a_text_is_refused():
    result = run("> " * 30)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "20 levels are allowed" in result.stderr


def test_it_reads_what_is_not_utf_8():
    assert run(b"a\xff\xfe\x80b").exit_code == 0


def test_lines_are_answered_in_order_and_refusals_where_they_belong():
    jobs = [{"id": n, "text": f"nomor *{n}*" if n % 10 else "> " * 40 + "a"} for n in range(300)]
    result = run("\n".join(map(json.dumps, jobs)), "--jsonl")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == list(range(300))
    assert answers[1] == {"id": 1, "html": "<p>nomor <em>1</em></p>"}
    assert answers[10]["error"]["code"] == "nesting_too_deep"
    assert "20 levels" in answers[10]["error"]["message"]


def test_half_surrogates_and_bad_bytes_are_answered():
    lines = b'{"id": "\\ud800", "text": "a\\udfffb"}\n{"id": 2, "text": "\xff\xfe"}\n\n'
    answers = [json.loads(line) for line in run(lines, "--jsonl").stdout.splitlines()]
    assert answers == [{"id": "\ud800", "html": "<p>ab</p>"}, {"id": 2, "html": "<p>\ufffd\ufffd</p>"}]


@pytest.mark.parametrize("bad", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 2}', '{"text": "a"}', "[" * 100_000])
def test_a_bad_line_is_named_after_what_came_before_it_was_answered(bad):
    result = run('{"id": 1, "text": "a"}\n' + bad + '\n{"id": 3, "text": "c"}\n', "--jsonl")
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1]
    assert result.stderr.startswith("Line 2 ")
    assert result.stderr.count("\n") == 1


def test_each_line_is_answered_before_the_next_one_is_sent():
    program = [sys.executable, "-c", "from forum.cli.render import render; render(['--jsonl'])"]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for n in range(5):
            process.stdin.write(json.dumps({"id": n, "text": "a"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(10) == 0
