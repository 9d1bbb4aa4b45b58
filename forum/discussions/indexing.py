"""Registers what this feature contributes to the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from forum.core.content import (
    ContributionTab,
    FileOwner,
    register_board_names,
    register_contributions,
    register_file_owner,
    register_post_reader,
    register_share_reader,
    register_solved_reader,
    register_thread_reader,
)
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.discussions.queries import contributions, files, moderated, search_cards, searching, taking_up
from forum.discussions.queries.admin import board_names
from forum.discussions.queries.shapes import FILES
from forum.search import sources
from forum.search.documents import Kind, SearchDocument
from forum.search.sources import Card, Choice


class Discussions:
    """Threads and replies, for `search.sources`."""

    kinds = frozenset({Kind.THREAD, Kind.REPLY})

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        return searching.documents(keys)

    def affected(self, key: str, after: int) -> tuple[Sequence[str], int | None]:
        return searching.affected(key, after)

    def everything(self, batch: int) -> Iterator[tuple[SearchDocument, ...]]:
        return searching.everything(batch)

    def count(self) -> int:
        return searching.count()

    def cards(self, viewer: Viewer, keys: Collection[str]) -> Mapping[str, Card]:
        return search_cards.cards(viewer, keys)

    def texts(self, keys: Collection[str]) -> Mapping[str, str]:
        return search_cards.texts(keys)

    def visible(self, viewer: Viewer, groups: Collection[int]) -> frozenset[int]:
        return search_cards.visible(viewer, groups)


class BoardsAndTags:
    """What discussions can be filtered by, for `search.sources`."""

    def readable_boards(self, viewer: Viewer) -> frozenset[int] | None:
        return search_cards.readable_boards(viewer)

    def boards(self, viewer: Viewer) -> tuple[Choice, ...]:
        return search_cards.boards(viewer)

    def tag(self, name: str) -> str | None:
        return search_cards.tag(name)


def register() -> None:
    """The tabs of a profile, in their order; the names of boards; what search finds."""
    register_contributions(
        ContributionTab("diskusi", lazy("Diskusi"), contributions.thread_count, contributions.threads)
    )
    register_contributions(
        ContributionTab("balasan", lazy("Balasan"), contributions.reply_count, contributions.replies)
    )
    register_contributions(
        ContributionTab("solusi", lazy("Jawaban diterima"), contributions.solution_count, contributions.solutions)
    )
    register_board_names(board_names)
    register_file_owner(FileOwner(FILES, files.may_see, files.visible, files.in_draft))
    register_thread_reader(taking_up.source_thread)
    register_post_reader(taking_up.post_html)
    register_solved_reader(taking_up.solved_threads)
    register_share_reader(taking_up.cited_share)
    sources.register(Discussions())
    sources.register_places(BoardsAndTags())
    moderated.register()
