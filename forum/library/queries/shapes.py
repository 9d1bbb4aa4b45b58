"""What the pages of the library show: plain values, complete, so that templates ask the database nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from markupsafe import Markup

from forum.accounts.queries import Person
from forum.attachments.queries.shapes import FileView
from forum.core.diff import DiffPiece
from forum.library.addresses import guide_url
from forum.library.sections import Section


class Badge(StrEnum):
    """The state of a guide in one word. REVIEW_DUE is derived from the date, never stored."""

    UNVALIDATED = "unvalidated"
    VALIDATED = "validated"
    REVIEW_DUE = "review_due"
    ARCHIVED = "archived"
    UNPUBLISHED = "unpublished"


def badge_of(confidence: str, review_due: date | None, published_number: int | None, today: date) -> Badge:
    """What is shown: unpublished and archived before all, then whether it has to be looked at again."""
    if published_number is None:
        return Badge.UNPUBLISHED
    if confidence == "archived":
        return Badge.ARCHIVED
    if review_due is not None and review_due < today:
        return Badge.REVIEW_DUE
    return Badge(confidence)


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class GuideCard:
    """A guide in a list."""

    id: int
    slug: str
    title: str
    summary: str
    kind: str
    badge: Badge
    area: str
    unit: str
    validated_at: datetime | None
    review_due: date | None

    @property
    def url(self) -> str:
        return guide_url(self.slug)


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to narrow or sort the index; `count`: guides that the viewer would read there (None: not counted)."""

    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices of one kind; all others stay as they are."""

    label: str
    lines: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PathCard:
    """A learning path in a list. `read` of `guides` are read by the viewer, in the text that holds now."""

    name: str
    url: str
    description: str
    guides: int
    read: int


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """`/panduan`."""

    cards: tuple[GuideCard, ...]
    filters: tuple[Choices, ...]
    paths: tuple[PathCard, ...]
    sorts: tuple[Choice, ...]
    title: str
    newer: str | None
    older: str | None
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a guide as it is shown; `anchor` is its place in the page."""

    section: Section
    label: str
    anchor: str
    html: Markup


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A case that the guide comes from; `link` is None for who may not see it (and nothing of it is told)."""

    link: Link | None
    is_solution: bool = False


@dataclass(frozen=True, slots=True)
class GuidePage:
    """`/panduan/<slug>`. `read_at`: when the viewer said that they have read what holds now."""

    id: int
    version: int
    slug: str
    title: str
    url: str
    summary: str
    kind: str
    badge: Badge
    area: Link | None
    tags: tuple[Link, ...]
    owner: Person | None
    unit: str
    revision: int
    published_at: datetime | None
    validated_at: datetime | None
    validated_by: str
    review_due: date | None
    sections: tuple[SectionView, ...]
    sources: tuple[SourceLine, ...]
    hidden_sources: int
    paths: tuple[Link, ...]
    archive_reason: str
    successor: Link | None
    uses: int
    read_at: datetime | None
    vote: bool | None
    is_sample: bool
    may_keep: bool
    may_curate: bool
    may_validate: bool
    history_url: str
    markdown_url: str
    pdf_url: str
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class RevisionLine:
    number: int
    author: str
    author_url: str
    at: datetime
    change: str
    significance: str
    reviewer: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SectionDiff:
    label: str
    pieces: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`/panduan/<slug>/riwayat`: published texts, newest first, and what differs between two of them."""

    id: int
    may_propose: bool
    title: str
    url: str
    revisions: tuple[RevisionLine, ...]
    older: int
    newer: int
    diffs: tuple[SectionDiff, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    card: GuideCard
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class PathPage:
    """`/jalur/<slug>`."""

    slug: str
    name: str
    description: str
    steps: tuple[PathStep, ...]

    @property
    def read(self) -> int:
        return sum(step.read_at is not None for step in self.steps)
