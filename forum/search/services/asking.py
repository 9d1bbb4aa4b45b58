"""What every question to the index has in common: it is asked for a viewer, and answered by the database.

The index may be seconds behind. So boards are masked before anything is counted, groups that were hidden meanwhile are left out, and a
hit is shown only if the database gives the viewer its card.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from forum.core import clock
from forum.core.db import db
from forum.core.i18n import DEFAULT_ZONE
from forum.core.outbox import OutboxRow
from forum.core.viewer import Viewer
from forum.search import backends, sources
from forum.search.documents import Found, Kind, Match, Plan, group_of
from forum.search.indexer import TOPIC
from forum.search.sources import Card

# Waiting changes that are looked at. Beyond that (an import, say) only counts may be behind: cards never are.
MOST_WAITING = 2000
# How often a question is put again without groups whose best document turned out to be gone.
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """`shown`: the matches that the viewer may see, each with its card."""

    found: Found
    shown: tuple[tuple[Match, Card], ...]


def today() -> date:
    """The day in the city's time zone."""
    return clock.now().astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def plan_for(viewer: Viewer) -> Plan:
    """A plan that asks for nothing yet, with what `viewer` may see. Two statements, and one for each 500 changes that wait."""
    return Plan(
        concepts=(),
        today=today(),
        readable_boards=sources.places().readable_boards(viewer),
        hidden_groups=hidden_groups(viewer),
    )


def hidden_groups(viewer: Viewer) -> frozenset[int]:
    """Groups with a change that the index may not have yet, and that `viewer` may not see (any more)."""
    keys = db.session.scalars(
        select(OutboxRow.key).where(OutboxRow.topic == TOPIC).order_by(OutboxRow.id.desc()).limit(MOST_WAITING)
    )
    waiting = frozenset(group for group in map(_group, keys) if group is not None)
    seen = frozenset[int]()
    for kind in (Kind.THREAD, Kind.GUIDE):
        own = [group for group in waiting if group % 2 == (kind is Kind.GUIDE)]
        source = sources.source_of(kind)
        if own and source is not None:
            seen |= source.visible(viewer, own)
    return waiting - seen


def _group(key: str) -> int | None:
    """The group that the document `key` heads; None for a reply."""
    kind, _, number = key.partition(":")
    with suppress(ValueError):
        return None if kind == Kind.REPLY else group_of(Kind(kind), int(number))
    return None


def find(plan: Plan) -> Found:
    """What the index finds. Raises Unavailable."""
    return backends.current().search(plan)


def leads(plan: Plan) -> bool:
    """Whether `plan` finds anything at all."""
    return find(replace(plan, offset=0, limit=1, with_facets=False)).total > 0


def show(viewer: Viewer, plan: Plan, found: Found) -> Answer:
    """What the database shows of `found`, which `plan` has found. If something turns out to be gone it is asked again without it, so
    that pages are full and counts right. Raises Unavailable.
    """
    for _round in range(MOST_ROUNDS):
        cards = cards_of(viewer, [match.key for match in found.matches])
        gone = frozenset(match.group for match in found.matches if match.key not in cards)
        if not gone:
            break
        plan = replace(plan, hidden_groups=plan.hidden_groups | gone)
        found = find(plan)
    shown = tuple((match, cards[match.key]) for match in found.matches if match.key in cards)
    return Answer(found, shown)


def cards_of(viewer: Viewer, keys: Collection[str]) -> dict[str, Card]:
    """What `viewer` may see of `keys`, from whatever source has them."""
    found: dict[str, Card] = {}
    for source in sources.all_sources():
        own = [key for key in keys if Kind(key.partition(":")[0]) in source.kinds]
        if own:
            found.update(source.cards(viewer, own))
    return found
