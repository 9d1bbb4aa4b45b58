"""What a change of the thesaurus would do to a search, before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.search import policy
from forum.search.queries import thesaurus as queries
from forum.search.queries.thesaurus import State
from forum.search.services import thesaurus as services
from forum.search.services.results import Hit, Request, Results
from forum.search.services.searching import search
from forum.search.services.thesaurus import Change
from forum.search.thesaurus import Thesaurus

SHOWN = 10


@dataclass(frozen=True, slots=True)
class PreviewHit:
    """A hit, and how it moved: `was` is its place before (None: it was not among them)."""

    hit: Hit
    place: int
    was: int | None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The first hits of `query` as things are and as they would be."""

    query: str
    before: tuple[PreviewHit, ...]
    after: tuple[PreviewHit, ...]
    total_before: int
    total_after: int

    @property
    def is_same(self) -> bool:
        groups = [[shown.hit.card.group for shown in side] for side in (self.before, self.after)]
        return groups[0] == groups[1] and self.total_before == self.total_after


def preview(viewer: Viewer, change: Change | None, query: str, ref: str = "") -> Preview:
    """Search for `query` with the entry `ref` ('': a new one) as it is and as `change` would have it (None: without it).

    Raises Denied, Invalid (with the field), Unavailable.
    """
    policy.require_curator(viewer)
    rows = [row for row in queries.all_rows() if row.state is not State.DELETED]
    entries = [row.entry for row in rows if row.ref != ref]
    changed = Thesaurus(entries if change is None else (*entries, services.checked(change)))
    request = Request(text=one_line(query), as_typed=True)
    before = search(viewer, request, thesaurus=services.current())
    after = search(viewer, request, thesaurus=changed)
    return Preview(
        query=request.text,
        before=_side(before, after),
        after=_side(after, before),
        total_before=before.total,
        total_after=after.total,
    )


def _side(shown: Results, other: Results) -> tuple[PreviewHit, ...]:
    """The first hits of one side, each with its place on the other."""
    places = {hit.card.group: place for place, hit in enumerate(other.hits, start=1)}
    return tuple(
        PreviewHit(hit, place, places.get(hit.card.group), hit.card.group not in places)
        for place, hit in enumerate(shown.hits[:SHOWN], start=1)
    )
