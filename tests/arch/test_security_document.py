"""docs/security.md: each requirement of ASVS is held by a test that exists, or says in a sentence why not."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]  # fmt: skip
NAMED = re.compile(r"`([\w/]+?)(?:\.py|::(\w+))`")


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_is_a_row_for_each_requirement_and_one_only() -> None:
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers)) >= 140
    assert {number.split(".")[0] for number in numbers} == {str(n) for n in range(1, 17)}
    assert all(len(row) == 5 and row[1] in "123" and all(row) for row in ROWS)


def test_each_row_is_held_by_a_test_or_gives_its_reason() -> None:
    wrong = {}
    for number, _level, _what, _how, held in ROWS:
        named = NAMED.findall(held)
        missing = [
            f"{file}::{name}"
            for file, name in named
            if not (path := ROOT / "tests" / f"{file}.py").is_file() or (name and name not in names_in(path))
        ]
        if missing:
            wrong[number] = missing
        if not named and not re.match(r"(open|outside): \w.{10,}", held):
            wrong[number] = [held]
    assert wrong == {}


def test_most_are_held_and_what_is_open_is_said_twice() -> None:
    """Open rows say so where they tell how, too: nobody takes one for done who reads half of it."""
    open_rows = [row for row in ROWS if row[4].startswith("open")]
    assert len(open_rows) <= 40
    assert [row[0] for row in open_rows if "**open**" not in row[3]] == []


def test_the_limits_in_the_table_are_those_of_the_program() -> None:
    from forum.core import ratelimit

    told = TEXT.partition("## Limits")[2].partition("## Headers")[0].replace(",", "")
    for limit in (ratelimit.SIGN_IN_ACCOUNT, ratelimit.SIGN_IN_ADDRESS, ratelimit.SEND, ratelimit.SEND_ADDRESS):
        assert re.search(rf"\b{limit.times}\b", told), limit
    assert f"{ratelimit.WRITE.times} texts {ratelimit.PREVIEW.times} previews {ratelimit.DRAFT.times} drafts" in told
    assert f"{ratelimit.SEARCH.times} searches {ratelimit.SUGGEST.times} suggestions" in told
