"""Registers posts, threads and tags as places where personal data may stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, false, select

from forum.core.errors import Denied, NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions.models import Post, Tag, Thread
from forum.discussions.queries import guarding
from forum.discussions.queries.records import opening_post_id
from forum.discussions.services import masking
from forum.privacy import sources
from forum.privacy.sources import Exposure, Item, Place

_POST = re.compile(r"(?:[?&]balasan=|#p-|/kiriman/)(\d{1,18})")
_THREAD = re.compile(r"/diskusi/(\d{1,18})(?:-|\Z|[/?#])")


class Posts:
    """Posts, each with its earlier texts; titles stand with opening posts."""

    kind = "post"
    label = lazy("Kiriman")

    def count(self) -> int:
        return guarding.count_of(Post)

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        return guarding.posts_after(after, limit)

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        return guarding.post_places(ids)

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        return guarding.moderated(viewer, Post.id, Post.thread_id)

    def masking(self, object_id: int) -> Any:
        return masking.prepare_post(object_id)

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        masking.mask_post(actor, object_id, prepared, reason)

    def exposure(self, object_id: int) -> Exposure | None:
        return guarding.exposure(object_id)

    def holding(self, words: str, limit: int) -> Sequence[int]:
        return guarding.holding(words, limit)

    def at(self, path: str) -> int | None:
        if found := _POST.search(path):
            return int(found[1])
        thread = _THREAD.search(path)
        if thread is None or not guarding.thread_places([int(thread[1])]):
            return None
        return opening_post_id(int(thread[1]))


class _NotInBreaches:
    """What the breach helper does not look for by itself."""

    def exposure(self, object_id: int) -> Exposure | None:
        return None

    def holding(self, words: str, limit: int) -> Sequence[int]:
        return ()

    def at(self, path: str) -> int | None:
        return None


class Summaries(_NotInBreaches):
    """Summaries of threads, and why they were locked."""

    kind = "thread"
    label = lazy("Ringkasan diskusi")

    def count(self) -> int:
        return guarding.count_of(Thread)

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        return guarding.threads_after(after, limit)

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        return guarding.thread_places(ids)

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        return guarding.moderated(viewer, Thread.id, Thread.id)

    def masking(self, object_id: int) -> Any:
        return masking.prepare_summary(object_id)

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        masking.mask_summary(actor, object_id, prepared, reason)


class Tags(_NotInBreaches):
    """Tags and their synonyms: for admins, who mend them by hand."""

    kind = "tag"
    label = lazy("Tag")

    def count(self) -> int:
        return guarding.count_of(Tag)

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        return guarding.tags_after(after, limit)

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        return guarding.tag_places(ids)

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        return select(Tag.id) if viewer.is_admin else select(Tag.id).where(false())

    def masking(self, object_id: int) -> Any:
        raise NotFound

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        raise Denied


def register() -> None:
    """Once, when the application starts."""
    for source in (Posts(), Summaries(), Tags()):
        sources.register(source)
