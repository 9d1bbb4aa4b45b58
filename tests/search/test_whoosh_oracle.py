"""What the arrays find is what Whoosh's own searcher and a plain count by the formulas find: on random texts and queries."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, query, scoring
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage

from forum.search import ranking
from forum.search.analysis import index_terms
from forum.search.backends import whoosh_scoring
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import Concept, SearchDocument, Status, Term
from tests.factories.search import a_reply_document, a_thread_document, concept, plan, publish, terms, write

WORDS = [
    *("printer", "toner", "loket", "pajak", "surat", "kartu", "warga", "camat", "disposisi"),
    *("arsip", "jalan", "lampu", "sampah", "taman", "izin", "nomor", "rapat"),
]
QUERIES = 40


def some_documents(count: int, seed: int) -> list[SearchDocument]:
    """Threads, a third of them with a reply; some words are much more frequent than others."""
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]

    def text(most: int) -> str:
        return " ".join(chance.choices(WORDS, weights, k=chance.randint(1, most)))

    made: list[SearchDocument] = []
    for number in range(1, count + 1):
        made.append(a_thread_document(number, text(5), text(60), tags=(text(1),), helpful=chance.randint(0, 9)))
        if number % 3 == 0:
            made.append(a_reply_document(number, number, text(30)))
    return made


def some_queries(seed: int) -> Iterator[list[str]]:
    chance = random.Random(seed)
    for _number in range(QUERIES):
        yield chance.sample(WORDS, chance.randint(1, 4))


class OurIdf(scoring.BM25F):  # type: ignore[misc]
    """Whoosh's own BM25F, but for the usual idf in place of its own."""

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        return ranking.idf(searcher.doc_count_all(), searcher.doc_frequency(fieldname, text))


def test_one_field_is_ranked_as_by_whooshs_own_searcher(whoosh: WhooshBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies alone, with nothing else that our ranking looks at, in the same order and with the same scores."""
    for name in ("COVERAGE", "EXACT", "SHORTEST"):
        monkeypatch.setattr(ranking, name, 0.0)
    documents = [a_thread_document(number, "", one.body) for number, one in enumerate(some_documents(300, 1), start=1)]
    publish(whoosh, documents)
    words = SpaceSeparatedTokenizer()
    storage = RamStorage()
    index = storage.create_index(fields.Schema(key=fields.STORED, body=fields.TEXT(words, phrase=False)))
    with index.writer() as writer:
        for document in documents:
            writer.add_document(key=document.key, body=" ".join(index_terms(document.body)[0]))
    with index.searcher(weighting=OurIdf(B=ranking.BODY_B, K1=ranking.K1)) as searcher:
        for asked in some_queries(2):
            theirs = searcher.search(
                query.Or([query.Term("body", term.stem) for term in terms(" ".join(asked))]), limit=10
            )
            ours = whoosh.search(plan(" ".join(asked), limit=10))
            assert ours.total == len(theirs)
            boost = ours.matches[0].score / theirs[0].score
            # Whoosh rounds the lengths of fields, so that scores differ by some thousandths.
            assert [one.score / boost for one in ours.matches] == pytest.approx([hit.score for hit in theirs], rel=0.05)
            certain = {hit["key"] for hit in theirs if hit.score > theirs[-1].score * 1.05}
            assert certain <= {one.key for one in ours.matches}


class Counted:
    """The formulas of `ranking`, written again for one document at a time."""

    def __init__(self, documents: Sequence[SearchDocument]) -> None:
        self.documents = {one.key: one for one in documents}
        self.heads = {one.group: one for one in documents if one.kind != "post"}
        self.terms = {one.key: self._terms(one) for one in documents}
        self.dfs = Counter(
            stem for found in self.terms.values() for stem in {*found["title"], *found["body"], *found["tags"]}
        )
        self.words_dfs = Counter(word for found in self.terms.values() for word in set(found["exact"]))
        self.body = sum(len(found["body"]) for found in self.terms.values()) / len(documents)
        self.exact = sum(len(found["exact"]) for found in self.terms.values()) / len(documents)

    def _terms(self, document: SearchDocument) -> dict[str, list[str]]:
        title, title_words = index_terms(document.title)
        body, body_words = index_terms(document.body)
        tags, _words = index_terms(" \n".join(document.tags))
        return {"title": title, "body": body, "tags": tags, "exact": title_words + body_words}

    def best(self, concepts: Sequence[Concept]) -> dict[int, float]:
        """The score of each group that is found."""
        found: dict[int, float] = {}
        for document in self.documents.values():
            parts = [self.worth(one, document) for one in concepts]
            if any(parts):
                found[document.group] = max(found.get(document.group, 0.0), self._score(document, concepts, parts))
        return found

    def _score(self, document: SearchDocument, concepts: Sequence[Concept], parts: list[float]) -> float:
        head = self.heads[document.group]
        if head is not document:
            of_head = [self.worth(one, head) for one in concepts]
            parts = [max(own, ranking.HEAD_SHARE * above) for own, above in zip(parts, of_head, strict=True)]
        weights = [self._weight(one) for one in concepts]
        coverage = sum(weight for weight, part in zip(weights, parts, strict=True) if part) / sum(weights)
        thanks = min(1 + ranking.HELPFUL * math.log2(1 + document.helpful), ranking.MOST_HELPFUL)
        fresh = 1 + ranking.FRESH * 2 ** (-267 / ranking.FRESH_HALF_LIFE_DAYS)
        return sum(parts) * (1 - ranking.COVERAGE + ranking.COVERAGE * coverage) * thanks * fresh

    def _weight(self, asked: Concept) -> float:
        (typed,), *others = [one.terms for one in asked.alternatives]
        missing = math.prod(
            1 - min(self._df(term) for term in one) / len(self.documents) for one in ((typed,), *others)
        )
        df = len(self.documents) * (1 - missing) if others else self._df(typed)
        return ranking.idf(len(self.documents), df)

    def worth(self, asked: Concept, document: SearchDocument) -> float:
        typed, *others = asked.alternatives
        (term,) = typed.terms
        words_df = self.words_dfs[term.word]
        best = ranking.idf(len(self.documents), self._df(term)) * self._stem(term, document)
        best += ranking.EXACT * ranking.idf(len(self.documents), words_df) * self._word(term, document)
        for other in others:
            if all(self._stem(one, document) for one in other.terms):
                least = min(
                    self._stem(one, document) + ranking.EXACT * self._word(one, document) for one in other.terms
                )
                best = max(best, other.weight * self._weight(asked) * least)
        return best

    def _df(self, term: Term) -> int:
        return self.dfs[term.stem]

    def _stem(self, term: Term, document: SearchDocument) -> float:
        found = self.terms[document.key]
        title_length = 1 - ranking.TITLE_B + ranking.TITLE_B * len(found["title"]) / ranking.TITLE_LENGTH
        frequency = ranking.TITLE * found["title"].count(term.stem) / title_length
        frequency += ranking.BODY * found["body"].count(term.stem) / self._dilution(len(found["body"]), self.body)
        frequency += ranking.TAGS * found["tags"].count(term.stem)
        return frequency * (ranking.K1 + 1) / (frequency + ranking.K1)

    def _word(self, term: Term, document: SearchDocument) -> float:
        words = self.terms[document.key]["exact"]
        frequency = words.count(term.word) / self._dilution(len(words), self.exact)
        return frequency * (ranking.K1 + 1) / (frequency + ranking.K1)

    def _dilution(self, length: int, average: float) -> float:
        return 1 - ranking.BODY_B + ranking.BODY_B * max(length / average, ranking.SHORTEST)


def some_concepts(seed: int) -> Iterator[tuple[Concept, ...]]:
    """One to four words; every third time the first has others that may stand for it."""
    chance = random.Random(seed)
    for number, words in enumerate(some_queries(seed)):
        asked = [concept(word) for word in words]
        if number % 3 == 0:
            others = [word for word in WORDS if word not in words]
            pair = " ".join(chance.sample(others, 2))
            asked[0] = concept(words[0], (chance.choice(others), 0.8), (pair, 0.5))
        yield tuple(asked)


def test_the_whole_ranking_is_what_its_formulas_say_of_each_document(whoosh: WhooshBackend) -> None:
    documents = some_documents(120, 3)
    publish(whoosh, [one for one in documents if one.key != "thread:7"])
    write(whoosh, *(one for one in documents if one.key in ("thread:7", "thread:8", "post:9")))
    counted = Counted(documents)
    for asked in some_concepts(4):
        expected = counted.best(asked)
        matches = whoosh.search(plan(concepts=asked, limit=500)).matches
        assert {one.group: one.score for one in matches} == pytest.approx(expected, rel=1e-4)
        assert is_descending([one.score for one in matches])


def is_descending(scores: Sequence[float]) -> bool:
    """But for differences that do not count."""
    return all(first >= second - ranking.SCORE_STEP for first, second in pairwise(scores))


def test_it_is_the_same_with_many_segments_and_deleted_documents(tmp_path: Path) -> None:
    documents = some_documents(90, 5)
    whole, piecemeal = WhooshBackend(tmp_path / "whole"), WhooshBackend(tmp_path / "piecemeal")
    publish(whole, documents)
    publish(piecemeal, [])
    for start in range(0, len(documents), 9):
        write(piecemeal, *documents[start : start + 9], a_thread_document(999, "Printer toner", status=Status.SOLVED))
    for number in range(10):
        write(piecemeal, documents[number * 5])
    write(piecemeal, without=["thread:999"])
    for asked in some_concepts(6):
        one, other = (index.search(plan(concepts=asked, limit=500)) for index in (whole, piecemeal))
        assert {match.key: match.score for match in other.matches} == pytest.approx(
            {match.key: match.score for match in one.matches}, rel=1e-5
        )
        assert (other.total, other.facets) == (one.total, one.facets)


@pytest.mark.parametrize("enough", [4, 30])
def test_documents_that_are_not_scored_exactly_could_not_have_been_on_the_page(
    whoosh: WhooshBackend, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    documents = some_documents(200, 7)
    archived = [replace(one, status=Status.ARCHIVED) for one in documents if one.key.endswith("3") and one.title]
    publish(whoosh, documents)
    write(whoosh, *archived)
    for asked in some_concepts(8):
        for offset, limit in ((0, 5), (5, 20), (100, 50), (0, 400)):
            page = plan(concepts=asked, offset=offset, limit=limit)
            monkeypatch.setattr(whoosh_scoring, "ENOUGH", 100_000)
            everything = whoosh.search(page)
            monkeypatch.setattr(whoosh_scoring, "ENOUGH", enough)
            assert whoosh.search(page) == everything
