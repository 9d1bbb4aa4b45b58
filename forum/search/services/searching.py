"""The search: a query as it was typed -> a page of results that the viewer may see."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from forum.core.viewer import Viewer
from forum.search import backends, language, planning, ranking
from forum.search.analysis import tokens
from forum.search.documents import Concept, Filters, Found, Match, Plan, Sort, Term
from forum.search.language import Parsed
from forum.search.services import asking, correcting, facets, filtering
from forum.search.services.filtering import Known, Narrowing
from forum.search.services.highlighting import Marker
from forum.search.services.phrases import Checker, Phrase, phrases
from forum.search.services.results import MAX_PAGES, PER_PAGE, Correction, FilterHint, Hit, Request, Results
from forum.search.services.thesaurus import current as current_thesaurus
from forum.search.sources import Card
from forum.search.thesaurus import Thesaurus

__all__ = ["GOOD_COVERAGE", "Request", "Results", "search"]

# A hit is good when it has so much of what the query weighs (the sum of the idf of its concepts). Any-of finds something for any
# nonsense: of twenty questions that the sample content and its distractors cannot answer one found more than .6 of itself, of
# ninety-seven everyday questions that they can, four out of five.
GOOD_COVERAGE = 0.6
# The others ask in more, or other, words than the answer has. There less of the weight will do if what was found is weighty: a score of
# so many times what a word is worth that one document has, which takes two rare words. With both, 95 % of 203 everyday questions have
# their answer among what is good, and 6 % of 133 questions of an encyclopedia have anything there at all (94 and 9 % with .3 and 2.3).
FAIR_COVERAGE = 0.4
STRONG = 2.0
# With fewer good hits than this on the first page a typo is looked for.
ENOUGH_GOOD = 5
SHORTEST_QUERY = 2
MOST_NEAR_WORDS = 5
MOST_FILTER_HINTS = 5
# Words of the thesaurus that are tried, for the words to try instead.
MOST_TRIED = 15

_NO_THESAURUS = Thesaurus(())


def search(viewer: Viewer, request: Request, *, thesaurus: Thesaurus | None = None) -> Results:
    """One page of what `viewer` finds. No query is an error. Raises Unavailable.

    A fixed number of SQL statements, whatever is typed: eight for words alone, one more each for phrases, people and (up to three) tags,
    and for every 500 changes that the index does not have yet.
    """
    began = time.perf_counter()
    parsed = language.parse(request.text)
    query = _Query(viewer, request, parsed, thesaurus or current_thesaurus())
    if query.is_too_short or query.asks_nothing:
        results = Results(
            query=parsed.text,
            words=query.asked,
            request=request,
            chips=query.narrowing.chips,
            notes=query.notes,
            too_short=query.is_too_short,
        )
    else:
        results = _answered(query)
    return replace(results, seconds=time.perf_counter() - began)


class _Query:
    """A query as it is understood, for one viewer."""

    def __init__(self, viewer: Viewer, request: Request, parsed: Parsed, thesaurus: Thesaurus) -> None:
        self.viewer = viewer
        self.request = request
        self.parsed = parsed
        self.thesaurus = thesaurus
        self.page = min(max(request.page, 1), MAX_PAGES)
        self._seen = asking.plan_for(viewer)
        self.known: Known = filtering.known(viewer, self._seen.today, self._has_tag)
        self.narrowing: Narrowing = filtering.narrow(parsed, request, self.known)
        self.phrases: tuple[Phrase, ...] = phrases(parsed.phrases)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(str(note) for note in (*self.parsed.notes, *self.narrowing.notes))

    @cached_property
    def base(self) -> Plan:
        """The plan of the first page, apart from the words."""
        is_by_date = self.request.sort == Sort.DATE
        return replace(
            self._seen,
            filters=self.narrowing.filters,
            phrase_terms=tuple(dict.fromkeys(term for phrase in self.phrases for term in phrase.terms)),
            phrase_check=Checker(self.phrases) if self.phrases else None,
            excluded=_terms(" ".join(self.parsed.excluded)),
            sort=Sort.DATE if is_by_date else Sort.RELEVANCE,
            limit=PER_PAGE,
        )

    @property
    def asked(self) -> str:
        """What it is about: words, phrases, and what was no operator after all."""
        return f"{self.parsed.asked} {self.narrowing.words}".strip()

    @property
    def is_too_short(self) -> bool:
        return len(self.asked) < SHORTEST_QUERY and not self.narrows

    @property
    def asks_nothing(self) -> bool:
        """Nothing but signs; but whoever filters or excludes wants to see what is left."""
        return not (self.narrows or self.plan(self.parsed.words).concepts)

    @property
    def narrows(self) -> bool:
        return self.base.filters != Filters() or bool(self.base.excluded)

    def plan(self, words: str) -> Plan:
        """With `words` in place of the plain words that were typed."""
        asked = f"{words} {self.narrowing.words}".strip()
        return replace(self.base, concepts=_concepts(asked, self.parsed.phrases, self.thesaurus))

    def leads(self, words: str) -> bool:
        """Whether `words` alone lead the viewer to anything, within the filters."""
        concepts = _concepts(words, (), self.thesaurus)
        return asking.leads(replace(self.base, concepts=concepts, phrase_terms=(), phrase_check=None))

    def _has_tag(self, slug: str) -> bool:
        return asking.leads(replace(self._seen, filters=Filters(tags=(slug,))))


def _concepts(words: str, quoted: Iterable[str], thesaurus: Thesaurus) -> tuple[Concept, ...]:
    """What is asked about. What is quoted stands for itself alone, so the thesaurus has no part in it."""
    concepts = planning.concepts(tokens(words), thesaurus)
    exact = planning.concepts(tokens(" ".join(quoted)), _NO_THESAURUS)
    return tuple(dict.fromkeys((*exact, *concepts)))[: planning.MOST_CONCEPTS]


def _terms(text: str) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(Term(token.stem, token.word) for token in tokens(text)))


@dataclass(frozen=True, slots=True)
class _Measure:
    """Tells good hits of a plan from others. `strong`: the score from which less coverage will do."""

    plan: Plan
    strong: float

    def is_good(self, match: Match) -> bool:
        """Likely to be what is looked for. Where there are no words, whatever the filters leave is."""
        if not self.plan.concepts or match.coverage >= GOOD_COVERAGE:
            return True
        return match.coverage >= FAIR_COVERAGE and match.score >= self.strong

    def count(self, found: Found) -> int:
        return sum(map(self.is_good, found.matches))


def _measure(plan: Plan) -> _Measure:
    return _Measure(plan, STRONG * ranking.idf(backends.current().document_count(), 1))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is shown: the plan of the first page, what it found, and how the words were mended for it."""

    plan: Plan
    found: Found
    correction: Correction | None = None


def _answered(query: _Query) -> Results:
    chosen = _chosen(query)
    plan, found = chosen.plan, chosen.found
    if query.page > 1:
        plan = replace(plan, offset=(query.page - 1) * PER_PAGE)
        found = asking.find(plan)
    answer = asking.show(query.viewer, plan, found)
    marker = Marker(plan.concepts, plan.phrase_terms)
    measure = _measure(plan)
    hits = tuple(_hit(match, card, measure, marker) for match, card in answer.shown)
    good = sum(hit.is_good for hit in hits)
    any_good = good > 0 or (query.page > 1 and measure.count(chosen.found) > 0)
    total = answer.found.total
    return Results(
        query=query.parsed.text,
        words=query.asked,
        request=query.request,
        hits=hits,
        total=total,
        at_least=answer.found.at_least,
        facets=facets.views(answer.found, plan.filters, query.known),
        chips=query.narrowing.chips,
        notes=query.notes,
        correction=chosen.correction,
        good=good,
        is_good=any_good,
        fewer_filters=() if any_good else _fewer_filters(query, chosen.plan, total),
        near_words=() if any_good else _near_words(query, chosen.plan),
        page=query.page,
        pages=max(1, min(MAX_PAGES, -(-total // PER_PAGE))),
    )


def _hit(match: Match, card: Card, measure: _Measure, marker: Marker) -> Hit:
    return Hit(
        card=card,
        title_parts=marker.title(card.title),
        snippet_parts=marker.snippet(card.text),
        score=match.score,
        coverage=match.coverage,
        is_good=measure.is_good(match),
    )


def _chosen(query: _Query) -> _Chosen:
    """The words as typed, unless nothing good is found with them and something is when they are mended."""
    plan = query.plan(query.parsed.words)
    found = asking.find(plan)
    good = _measure(plan).count(found)
    if query.request.as_typed or good >= ENOUGH_GOOD or not plan.concepts:
        return _Chosen(plan, found)
    mended = _mended(query)
    if mended == query.parsed.words:
        return _Chosen(plan, found)
    other = query.plan(mended)
    better = asking.find(other)
    if _measure(other).count(better) <= good:
        return _Chosen(plan, found)
    correction = Correction(query.parsed.with_words(mended), good == 0, query.parsed.text)
    return _Chosen(other, better, correction) if correction.applied else _Chosen(plan, found, correction)


def _mended(query: _Query) -> str:
    """The plain words with what looks mistyped replaced by words that lead the viewer somewhere."""
    words = query.parsed.words
    vocabulary = correcting.current_vocabulary(query.thesaurus)
    fixes = correcting.fixes(tokens(words), vocabulary)
    return correcting.replaced(words, correcting.choose(fixes, query.leads))


def _fewer_filters(query: _Query, plan: Plan, total: int) -> tuple[FilterHint, ...]:
    """Filters without which there would be more, with how many."""
    hints = []
    for chip in query.narrowing.chips[:MOST_FILTER_HINTS]:
        without = replace(plan, filters=query.narrowing.without(chip), limit=1, with_facets=False)
        count = asking.find(without).total
        if count > total:
            hints.append(FilterHint(chip, count))
    return tuple(hints)


def _near_words(query: _Query, plan: Plan) -> tuple[str, ...]:
    """Other words for what was asked about, by the thesaurus, that lead the viewer somewhere."""
    others = (" ".join(term.word for term in other.terms) for c in plan.concepts for other in c.alternatives[1:])
    near: list[str] = []
    for words in list(dict.fromkeys(others))[:MOST_TRIED]:
        if len(near) < MOST_NEAR_WORDS and query.leads(words):
            near.append(words)
    return tuple(near)
