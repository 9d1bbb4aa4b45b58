"""The sample guides, brought through the library's own workflow: written, reviewed, published, some of them left to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from forum.core import clock
from forum.core.db import db
from forum.core.viewer import Viewer
from forum.demo import content
from forum.library.models import Collection, CollectionItem, GuideArea
from forum.library.queries.records import guide_for, revision_row
from forum.library.services import keeping, reviewing, texts, writing
from forum.library.services.texts import GuideText

# A curator reads what was handed in on the next day.
REVIEWED_AFTER = timedelta(days=1)


@dataclass(slots=True)
class Guides:
    """What is known while loading: rendered texts (made before the transaction opens), units, guides made so far."""

    now: datetime
    people: Mapping[str, Viewer]
    units: Mapping[str, int]
    threads: Mapping[str, int]
    texts: Mapping[tuple[str, str], GuideText]
    made: dict[str, int] = field(default_factory=dict)


def render(people: frozenset[str], progress: Callable[[str], None]) -> dict[tuple[str, str], GuideText]:
    """The texts of all sample guides and of the changes that wait, rendered."""
    made = {}
    for guide in content.guides():
        made[guide["id"], ""] = texts.guide_text(guide["title"], guide["summary"], guide["sections"], people)
        if pending := guide.get("pending"):
            sections = {**guide["sections"], **pending["sections"]}
            made[guide["id"], "pending"] = texts.guide_text(guide["title"], guide["summary"], sections, people)
        progress("render")
    return made


def load(guides: Guides, progress: Callable[[str], None]) -> None:
    """Write everything, in the caller's transaction; guides that have a successor come after it."""
    areas = _areas()
    samples = content.guides()
    for sample in sorted(samples, key=lambda sample: (bool(sample.get("successor")), -sample["days_ago"])):
        _guide(guides, sample, areas)
        progress("guide")
    for position, path in enumerate(content.library()["paths"]):
        row = Collection(
            slug=path["slug"], name=path["name"], description=path["description"], position=position, is_sample=True
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(
            CollectionItem(collection_id=row.id, guide_id=guides.made[name], position=place)
            for place, name in enumerate(path["guides"])
        )


def _areas() -> dict[str, int]:
    for position, area in enumerate(content.library()["areas"]):
        db.session.add(GuideArea(slug=area["slug"], name=area["name"], position=position))
    db.session.flush()
    return {row.slug: row.id for row in db.session.execute(select(GuideArea.slug, GuideArea.id))}


def _guide(guides: Guides, sample: dict[str, Any], areas: Mapping[str, int]) -> None:
    author, reviewer = guides.people[sample["author"]], guides.people[sample["reviewer"]]
    published = guides.now - timedelta(days=sample["days_ago"])
    with clock.fixed(published - REVIEWED_AFTER):
        guide_id, revision_id = writing.start_guide(
            author,
            guides.texts[sample["id"], ""],
            kind=sample["kind"],
            area_id=areas[sample["area"]],
            owner_id=guides.people[sample["owner"]].id,
            unit_id=guides.units[sample["unit"]],
            review_months=sample["review_months"],
            tags=sample["tags"],
            is_sample=True,
        )
        for name in sample["sources"]:
            writing.add_source(guide_id, guides.threads[name], None)
        _submit(author, revision_id, "Versi pertama, disusun dari diskusi yang selesai.", "major")
    with clock.fixed(published):
        validates = sample["state"] != "unvalidated"
        reviewing.approve(reviewer, revision_id, revision_row(revision_id).version, validates=validates)
        guides.made[sample["id"]] = guide_id
        if sample["state"] == "archived":
            keeping.archive(
                reviewer,
                guide_id,
                guide_for(reviewer, guide_id).version,
                reason=sample["archive_reason"],
                successor_id=guides.made[sample["successor"]],
            )
    if pending := sample.get("pending"):
        with clock.fixed(guides.now - timedelta(days=pending["days_ago"])):
            writer = guides.people[pending["author"]]
            draft = writing.propose(writer, guide_id, guides.texts[sample["id"], "pending"], based_on=1)
            _submit(writer, draft, pending["change"], pending["significance"])


def _submit(author: Viewer, revision_id: int, change: str, significance: str) -> None:
    version = revision_row(revision_id).version
    writing.submit(author, revision_id, version, change=change, significance=significance)
