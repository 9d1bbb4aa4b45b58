"""The shapes that discussion pages render. Frozen: a template can read them, nothing can reach the database through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from forum.accounts.queries import Person as Person
from forum.attachments.queries.shapes import NO_FILES, FilesPage, FileView
from forum.core.diff import DiffPiece
from forum.search.services.results import Hit

# What files are attached to here: posts, by their ids.
FILES = "post"


class ThreadKind(StrEnum):
    QUESTION = "question"
    PRACTICE = "practice"
    ANNOUNCEMENT = "announcement"
    SCHEDULED = "scheduled"


class ListName(StrEnum):
    """The lists of threads; the value is what the address carries in `daftar`."""

    LATEST = "terbaru"
    UNANSWERED = "belum-terjawab"
    UNSOLVED = "belum-selesai"
    MINE = "saya"
    UNIT = "unit"


class Sort(StrEnum):
    """The order of the first-level replies of a thread; the value is what the address carries in `urut`."""

    OLDEST = "terlama"
    NEWEST = "terbaru"
    HELPFUL = "bermanfaat"


class View(StrEnum):
    """How a thread is shown; the value is what the address carries in `tampilan`."""

    NESTED = "bersarang"
    FLAT = "datar"


@dataclass(frozen=True, slots=True)
class TagRef:
    slug: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class BoardRef:
    id: int
    slug: str
    name: str
    icon: str
    colour: str
    url: str


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A board in a list of boards."""

    ref: BoardRef
    description: str
    thread_count: int
    last_activity_at: datetime | None
    is_restricted: bool
    may_post: bool
    template: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One line of a list of threads. `unread` counts posts the viewer has not read; `is_new`: never opened."""

    id: int
    url: str
    title: str
    kind: ThreadKind
    board: BoardRef
    tags: tuple[TagRef, ...]
    author: Person
    created_at: datetime
    last_activity_at: datetime
    last_author_name: str
    reply_count: int
    helpful_count: int
    is_solved: bool
    is_pinned: bool
    is_locked: bool
    is_sample: bool
    is_new: bool
    unread: int
    first_unread_url: str | None


@dataclass(frozen=True, slots=True)
class ThreadList:
    """A page of a list. `newer` and `older` are addresses of the neighbouring pages, None where there is none."""

    name: ListName
    pinned: tuple[ThreadRow, ...]
    rows: tuple[ThreadRow, ...]
    newer: str | None
    older: str | None

    @property
    def is_empty(self) -> bool:
        return not self.pinned and not self.rows


@dataclass(frozen=True, slots=True)
class ListTab:
    name: ListName
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """`/diskusi`, `/papan/<slug>`, `/tag/<slug>` and the lists of the home page."""

    threads: ThreadList
    tabs: tuple[ListTab, ...]
    board: BoardCard | None = None
    tag: TagRef | None = None
    tag_synonyms: tuple[str, ...] = ()
    moderators: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class HomePage:
    threads: ThreadList
    tabs: tuple[ListTab, ...]
    boards: tuple[BoardCard, ...]
    needs_help: tuple[ThreadRow, ...]
    announcements: tuple[ThreadRow, ...]
    draft_count: int


@dataclass(frozen=True, slots=True)
class BoardsPage:
    boards: tuple[BoardCard, ...]


@dataclass(frozen=True, slots=True)
class PostRights:
    """What the viewer may do with one post. Asked of the same policy functions that the services enforce."""

    reply: bool = False
    vote: bool = False
    edit: bool = False
    delete: bool = False
    restore: bool = False
    solve: bool = False
    unsolve: bool = False
    history: bool = False
    report: bool = False
    moderate: bool = False


@dataclass(frozen=True, slots=True)
class PostView:
    """One post as one viewer sees it.

    `level` is the display level on this page (1 = a branch); `depth` the true depth in the thread (0 = the opening post).
    `opens` tells that the next item is a child of this one, in a nested list; `closes` how many nested lists end after it.
    `more_children` counts children of this post that are left out here, `more_descendants` all posts below those;
    `branch_url` shows them. `parent_url` and `parent_name` feed the "membalas NAMA" line.
    For a deleted post `html` is empty and `author` is None unless the viewer may restore it.
    """

    id: int
    number: int
    url: str
    permalink: str
    depth: int
    level: int
    parent_number: int | None
    parent_name: str | None
    parent_url: str | None
    author: Person | None
    html: Markup
    created_at: datetime
    edited_at: datetime | None
    is_opening: bool
    is_solution: bool
    is_deleted: bool
    deleted_by_moderator: bool
    delete_reason: str
    is_unread: bool
    is_target: bool
    is_asker: bool
    helpful_count: int
    viewer_voted: bool
    child_count: int
    more_children: int
    more_descendants: int
    branch_url: str
    reply_url: str
    may: PostRights
    opens: bool = False
    closes: int = 0
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadRights:
    reply: bool = False
    reply_refusal: str = ""
    edit: bool = False
    pin: bool = False
    lock: bool = False
    move: bool = False
    summarise: bool = False


@dataclass(frozen=True, slots=True)
class ThreadHead:
    id: int
    ref: str
    url: str
    title: str
    kind: ThreadKind
    board: BoardRef
    tags: tuple[TagRef, ...]
    author: Person
    created_at: datetime
    last_activity_at: datetime
    reply_count: int
    is_solved: bool
    solved_by: str
    solved_at: datetime | None
    is_pinned: bool
    is_locked: bool
    lock_reason: str
    is_deleted: bool
    is_sample: bool
    is_old: bool
    summary_html: Markup
    summary_by: str
    summary_at: datetime | None
    may: ThreadRights


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Paging:
    """Numbered pages; `links` holds a few around the current one, gaps are None."""

    page: int
    pages: int
    previous: str | None
    next: str | None
    links: tuple[PageLink | None, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft that waits for its author."""

    id: int
    place: str
    title: str
    body: str
    board_slug: str
    kind: str
    tags: str
    updated_at: datetime
    version: int
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """`/diskusi/<id>-<slug>`: `posts` is flat, in display order, with `opens`/`closes` for the nested lists."""

    thread: ThreadHead
    opening: PostView
    solution: PostView | None
    posts: tuple[PostView, ...]
    paging: Paging
    sort: Sort
    view: View
    sort_urls: dict[str, str]
    view_urls: dict[str, str]
    unread_count: int
    first_unread_url: str | None
    last_number: int
    reply_draft: DraftView | None
    reply_files: FilesPage
    target_id: int | None


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One line above a branch page: who said what, shortened."""

    number: int
    name: str
    excerpt: str
    url: str


@dataclass(frozen=True, slots=True)
class BranchPage:
    """`/diskusi/<ref>/cabang/<post>`: the post as root, its ancestors one line each, its children paged."""

    thread: ThreadHead
    ancestors: tuple[Ancestor, ...]
    ancestors_left_out: int
    root: PostView
    posts: tuple[PostView, ...]
    paging: Paging
    target_id: int | None


@dataclass(frozen=True, slots=True)
class RevisionLine:
    number: int
    editor: Person
    created_at: datetime
    reason: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`/kiriman/<id>/riwayat`: revisions, newest first, and the word-level difference of the two that are compared."""

    thread: ThreadHead
    post_number: int
    post_url: str
    revisions: tuple[RevisionLine, ...]
    older: int
    newer: int
    title_diff: tuple[DiffPiece, ...]
    body_diff: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class DraftsPage:
    drafts: tuple[DraftView, ...]


@dataclass(frozen=True, slots=True)
class ComposePage:
    """`/diskusi/baru`: the boards the viewer may post in, with their templates; `draft` is offered when it differs.

    `similar`: what the writer must have seen before the form is sent. `other_title`: the address asked for it, but the draft has its own;
    `other_title_url` takes it all the same.
    """

    boards: tuple[BoardCard, ...]
    kinds: tuple[str, ...]
    tag_suggestions: tuple[str, ...]
    draft: DraftView | None
    similar: tuple[Hit, ...] = ()
    other_title: str = ""
    other_title_url: str = ""
    files: FilesPage = NO_FILES


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """`/diskusi/<ref>/balas`: the composer of one reply on a page of its own."""

    thread: ThreadHead
    parent: PostView
    draft: DraftView | None
    files: FilesPage


@dataclass(frozen=True, slots=True)
class EditPage:
    thread: ThreadHead
    post: PostView
    draft: DraftView | None
    files: FilesPage


@dataclass(frozen=True, slots=True)
class ActPage:
    """A page that asks before a moderator's act (delete, lock, move, summary)."""

    thread: ThreadHead
    post: PostView | None
    boards: tuple[BoardCard, ...] = ()
