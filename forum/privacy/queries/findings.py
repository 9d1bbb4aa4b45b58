"""The list of findings as a moderator sees it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.viewer import Viewer
from forum.privacy.kinds import label
from forum.privacy.masking import masked
from forum.privacy.models import PrivacyFinding, PrivacyScan, State
from forum.privacy.sources import Place, all_sources

PAGE = 30
TABS: dict[str, tuple[State, ...]] = {
    "terbuka": (State.OPEN,),
    "dijelaskan": (State.STATED,),
    "selesai": (State.DISMISSED, State.MASKED),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding and where it stands. `place` is None when that is gone."""

    id: int
    kind: str
    where: str
    excerpt: str
    state: State
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    place: Place | None

    @property
    def is_open(self) -> bool:
        return self.state in (State.OPEN, State.STATED)


@dataclass(frozen=True, slots=True)
class FindingsPage:
    tab: str
    counts: dict[str, int]
    lines: tuple[FindingLine, ...]
    older: int | None
    scanned_at: datetime | None


def looked_after_by(viewer: Viewer) -> ColumnElement[bool]:
    """SQL: findings that stand where `viewer` moderates."""
    return or_(
        *(
            and_(
                PrivacyFinding.object_kind == source.kind, PrivacyFinding.object_id.in_(source.looked_after_by(viewer))
            )
            for source in all_sources()
        )
    )


def findings_page(viewer: Viewer, tab: str, before: int | None) -> FindingsPage:
    """One page, the newest first; `before`: the id of the last one of the page before. A fixed number of statements."""
    tab = tab if tab in TABS else "terbuka"
    own = looked_after_by(viewer)
    states = dict(
        db.session.execute(select(PrivacyFinding.state, func.count()).where(own).group_by(PrivacyFinding.state)).all()
    )
    statement = (
        select(PrivacyFinding, User.name)
        .outerjoin(User, User.id == PrivacyFinding.decided_by_id)
        .where(own, PrivacyFinding.state.in_(TABS[tab]))
        .order_by(PrivacyFinding.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(PrivacyFinding.id < before)
    rows = db.session.execute(statement).all()
    places = _places([row for row, _name in rows[:PAGE]])
    labels = {source.kind: str(source.label) for source in all_sources()}
    lines = tuple(
        FindingLine(
            id=row.id,
            kind=label(row.kind),
            where=labels.get(row.object_kind, row.object_kind),
            excerpt=row.excerpt,
            state=State(row.state),
            found_at=row.found_at,
            decided_at=row.decided_at,
            decided_by=name or "",
            reason=row.reason,
            place=places.get((row.object_kind, row.object_id)),
        )
        for row, name in rows[:PAGE]
    )
    return FindingsPage(
        tab=tab,
        counts={name: sum(states.get(one, 0) for one in of) for name, of in TABS.items()},
        lines=lines,
        older=lines[-1].id if len(rows) > PAGE else None,
        scanned_at=db.session.scalar(select(func.max(PrivacyScan.scanned_at))),
    )


def _places(rows: list[PrivacyFinding]) -> dict[tuple[str, int], Place]:
    """Where the findings stand; one statement for each kind of source, whether or not it is among them."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.object_kind].add(row.object_id)
    return {
        (source.kind, object_id): replace(place, title=masked(place.title))
        for source in all_sources()
        for object_id, place in source.places(sorted(ids[source.kind])).items()
    }


def open_count() -> int:
    """How many findings nobody has decided yet."""
    return db.session.scalar(select(func.count()).where(PrivacyFinding.state == State.OPEN)) or 0
