"""What the machine looks for in what was written: after it is there, never in its way. It opens cases and changes nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from forum.core import clock, outbox
from forum.core.errors import NotFound
from forum.moderation import subjects
from forum.moderation.causes import Cause
from forum.moderation.services.opening import open_case
from forum.moderation.services.words import watched_words
from forum.moderation.subjects import Subject

# The topic of the outbox; the key is the id of a post.
CHECK = "moderation.check"

NEW_ACCOUNT = timedelta(days=7)
MANY_LINKS = 3
REPEATED_WITHIN = timedelta(days=1)
REPEATED_TIMES = 3
# What is shorter is said often without harm: "Terima kasih banyak, Bu."
LONG_ENOUGH = 40
_LINK = re.compile(r"<a [^>]*href=\"(?:https?:)?//")


def ask(post_id: int) -> None:
    """A post was written or changed: have it looked at once it is there."""
    outbox.put(CHECK, post_id)


def look(post_id: int) -> list[tuple[Cause, str]]:
    """What a post shows, each with what there is to say about it. Reads only, since a long text must not hold up writers."""
    try:
        subject = subjects.read(None, "post", post_id)
    except NotFound:
        return []
    return [] if subject.is_gone else _causes(subject)


def open_cases(post_id: int, found: Iterable[tuple[Cause, str]]) -> None:
    """Bring what `look` found before moderators. Done again it changes nothing."""
    for cause, note in found:
        open_case("post", post_id, cause, note)


def _causes(subject: Subject) -> list[tuple[Cause, str]]:
    found: list[tuple[Cause, str]] = []
    if words := words_in(f"{subject.title}\n{subject.body}", watched_words()):
        found.append((Cause.WORD, ", ".join(words)))
    links = len(_LINK.findall(subject.html))
    if links >= MANY_LINKS and subject.created_at - subject.author_since < NEW_ACCOUNT:
        found.append((Cause.LINKS, str(links)))
    if _is_repeated(subject):
        found.append((Cause.REPEATED, ""))
    return found


def _is_repeated(subject: Subject) -> bool:
    same = subjects.kind_of(subject.kind).same
    if same is None or len(subject.body) < LONG_ENOUGH:
        return False
    return same(subject, clock.now() - REPEATED_WITHIN) >= REPEATED_TIMES


def words_in(text: str, watched: Sequence[str]) -> tuple[str, ...]:
    """Which of the watched words and phrases stand in `text`, in whatever form."""
    if not watched:
        return ()
    joined = f" {' '.join(subjects.stems(text))} "
    return tuple(words for words in watched if f" {' '.join(subjects.stems(words))} " in joined)
