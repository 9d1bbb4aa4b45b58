"""Documents and queries to measure with: nobody wrote them, but words occur as often as they do in Indonesian, and each thread keeps
to a few subjects. The same number always gives the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.search.analysis import tokens
from forum.search.analysis.roots import lines, roots
from forum.search.documents import Kind, SearchDocument, Status, group_of

SEED = 20
BOARDS, UNITS, TAGS = 12, 30, 80
REPLIES = 4.0
"""Replies of a thread, on average."""
GUIDE_SHARE = 0.05
"""Guides for each thread."""
SUBJECTS = 14
FUNCTION_SHARE, SUBJECT_SHARE = 0.3, 0.25
SHORTEST, LONGEST = 300, 1500
FIRST_DAY, DAYS = datetime(2022, 11, 1, tzinfo=UTC), 1480
MOST_WORDS = 85_000
"""So many different words are in 100,000 real texts of this length."""
FLATTENED = 15.0
"""Ranks of words begin here, so that the most frequent that is no stop word makes .7 % of the text, as in the news."""
EXTENSION = 40
"""Words of the language that are drawn at once for a text; with their blanks some 270 characters."""

Affix = tuple[str, str]
AFFIXES: tuple[Affix, ...] = (
    ("", ""),
    ("", "nya"),
    ("di", ""),
    ("", "an"),
    ("di", "kan"),
    ("ke", "an"),
    ("ber", ""),
    ("ter", ""),
)
THREAD_STATUSES = (Status.OPEN, Status.OPEN, Status.SOLVED, Status.SOLVED, Status.SOLVED, Status.ARCHIVED)
GUIDE_STATUSES = (Status.UNVALIDATED, Status.VALIDATED, Status.VALIDATED, Status.REVIEW_DUE)

Words = NDArray[np.object_]


class Language:
    """Words with how often each is drawn: the few that hold sentences together, and all others, by Zipf's law."""

    def __init__(self, generator: np.random.Generator) -> None:
        known = sorted(root for root in roots() if len(root) > 3)
        self.function_words: Words = np.array(
            [word for line in lines("stopwords.txt") for word in line.split()], np.object_
        )
        formed = [f"{before}{root}{behind}" for root in known for before, behind in AFFIXES]
        # Simple words are the frequent ones; their forms become rarer in the order of the affixes.
        ranks = np.tile(np.arange(len(AFFIXES)), len(known)) * 0.4 + generator.exponential(1.0, len(formed))
        self.words: Words = np.array(formed, np.object_)[np.argsort(ranks, kind="stable")[:MOST_WORDS]]
        self._shares = _zipf(len(self.words), FLATTENED)
        self._function_shares = _zipf(len(self.function_words), 2.7)

    def draw(self, generator: np.random.Generator, count: int) -> NDArray[np.intp]:
        """Places of `count` of the words."""
        return np.searchsorted(self._shares, generator.random(count))

    def draw_function_words(self, generator: np.random.Generator, count: int) -> Words:
        return self.function_words[np.searchsorted(self._function_shares, generator.random(count))]


def _zipf(count: int, flattened: float) -> NDArray[np.float64]:
    """How likely a word is or one before it, by its rank."""
    weights = 1 / (np.arange(count) + flattened)
    return np.asarray(np.cumsum(weights / weights.sum()))


@dataclass(frozen=True, slots=True)
class Query:
    """`text` as somebody types it."""

    text: str

    @property
    def words(self) -> list[str]:
        """Its words, folded, without stop words."""
        return [token.word for token in tokens(self.text) if not token.is_stop]


class Content:
    """`count` documents: threads with their replies, one guide for every twentieth thread."""

    def __init__(self, count: int) -> None:
        self.count = count

    @cached_property
    def _language(self) -> Language:
        return Language(np.random.default_rng(SEED))

    def documents(self) -> Iterator[SearchDocument]:
        generator = np.random.default_rng(SEED + 1)
        made = thread = post = guide = 0
        while made < self.count:
            thread += 1
            subjects = self._subjects(generator)
            made += 1
            yield self._head(generator, Kind.THREAD, thread, subjects)
            if generator.random() < GUIDE_SHARE and made < self.count:
                guide += 1
                made += 1
                yield self._head(generator, Kind.GUIDE, guide, subjects)
            replies = min(int(generator.geometric(1 / (REPLIES + 1))) - 1, self.count - made)
            for _reply in range(replies):
                post += 1
                yield self._reply(generator, post, thread, subjects)
            made += replies

    def posts(self, first: int) -> Iterator[SearchDocument]:
        """Further replies without end, numbered from `first`, to the first thread."""
        generator = np.random.default_rng(SEED + 2)
        subjects = self._subjects(generator)
        while True:
            yield self._reply(generator, first, 1, subjects)
            first += 1

    def queries(self, count: int) -> list[Query]:
        """Of two to four words: the subject of some thread, and what people write with it."""
        generator = np.random.default_rng(SEED + 3)
        made: list[Query] = []
        while len(made) < count:
            size = int(generator.integers(2, 5))
            subjects = self._subjects(generator)
            about = generator.choice(subjects, size - size // 2, replace=False)
            words = [*self._language.words[about], *self._language.words[self._language.draw(generator, size // 2)]]
            query = Query(" ".join(words))
            if 2 <= len(query.words) <= 4:
                made.append(query)
        return made

    def _subjects(self, generator: np.random.Generator) -> NDArray[np.intp]:
        """What a thread is about: four words at least."""
        while len(subjects := np.unique(self._language.draw(generator, SUBJECTS))) < 4:
            pass
        return subjects

    def _head(
        self, generator: np.random.Generator, kind: Kind, number: int, subjects: NDArray[np.intp]
    ) -> SearchDocument:
        statuses = GUIDE_STATUSES if kind is Kind.GUIDE else THREAD_STATUSES
        tags = tuple(
            f"tag{tag}" for tag in np.unique(generator.integers(0, TAGS, int(generator.integers(0, 4)))).tolist()
        )
        return SearchDocument(
            key=f"{kind}:{number}",
            group=group_of(kind, number),
            title=self._title(generator, subjects),
            tags=tags,
            tag_slugs=tags,
            board_id=None if kind is Kind.GUIDE else int(BOARDS * generator.random() ** 2) + 1,
            unit_id=int(UNITS * generator.random() ** 2) + 1,
            status=statuses[int(generator.integers(0, len(statuses)))],
            **self._common(generator, subjects),
        )

    def _reply(
        self, generator: np.random.Generator, number: int, thread: int, subjects: NDArray[np.intp]
    ) -> SearchDocument:
        return SearchDocument(
            key=f"{Kind.REPLY}:{number}",
            group=group_of(Kind.THREAD, thread),
            is_solution=bool(generator.random() < 0.1),
            **self._common(generator, subjects),
        )

    def _common(self, generator: np.random.Generator, subjects: NDArray[np.intp]) -> dict[str, Any]:
        return {
            "body": self._text(generator, subjects),
            "created_at": FIRST_DAY + timedelta(days=float(generator.random() * DAYS)),
            "author_id": int(generator.integers(1, 500)),
            "helpful": int(generator.geometric(0.6)) - 1,
        }

    def _title(self, generator: np.random.Generator, subjects: NDArray[np.intp]) -> str:
        about = self._language.words[
            generator.choice(subjects, min(len(subjects), int(generator.integers(3, 6))), replace=False)
        ]
        with_them = self._language.words[self._language.draw(generator, 2)]
        return " ".join([*about, *with_them]).capitalize()

    def _text(self, generator: np.random.Generator, subjects: NDArray[np.intp]) -> str:
        """Between the shortest and the longest, most of them short; sentences of some ten words."""
        length = SHORTEST + int((LONGEST - SHORTEST) * generator.random() ** 2)
        text = ""
        while len(text) < length:
            text += self._sentence(generator, subjects)
        return text[:length]

    def _sentence(self, generator: np.random.Generator, subjects: NDArray[np.intp]) -> str:
        kinds = generator.random(EXTENSION)
        words = self._language.words[self._language.draw(generator, EXTENSION)]
        about = self._language.words[subjects[generator.integers(0, len(subjects), EXTENSION)]]
        plain = self._language.draw_function_words(generator, EXTENSION)
        words = np.where(kinds < FUNCTION_SHARE, plain, np.where(kinds < FUNCTION_SHARE + SUBJECT_SHARE, about, words))
        sentences = (" ".join(words[start : start + 10]).capitalize() for start in range(0, EXTENSION, 10))
        return ". ".join(sentences) + ". "


class Texts:
    """The documents in a database, as the site has its own: indexes are built from it, and what is shown is read from it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (key PRIMARY KEY, grp, title, body, tags, board, unit, status, author, helpful, solution, at)"
        )

    def add(self, documents: Sequence[SearchDocument]) -> None:
        rows = [
            (
                *(one.key, one.group, one.title, one.body, " ".join(one.tags), one.board_id, one.unit_id),
                *(int(one.status), one.author_id, one.helpful, int(one.is_solution), one.created_at.isoformat()),
            )
            for one in documents
        ]
        with self._connection:
            self._connection.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def everything(self) -> Iterator[SearchDocument]:
        for row in self._connection.execute("SELECT * FROM documents ORDER BY rowid"):
            key, group, title, body, tags, board, unit, status, author, helpful, solution, at = row
            names = tuple(tags.split())
            yield SearchDocument(
                *(key, group, body, datetime.fromisoformat(at), author, helpful, bool(solution), title),
                *(names, names, board, unit, Status(status)),
            )

    def of(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Titles and texts; replies have no title."""
        query = "SELECT key, title, body FROM documents WHERE key IN (SELECT value FROM json_each(?))"
        return {key: (title, body) for key, title, body in self._connection.execute(query, (json.dumps(keys),))}

    def close(self) -> None:
        self._connection.close()
