"""What a field offers while somebody types: tags, titles of guides and threads, and the search itself.

Everything offered comes from cards, which the database gives for this viewer: a title or tag that only others may see is not offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.search import backends, language, planning
from forum.search.analysis import Token, fold, tokens
from forum.search.documents import Alternative, Concept, Kind, Term
from forum.search.services import asking
from forum.search.services.results import Suggestion
from forum.search.services.thesaurus import current as current_thesaurus
from forum.search.sources import Card
from forum.search.thesaurus import Thesaurus

SHORTEST = 2
MOST_TITLES = 5
MOST_TAGS = 3
# Words that the last one, unfinished, may become; and hits among which titles are looked for.
EXPANSIONS = 8
CANDIDATES = 20
EXPANSION_WEIGHT = 0.9
SEARCH_PAGE = "/cari"


def suggest(viewer: Viewer, text: str, *, thesaurus: Thesaurus | None = None) -> tuple[Suggestion, ...]:
    """Up to three tags and five titles (guides first) for what is typed so far, and "Cari ..." as the last.

    Nothing for less than two characters. A fixed number of SQL statements. Raises Unavailable.
    """
    parsed = language.parse(text)
    if len(parsed.text) < SHORTEST:
        return ()
    typed = _typed(parsed.asked)
    cards = _cards(viewer, typed, thesaurus or current_thesaurus()) if typed else []
    offered = [*_tags(cards, typed), *_titles(cards, typed)] if typed else []
    return (*offered, _search_for(parsed.text))


@dataclass(frozen=True, slots=True)
class _Typed:
    """`done`: whole words; `last`: the word that may be unfinished; `piece`: with what it is joined to, as typed ("ktp-e")."""

    done: tuple[Token, ...]
    last: Token
    piece: str


def _typed(text: str) -> _Typed | None:
    found = tokens(text)
    return _Typed(tuple(found[:-1]), found[-1], fold(text.split()[-1])) if found else None


def _search_for(text: str) -> Suggestion:
    return Suggestion("cari", _("Cari “%(text)s”", text=text), f"{SEARCH_PAGE}?{urlencode({'q': text})}")


def _cards(viewer: Viewer, typed: _Typed, thesaurus: Thesaurus) -> list[Card]:
    """What may be meant, the likeliest first."""
    concepts = (*planning.concepts(typed.done, thesaurus), _unfinished(typed.last))[-planning.MOST_CONCEPTS :]
    plan = replace(asking.plan_for(viewer), concepts=concepts, limit=CANDIDATES, with_facets=False)
    return [card for _match, card in asking.show(viewer, plan, asking.find(plan)).shown]


def _unfinished(last: Token) -> Concept:
    """The last word as it stands, or any that begins with it."""
    longer = backends.current().title_words(last.word, EXPANSIONS)
    typed = Alternative((Term(last.stem, last.word),))
    others = (Alternative((Term(word, word),), EXPANSION_WEIGHT) for word in longer if word != last.stem)
    return Concept((typed, *others))


def _titles(cards: Sequence[Card], typed: _Typed) -> list[Suggestion]:
    fitting = [card for card in cards if _fits(card.title, typed)]
    fitting.sort(key=lambda card: _is_guide(card) is False)
    distinct = {card.head_url: card for card in fitting}
    return [
        Suggestion("panduan" if _is_guide(card) else "diskusi", card.title, card.head_url)
        for card in list(distinct.values())[:MOST_TITLES]
    ]


def _is_guide(card: Card) -> bool:
    return card.kind is Kind.GUIDE


def _tags(cards: Iterable[Card], typed: _Typed) -> list[Suggestion]:
    """Tags of what was found that begin as what is typed, the most frequent first."""
    counted = Counter(tag for card in cards for tag in card.tags)
    fitting = [(name, url) for (name, url), _count in counted.most_common() if _fits(name, typed)]
    return [Suggestion("tag", name, url) for name, url in fitting[:MOST_TAGS]]


def _fits(text: str, typed: _Typed) -> bool:
    """Whether every word that is typed is in `text`, the last as the beginning of one; stop words do not matter."""
    found = tokens(text)
    stems = {token.stem for token in found}
    if any(piece.startswith(typed.piece) for piece in fold(text).split()):
        return all(token.is_stop or token.stem in stems for token in typed.done if token.end < typed.last.start)
    begins = any(word.startswith(typed.last.word) for token in found for word in (token.word, token.stem))
    return (begins or typed.last.stem in stems) and all(token.is_stop or token.stem in stems for token in typed.done)
