"""Text for measuring: paragraphs whose words are as frequent as in the sample content, rendered once and used many times."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

from forum.core.markup import POST
from forum.core.sandbox import default_renderer
from forum.demo import content

POOL = 400
SENTENCES = (2, 5)
WORDS = (6, 18)


@dataclass(frozen=True, slots=True)
class Paragraph:
    body: str
    html: str


class Writer:
    """Makes titles and posts out of a fixed pool; the same seed gives the same texts."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311 - test data, no secret
        counted = Counter(word for text in _texts() for word in re.findall(r"[a-z][a-z-]+", text.lower()))
        self.vocabulary = list(counted)
        self.weights = list(counted.values())
        self.pool = [self._paragraph() for _ in range(POOL)]

    def _sentence(self) -> str:
        words = self.random.choices(self.vocabulary, self.weights, k=self.random.randint(*WORDS))
        return " ".join(words).capitalize() + "."

    def _paragraph(self) -> Paragraph:
        body = " ".join(self._sentence() for _ in range(self.random.randint(*SENTENCES)))
        return Paragraph(body, default_renderer().render(body, POST).html)

    def title(self) -> str:
        words = self.random.choices(self.vocabulary, self.weights, k=self.random.randint(5, 11))
        return " ".join(words).capitalize()[:150].ljust(10, "?")

    def post(self) -> Paragraph:
        """One to three paragraphs of the pool."""
        parts = self.random.choices(self.pool, k=self.random.choice((1, 1, 2, 2, 3)))
        return Paragraph("\n\n".join(part.body for part in parts), "\n".join(part.html for part in parts))


def _texts() -> list[str]:
    return [text for thread in content.threads() for text in (thread.body, *(post.body for post in thread.posts))]
