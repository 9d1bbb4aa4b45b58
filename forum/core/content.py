"""The seam through which features meet threads, guides and whatever comes later without importing one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from forum.core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something a person has contributed, as a line on their profile."""

    title: str
    url: str
    excerpt: str
    at: datetime
    badge: str = ""


@dataclass(frozen=True, slots=True)
class ContributionTab:
    """A tab of a profile. `count(viewer, person)`; `page(viewer, person, cursor)` -> lines and the cursor of the next page."""

    slug: str
    label: object
    count: Callable[[Viewer, int], int]
    page: Callable[[Viewer, int, str | None], tuple[tuple[Contribution, ...], str | None]]


_tabs: dict[str, ContributionTab] = {}


def register_contributions(tab: ContributionTab) -> None:
    """Add a tab to every profile; a second one under the same slug replaces the first."""
    _tabs[tab.slug] = tab


def contribution_tabs() -> tuple[ContributionTab, ...]:
    return tuple(_tabs.values())


BoardNames = Callable[[Viewer, frozenset[int]], tuple[str, ...]]
_board_names: list[BoardNames] = []


def register_board_names(names: BoardNames) -> None:
    """Say how boards are called: `names(viewer, ids)` gives the names of those that the viewer may know of."""
    _board_names[:] = [names]


def board_names(viewer: Viewer, ids: frozenset[int]) -> tuple[str, ...]:
    """The names of the boards `ids`, as far as `viewer` may know of them; nothing before somebody registered."""
    return _board_names[0](viewer, ids) if _board_names else ()
