"""The evaluation set: everyday queries on the sample content, other threads to lose one's way in, and word families."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
TUNING, HELD_OUT = "T", "H"


@dataclass(frozen=True)
class Query:
    """`answers`: the ids of the sample threads and guides that answer it; any of them is right."""

    half: str
    kind: str
    answers: frozenset[str]
    text: str


@dataclass(frozen=True)
class Distractor:
    board: str
    title: str
    body: str


def queries() -> tuple[Query, ...]:
    rows = [line.split("\t") for line in _lines("queries.tsv")]
    return tuple(Query(half, kind, frozenset(answers.split(",")), text) for half, kind, answers, text in rows)


def distractors() -> tuple[Distractor, ...]:
    return tuple(Distractor(**json.loads(line)) for line in _lines("distractors.jsonl"))


def families() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in _lines("families.txt"))


def _lines(name: str) -> list[str]:
    return [line for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
