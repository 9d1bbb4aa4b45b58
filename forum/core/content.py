"""The seam through which features meet threads, guides and whatever comes later without importing one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from forum.core.errors import NotFound
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


@dataclass(frozen=True, slots=True)
class SourcePost:
    """A post as a source of something else. `version` moves with every edit of it."""

    id: int
    number: int
    url: str
    author: str
    body: str
    version: int
    is_opening: bool
    is_solution: bool


@dataclass(frozen=True, slots=True)
class SourceThread:
    """A thread with the posts that a viewer may see and that are worth taking up: the question, its solution, helpful replies."""

    id: int
    title: str
    url: str
    unit_id: int | None
    tags: tuple[str, ...]
    posts: tuple[SourcePost, ...]


ThreadReader = Callable[[Viewer, int], SourceThread]
_thread_readers: list[ThreadReader] = []


def register_thread_reader(reader: ThreadReader) -> None:
    """Say how a thread is read as a source: `reader(viewer, thread_id)` raises NotFound for what the viewer may not see."""
    _thread_readers[:] = [reader]


def source_thread(viewer: Viewer, thread_id: int) -> SourceThread:
    """The thread as a source. Raises NotFound, also before somebody registered a reader."""
    if not _thread_readers:
        raise NotFound
    return _thread_readers[0](viewer, thread_id)


# The topic of the outbox under which a post waits to have its citations counted; the key is its id.
CITATIONS = "content.citations"


def may_cite(html: str) -> bool:
    """Whether a post might cite a guide: cheap, so that no other post is looked at twice."""
    return 'href="/panduan/' in html


PostReader = Callable[[int], str | None]
_post_readers: list[PostReader] = []


def register_post_reader(reader: PostReader) -> None:
    """Say how the HTML of a post is read: `reader(post_id)`, None for one that is gone."""
    _post_readers[:] = [reader]


def post_html(post_id: int) -> str | None:
    """The HTML of a post as it stands; None when it is gone. No permission is asked: nothing of it may be shown."""
    return _post_readers[0](post_id) if _post_readers else None


@dataclass(frozen=True, slots=True)
class SolvedThread:
    """A solved thread, as something that a guide might be made of."""

    id: int
    title: str
    url: str
    helpful: int
    replies: int


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that moderators look after, as a line of their start page. `count(viewer)`: how much waits; None: nothing to count."""

    slug: str
    label: object
    hint: object
    url: str
    count: Callable[[Viewer], int] | None = None


_duties: dict[str, Duty] = {}


def register_duty(duty: Duty) -> None:
    """Add a line to the moderators' start page; a second one under the same slug replaces the first."""
    _duties[duty.slug] = duty


def duties() -> tuple[Duty, ...]:
    return tuple(_duties.values())


SolvedReader = Callable[[Viewer, frozenset[int], int], tuple[SolvedThread, ...]]
_solved_readers: list[SolvedReader] = []


def register_solved_reader(reader: SolvedReader) -> None:
    """Say which solved threads helped most: `reader(viewer, without, limit)`."""
    _solved_readers[:] = [reader]


def solved_threads(viewer: Viewer, without: frozenset[int], limit: int) -> tuple[SolvedThread, ...]:
    """The solved threads that helped most, as far as the viewer may see them, but for the ids in `without`."""
    return _solved_readers[0](viewer, without, limit) if _solved_readers else ()


@dataclass(frozen=True, slots=True)
class CitedShare:
    """Of all solved threads, those with a post that cites something."""

    solved: int
    citing: int

    @property
    def percent(self) -> int:
        return round(100 * self.citing / self.solved) if self.solved else 0


# `posts`: a SELECT of the ids of the posts that cite.
ShareReader = Callable[[Viewer, Any], CitedShare]
_share_readers: list[ShareReader] = []


def register_share_reader(reader: ShareReader) -> None:
    """Say how solved threads are counted: `reader(viewer, posts)`."""
    _share_readers[:] = [reader]


def cited_share(viewer: Viewer, posts: Any) -> CitedShare:
    """How many solved threads that the viewer may see have one of `posts` (a SELECT of post ids). One statement."""
    return _share_readers[0](viewer, posts) if _share_readers else CitedShare(0, 0)


MadeReader = Callable[[Viewer, int], tuple[tuple[str, str], ...]]
_made_readers: list[MadeReader] = []


def register_made_reader(reader: MadeReader) -> None:
    """Say what was made from a thread: `reader(viewer, thread_id)` gives title and address of each."""
    _made_readers[:] = [reader]


def made_from(viewer: Viewer, thread_id: int) -> tuple[tuple[str, str], ...]:
    """Title and address of the guides that come from a thread, as far as the viewer may see them."""
    return _made_readers[0](viewer, thread_id) if _made_readers else ()


@dataclass(frozen=True, slots=True)
class FileOwner:
    """Something that files are attached to, by the name of its `kind`: it says who sees them.

    `may_see(viewer, id)`: may the viewer see what is attached there? `visible(viewer)`: its SQL twin, the ids as a SELECT.
    `in_draft(user_id, token)`: does an unsent text of that person still speak of that file?
    """

    kind: str
    may_see: Callable[[Viewer, int], bool]
    visible: Callable[[Viewer], Select[int]]
    in_draft: Callable[[int, str], bool]


_file_owners: dict[str, FileOwner] = {}


def register_file_owner(owner: FileOwner) -> None:
    """Let files be attached to something; a second owner of the same kind replaces the first."""
    _file_owners[owner.kind] = owner


def file_owners() -> tuple[FileOwner, ...]:
    return tuple(_file_owners.values())


ImageReader = Callable[[Collection[str]], Mapping[str, tuple[int, int]]]
_image_readers: list[ImageReader] = []


def register_image_reader(reader: ImageReader) -> None:
    """Say which tokens are images of ours: `reader(tokens)` gives width and height at which each is shown in a text."""
    _image_readers[:] = [reader]


def image_sizes(tokens: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Width and height of those of `tokens` that are images of ours; nothing before somebody registered."""
    return _image_readers[0](tokens) if _image_readers and tokens else {}
