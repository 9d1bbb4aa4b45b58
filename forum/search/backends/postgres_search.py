"""A search in the PostgreSQL index, from a plan to what is found.

Four statements: what is known of the words; the candidates; heads of groups that are not among them; the keys of what is shown. One
more for a phrase; two more where facets have to be counted apart, because not all that matches can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Text, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from forum.search.backends import postgres_candidates as candidates
from forum.search.backends import postgres_filters as filtering
from forum.search.backends.postgres_candidates import MOST_CANDIDATES, Wanted
from forum.search.backends.postgres_filters import Mask
from forum.search.backends.postgres_pool import Pool
from forum.search.backends.postgres_rows import Branch, Narrowing, Reader, numbers
from forum.search.backends.postgres_scoring import Known, Question, all_terms
from forum.search.backends.postgres_tables import documents, generations, terms
from forum.search.documents import Concept, Facet, Filters, Found, Match, Plan, Sort, Term, Unavailable
from forum.search.ranking import Averages

# Phrases are looked up in the texts of so many of the best documents.
PHRASE_CANDIDATES = 200

# The way is known: by the index over terms, then from row to row. PostgreSQL's statistics of arrays are too coarse to find it, and
# to compile or share out a few milliseconds costs more than it saves. For this transaction alone.
SETTINGS = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """The published generation, and the terms of a plan that occur in it."""

    generation: int
    documents: int
    averages: Averages
    stems: Mapping[str, Known]
    words: Mapping[str, Known]


def search(connection: Connection, plan: Plan, most: int = MOST_CANDIDATES) -> Found:
    """What `plan` finds; beyond `most` matching documents by the likeliest of them. Raises Unavailable."""
    opened = opened_for(connection, [*all_terms(plan.concepts), *plan.phrase_terms, *plan.excluded])
    return Search(connection, plan, opened, most).found()


def opened_for(connection: Connection, asked: Iterable[Term]) -> Opened:
    """Raises Unavailable."""
    names = sorted({name for term in asked for name in (term.stem, term.word)})
    known = and_(
        terms.c.generation == generations.c.id,
        terms.c.term == func.any(cast(literal(names, ARRAY(Text)), ARRAY(Text))),
        terms.c.df > 0,
    )
    settings = [func.set_config(name, value, True) for name, value in SETTINGS.items()]
    columns = (terms.c.term, terms.c.is_word, terms.c.id.label("number"), terms.c.df, terms.c.strong_df)
    rows = connection.execute(
        select(generations, *columns, *settings)
        .select_from(generations.outerjoin(terms, known))
        .where(generations.c.is_published)
    ).all()
    if not rows:
        raise Unavailable("no generation is published")
    found = {(row.term, row.is_word): Known(row.number, row.df, row.strong_df) for row in rows if row.term is not None}
    stems = {term: about for (term, is_word), about in found.items() if not is_word}
    words = {term: about for (term, is_word), about in found.items() if is_word}
    about = rows[0]
    count = max(about.documents, 1)
    averages = Averages(about.body_length / count, about.exact_length / count)
    return Opened(about.id, about.documents, averages, stems, words)


class Search:
    """One search, on a connection that sees one state of the database."""

    def __init__(self, connection: Connection, plan: Plan, opened: Opened, most: int) -> None:
        self._connection = connection
        self._plan = plan
        self._opened = opened
        self._most = most
        self._question = self._asked()
        stems, words = self._question.stems.values(), self._question.words.values()
        self._reader = Reader(connection, [stem.number for stem in stems], [word.number for word in words])
        known = {
            term: opened.stems[term.stem].number
            for term in (*plan.phrase_terms, *plan.excluded)
            if term.stem in opened.stems
        }
        self._narrowing = filtering.always(plan, opened.generation, known)

    def found(self) -> Found:
        plan = self._plan
        branches, is_complete = self._branches()
        if not branches:
            return Found(facets={facet: {} for facet in Facet} if plan.with_facets else {})
        pool = self._pool(branches, self._narrowing if is_complete else self._narrowed(plan.filters))
        mask, is_cut = self._with_phrases(pool, pool.found)
        best = pool.best(pool.within(plan.filters, mask), plan.offset + plan.limit)
        page = best.rows[plan.offset :]
        keys = self._keys(pool.rows["id"][page].tolist())
        return Found(
            matches=tuple(
                Match(key, int(pool.rows["grp"][row]), float(pool.scores[row]), float(coverage))
                for key, row, coverage in zip(keys, page, best.coverage[plan.offset :], strict=True)
            ),
            total=best.total,
            facets=self._facets(pool, mask, branches, is_complete) if plan.with_facets else {},
            at_least=is_cut or not is_complete,
        )

    def _asked(self) -> Question:
        """The concepts with what is known of their words; no more of these than are looked up."""
        concepts, opened = self._plan.concepts, self._opened
        asked = all_terms(concepts)
        stems = {term.stem: opened.stems[term.stem] for term in asked if term.stem in opened.stems}
        words = {term.word: opened.words[term.word] for term in asked if term.word in opened.words}
        return Question(concepts, stems, words, opened.documents, opened.averages)

    def _narrowed(self, filters: Filters) -> Narrowing:
        return filtering.with_facets(self._narrowing, self._plan, filters)

    def _branches(self) -> tuple[list[Branch], bool]:
        """What is read, and whether that is all that matches."""
        plan, count = self._plan, self._opened.documents
        if plan.phrase_terms:
            rarest = min(known.df if known else 0 for known in map(self._known, plan.phrase_terms))
            return [Branch((), self._most)] if rarest else [], rarest <= self._most
        if not plan.concepts:
            return [Branch((), self._most, latest=True)], count <= self._most
        wanted = [found for found in map(self._wanted, plan.concepts) if found.stems]
        branches, is_complete = candidates.choose(wanted, count, self._most)
        if plan.sort is Sort.DATE and not is_complete:
            stems = tuple(stem for concept in wanted for stem in concept.stems)
            branches.append(Branch((stems,), self._most // 2, latest=True))
        return branches, is_complete

    def _known(self, term: Term) -> Known | None:
        return self._opened.stems.get(term.stem)

    def _wanted(self, concept: Concept) -> Wanted:
        """An alternative that needs several words is looked for by the rarest of them."""
        known = self._question.stems
        first, *others = concept.alternatives
        stems = {term.stem for term in first.terms if term.stem in known}
        for other in others:
            if all(term.stem in known for term in other.terms):
                stems.add(min((term.stem for term in other.terms), key=lambda stem: known[stem].df))
        found = [known[stem] for stem in sorted(stems)]
        return Wanted(
            tuple(stem.number for stem in found), sum(stem.df for stem in found), sum(stem.strong_df for stem in found)
        )

    def _pool(self, branches: Sequence[Branch], narrowing: Narrowing) -> Pool:
        rows = self._reader.candidates(branches, narrowing)
        return Pool(rows, self._reader, self._plan, self._question, self._opened.generation)

    def _with_phrases(self, pool: Pool, mask: Mask) -> tuple[Mask, bool]:
        """Of the best under all filters, and of the best under those on documents alone, what has the phrases; and whether there
        may be more. All where there are no phrases.
        """
        if self._plan.phrase_check is None or not self._plan.phrase_terms:
            return mask, False
        narrowed = pool.within(self._plan.filters, mask)
        places = np.union1d(_best(pool, narrowed), _best(pool, mask))
        keys = self._keys(pool.rows["id"][places].tolist())
        having = set(self._plan.phrase_check(keys)) if keys else set()
        kept = np.zeros(len(mask), dtype=np.bool_)
        kept[places] = [key in having for key in keys]
        return kept, int(narrowed.sum()) > PHRASE_CANDIDATES

    def _keys(self, ids: list[int]) -> list[str]:
        """The keys of documents, in the order of `ids`."""
        if not ids:
            return []
        query = select(documents.c.id, documents.c.key).where(documents.c.id == func.any(numbers(ids, BigInteger)))
        keys = {number: key for number, key in self._connection.execute(query)}
        return [keys[number] for number in ids]

    def _facets(
        self, pool: Pool, mask: Mask, branches: Sequence[Branch], is_complete: bool
    ) -> dict[Facet, Mapping[int | str, int]]:
        """A facet that narrows the search is counted as if it did not: if need be, on candidates that were read without it."""
        plan = self._plan
        narrowing = {facet for facet, chosen in _chosen(plan.filters).items() if chosen}
        wide, wide_mask = pool, mask
        if narrowing and not is_complete:
            wide = self._pool(branches, self._narrowed(Filters()))
            wide_mask, _is_cut = self._with_phrases(wide, wide.found)
        counted: dict[Facet, Mapping[int | str, int]] = {}
        for facet in Facet:
            of, rows = (wide, wide_mask) if facet in narrowing else (pool, mask)
            counted[facet] = of.counted(facet, of.within(plan.filters, rows, without=facet))
        return counted


def _best(pool: Pool, mask: Mask) -> NDArray[np.intp]:
    """Of the rows of `mask` those with the highest scores, as many as are checked for phrases."""
    places = np.flatnonzero(mask)
    return places[np.argsort(-pool.scores[places], kind="stable")][:PHRASE_CANDIDATES]


def _chosen(filters: Filters) -> dict[Facet, bool]:
    """Which facets narrow the search."""
    return {
        Facet.KIND: bool(filters.kinds),
        Facet.STATUS: bool(filters.statuses),
        Facet.BOARD: bool(filters.boards),
        Facet.UNIT: bool(filters.units),
        Facet.YEAR: bool(filters.years),
    }
