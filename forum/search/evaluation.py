"""How well the search ranks, measured on passages and questions that somebody else has judged.

What is measured is the product: its analysis, its planning with the thesaurus, its backend and weights; only the passages are others.
Questions are read as plain words, so that a colon or a quotation mark in one is no operator.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forum.search import planning
from forum.search.analysis import tokens
from forum.search.documents import Backend, Concept, Kind, Plan, SearchDocument, group_of
from forum.search.thesaurus import Thesaurus

PASSAGES, QUERIES = "passages.jsonl", "queries.tsv"
DEPTH = 10
BATCH = 500
MOST_WARNINGS = 5
# Every passage is as old as every other: age is not what is measured.
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)

Progress = Callable[[str, int, int], None]


class BadData(Exception):
    """The folder does not hold what an evaluation needs; `str()` says where and why."""


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`relevant`: the ids of all passages that answer it, at least one."""

    id: str
    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """`warnings`: sentences on what was left out of the data, and how often."""

    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the questions, 0 to 1; the first ten results count."""

    mrr: float
    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Measured:
    """`cpu`: seconds of processor time for all questions."""

    scores: Scores
    passages: int
    questions: int
    index_seconds: float
    query_seconds: float
    cpu: float


# Reading


@dataclass(slots=True)
class _Doubts:
    """What was left out, by reason: a few examples and a count."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, example: str) -> None:
        self.found.setdefault(reason, []).append(example)

    def sentences(self) -> Iterator[str]:
        for reason, examples in self.found.items():
            dots = " ..." if len(examples) > MOST_WARNINGS else ""
            yield f"{len(examples)} {reason}: {', '.join(examples[:MOST_WARNINGS])}{dots}"


def read(folder: Path) -> Judged:
    """The evaluation set in `folder`: passages.jsonl (id, text, maybe title) and queries.tsv (qid, question, relevant passage id).

    A qid may repeat, once for each relevant passage; a header line and further columns do no harm. Raises BadData.
    """
    doubts = _Doubts()
    passages = _passages(_lines(folder / PASSAGES), doubts)
    questions = _questions(_lines(folder / QUERIES), passages, doubts)
    if not passages:
        raise BadData(f"{folder / PASSAGES} has no passages.")
    if not questions:
        raise BadData(f"{folder / QUERIES} has no question with a relevant passage that is in {PASSAGES}.")
    return Judged(tuple(passages.values()), questions, tuple(doubts.sentences()))


def _lines(path: Path) -> list[tuple[str, str]]:
    """The lines that are not blank, each with where it stands."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadData(f"{path} is missing.") from None
    except UnicodeDecodeError as error:
        raise BadData(f"{path} is not UTF-8 (byte {error.start}).") from None
    except OSError as error:
        raise BadData(f"{path} cannot be read: {error.strerror}.") from None
    # Not splitlines: a text may hold other characters that it takes for the end of a line.
    return [(f"{path.name}, line {i}", line) for i, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _passages(lines: Iterable[tuple[str, str]], doubts: _Doubts) -> dict[str, Passage]:
    passages: dict[str, Passage] = {}
    for where, line in lines:
        passage = _passage(where, line)
        if passage.id in passages:
            doubts.add("passages with an id that another had before them were left out", f"{passage.id} ({where})")
        passages.setdefault(passage.id, passage)
    return passages


def _passage(where: str, line: str) -> Passage:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadData(f"{where}: no JSON ({error}).") from None
    if not isinstance(row, dict):
        raise BadData(f"{where}: not a JSON object.")
    name, text, title = row.get("id"), row.get("text"), row.get("title") or ""
    if isinstance(name, bool) or not isinstance(name, str | int) or not isinstance(text, str):
        raise BadData(f'{where}: "id" must be a string or a whole number, and "text" a string.')
    if not isinstance(title, str):
        raise BadData(f'{where}: "title" must be a string.')
    return Passage(str(name).strip(), title, text)


def _questions(lines: Sequence[tuple[str, str]], passages: Collection[str], doubts: _Doubts) -> tuple[Question, ...]:
    texts: dict[str, str] = {}
    relevant: dict[str, set[str]] = {}
    for place, (where, line) in enumerate(lines):
        name, text, passage = _row(where, line)
        if passage not in passages:
            if place or not _is_header(name, passage):
                doubts.add(f"relevant passages that are not in {PASSAGES}", f"{passage} ({where})")
            continue
        if texts.setdefault(name, text) != text:
            doubts.add("questions with the qid of another were left out", f"{name} ({where})")
        elif passage in relevant.setdefault(name, set()):
            doubts.add("repeated lines were left out", where)
        else:
            relevant[name].add(passage)
    return tuple(Question(name, texts[name], frozenset(ids)) for name, ids in relevant.items())


def _row(where: str, line: str) -> tuple[str, str, str]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 3 or not all(cells[:3]):
        raise BadData(f"{where}: not a qid, a question and the id of a passage, with a tab between them.")
    return cells[0], cells[1], cells[2]


def _is_header(name: str, passage: str) -> bool:
    """Whether a first line that names no passage looks like the names of columns: those have no digits."""
    return not any(char.isdigit() for char in name + passage)


# Metrics: by the ranks (from 1) of the relevant passages among the first ten, and how many relevant ones there are


def reciprocal_rank(ranks: Sequence[int]) -> float:
    """1 for a first place, 1/2 for a second ...; 0 if nothing relevant is among the ten."""
    return 1.0 / min(ranks) if ranks else 0.0


def ndcg(ranks: Sequence[int], relevant: int) -> float:
    """Discounted gain over the gain of the best order there is. Every relevant passage gains the same."""
    best = sum(1.0 / math.log2(rank + 1) for rank in range(1, min(relevant, DEPTH) + 1))
    return sum(1.0 / math.log2(rank + 1) for rank in ranks) / best


def recall(ranks: Sequence[int], relevant: int) -> float:
    """The share of the relevant passages that is among the ten."""
    return len(ranks) / relevant


def scores(ranked: Iterable[tuple[Sequence[str], Collection[str]]]) -> Scores:
    """Means over pairs of what was found, best first, and what is relevant."""
    sums = [0.0, 0.0, 0.0]
    count = 0
    for found, relevant in ranked:
        ranks = [rank for rank, name in enumerate(found[:DEPTH], start=1) if name in relevant]
        sums[0] += reciprocal_rank(ranks)
        sums[1] += ndcg(ranks, len(relevant))
        sums[2] += recall(ranks, len(relevant))
        count += 1
    return Scores(*(total / max(count, 1) for total in sums))


# Running


def concepts(question: str, thesaurus: Thesaurus) -> tuple[Concept, ...]:
    """What a question asks about, read as plain words."""
    return planning.concepts(tokens(question), thesaurus)


def run(backend: Backend, judged: Judged, thesaurus: Thesaurus, progress: Progress) -> Measured:
    """Index the passages in `backend`, which must be one to throw away, ask all questions, and compare.

    `progress` is called with what is being done, how much of it is done, and of how much. Raises Unavailable.
    """
    started = time.perf_counter()
    _index(backend, judged.passages, progress)
    indexed, cpu = time.perf_counter(), time.process_time()
    ranked = list(_answers(backend, judged, thesaurus, progress))
    return Measured(
        scores=scores(ranked),
        passages=len(judged.passages),
        questions=len(judged.questions),
        index_seconds=indexed - started,
        query_seconds=time.perf_counter() - indexed,
        cpu=time.process_time() - cpu,
    )


def _index(backend: Backend, passages: Sequence[Passage], progress: Progress) -> None:
    with backend.lock(), backend.build() as build:
        for start in range(0, len(passages), BATCH):
            batch = passages[start : start + BATCH]
            build.put(_document(start + i, passage) for i, passage in enumerate(batch))
            progress("Indexing", start + len(batch), len(passages))
        build.publish()


def _document(number: int, passage: Passage) -> SearchDocument:
    return SearchDocument(
        key=f"{Kind.THREAD}:{number}",
        group=group_of(Kind.THREAD, number),
        title=passage.title,
        body=passage.text,
        created_at=WRITTEN,
    )


def _answers(
    backend: Backend, judged: Judged, thesaurus: Thesaurus, progress: Progress
) -> Iterator[tuple[list[str], frozenset[str]]]:
    for done, question in enumerate(judged.questions, start=1):
        asked = concepts(question.text, thesaurus)
        plan = Plan(concepts=asked, today=WRITTEN.date(), limit=DEPTH, with_facets=False)
        # Without concepts a plan asks for everything, and that is no answer.
        matches = backend.search(plan).matches if asked else ()
        yield [judged.passages[match.group // 2].id for match in matches], question.relevant
        progress("Asking", done, len(judged.questions))


def as_json(measured: Measured) -> dict[str, Any]:
    """The numbers under stable names, for programs."""
    return {
        "mrr@10": round(measured.scores.mrr, 4),
        "ndcg@10": round(measured.scores.ndcg, 4),
        "recall@10": round(measured.scores.recall, 4),
        "passages": measured.passages,
        "questions": measured.questions,
        "index_seconds": round(measured.index_seconds, 2),
        "queries_per_second": round(measured.questions / max(measured.query_seconds, 1e-9), 1),
        "cpu_ms_per_query": round(1000 * measured.cpu / measured.questions, 2),
    }
