"""Registers what this feature contributes to the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from forum.core.content import Duty, FileOwner, register_duty, register_file_owner, register_made_reader
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.library.queries import desk, files, guides, searching
from forum.search import sources
from forum.search.documents import Kind, SearchDocument
from forum.search.sources import Card


class Guides:
    """Guides, for `search.sources`."""

    kinds = frozenset({Kind.GUIDE})

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        return searching.documents(keys)

    def affected(self, key: str, after: int) -> tuple[Sequence[str], int | None]:
        return (), None

    def everything(self, batch: int) -> Iterator[tuple[SearchDocument, ...]]:
        return searching.everything(batch)

    def count(self) -> int:
        return searching.count()

    def cards(self, viewer: Viewer, keys: Collection[str]) -> Mapping[str, Card]:
        return searching.cards(viewer, keys)

    def texts(self, keys: Collection[str]) -> Mapping[str, str]:
        return searching.texts(keys)

    def visible(self, viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
        return searching.visible(viewer, groups)


def register() -> None:
    """What search finds, which guides come from a thread, and who sees files of revisions."""
    sources.register(Guides())
    register_made_reader(guides.made_from)
    hint = lazy("Naskah yang menunggu tinjauan, panduan yang dilaporkan atau perlu ditinjau ulang")
    register_duty(Duty("guides", lazy("Meja kurator"), hint, "/moderasi/panduan", desk.waiting))
    register_file_owner(FileOwner(files.FILES, files.may_see, files.visible, files.in_draft))
