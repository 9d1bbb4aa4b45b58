"""Registers guides as places where personal data may stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, false, select

from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import Guide
from forum.library.queries import guarding
from forum.library.services import redacting
from forum.privacy import sources
from forum.privacy.sources import Exposure, Item, Place


class Guides:
    """Guides, each with all its revisions."""

    kind = "guide"
    label = lazy("Panduan")

    def count(self) -> int:
        return guarding.count()

    def batch(self, after: int, limit: int) -> Sequence[Item]:
        return guarding.guides_after(after, limit)

    def places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        return guarding.guide_places(ids)

    def looked_after_by(self, viewer: Viewer) -> Select[Any]:
        return select(Guide.id) if policy.may_curate(viewer) else select(Guide.id).where(false())

    def masking(self, object_id: int) -> Any:
        return None

    def mask(self, actor: Viewer, object_id: int, prepared: Any, reason: str) -> None:
        redacting.mask_guide(actor, object_id)

    def exposure(self, object_id: int) -> Exposure | None:
        return guarding.exposure(object_id)

    def holding(self, words: str, limit: int) -> Sequence[int]:
        return guarding.holding(words, limit)

    def at(self, path: str) -> int | None:
        return guarding.guide_at(path)


def register() -> None:
    """Once, when the application starts."""
    sources.register(Guides())
