"""What a row of the PostgreSQL index says of the terms in a document: two arrays, place for place.

The numbers of terms are sorted, so that PostgreSQL finds one in them by halving (`width_bucket`). A term that occurs strongly is
there once more, as the negative number, with a count of 0: so the documents where a frequent word weighs most are found by the
same index as the others, without reading all that merely contain it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from forum.search.analysis import index_terms
from forum.search.documents import SearchDocument

# A count has 15 bits: ten for the body, two for tags, three for the title. More occurrences weigh no more than the most of these.
MOST_IN_BODY, MOST_IN_TAGS, MOST_IN_TITLE = 1023, 3, 7
TAGS_SHIFT, TITLE_SHIFT = 10, 12
IN_TITLE = 1 << 14  # of an untouched word: it is in the title or the tags

# A body of this many terms is an ordinary one; `STRONG` is reached by three occurrences in it, by one in a few words.
ORDINARY_LENGTH = 100
STRONG = 2.4

STEM, WORD = False, True
Number = Callable[[str, bool], int]
Frequency = tuple[int, int, int, int]


@dataclass(slots=True)
class Analysed:
    """A document in terms. `stems`: term -> its occurrences in title, tags, body; `words` in title and body together."""

    title: Counter[str]
    tags: Counter[str]
    body: Counter[str]
    words: Counter[str]
    title_words: set[str] = field(default_factory=set)

    @property
    def lengths(self) -> tuple[int, int, int]:
        """Title, body, untouched words."""
        return self.title.total(), self.body.total(), self.words.total()

    def is_strong(self, stem: str) -> bool:
        share = 0.4 + 0.6 * self.body.total() / ORDINARY_LENGTH
        return stem in self.title or stem in self.tags or self.body[stem] >= STRONG * share


def analyse(document: SearchDocument) -> Analysed:
    """The terms of `document`, by the analysis that queries use too."""
    title, title_words = index_terms(document.title)
    body, body_words = index_terms(document.body)
    tags, tag_words = index_terms(" \n".join(document.tags))
    found = Counter(title_words)
    found.update(body_words)
    return Analysed(Counter(title), Counter(tags), Counter(body), found, {*title_words, *tag_words})


def stem_vector(found: Analysed, number: Number) -> tuple[list[int], list[int]]:
    """The columns `stems` and `stem_counts`; `number` gives the number of a term."""
    counts: dict[int, int] = {}
    for stem in found.title.keys() | found.tags.keys() | found.body.keys():
        at = number(stem, STEM)
        counts[at] = (
            min(found.title[stem], MOST_IN_TITLE) << TITLE_SHIFT
            | min(found.tags[stem], MOST_IN_TAGS) << TAGS_SHIFT
            | min(found.body[stem], MOST_IN_BODY)
        )
        if found.is_strong(stem):
            counts[-at] = 0
    return _columns(counts)


def word_vector(found: Analysed, number: Number) -> tuple[list[int], list[int]]:
    """The columns `words` and `word_counts`."""
    counts = {number(word, WORD): min(count, MOST_IN_BODY) for word, count in found.words.items()}
    for word in found.title_words:
        at = number(word, WORD)
        counts[at] = counts.get(at, 0) | IN_TITLE
    return _columns(counts)


def _columns(counts: dict[int, int]) -> tuple[list[int], list[int]]:
    order = sorted(counts)
    return order, [counts[at] for at in order]


def unpack(counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Occurrences in title, body and tags, as arrays of the same shape."""
    return counts >> TITLE_SHIFT, counts & MOST_IN_BODY, (counts >> TAGS_SHIFT) & MOST_IN_TAGS


def frequencies(
    stems: list[int], stem_counts: list[int], words: list[int], word_counts: list[int]
) -> Iterator[Frequency]:
    """What a row adds to the frequencies of its terms: number, then `df`, `strong_df`, `title_df`."""
    for at, count in zip(stems, stem_counts, strict=True):
        yield (at, 1, 0, int(count >> TAGS_SHIFT > 0)) if at > 0 else (-at, 0, 1, 0)
    for at, count in zip(words, word_counts, strict=True):
        yield at, int(count & MOST_IN_BODY > 0), 0, int(count >= IN_TITLE)


def as_array(numbers: list[int]) -> str:
    """As PostgreSQL reads an array in a COPY."""
    return "{" + ",".join(map(str, numbers)) + "}"
