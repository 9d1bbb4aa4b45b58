"""What somebody has typed before there was a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.viewer import Viewer
from forum.library.models import GuideSketch

NEW = "guide:new"
_FROM = "guide:from:"


@dataclass(frozen=True, slots=True)
class Sketch:
    """Kept fields by name; `url` is where writing goes on."""

    fields: dict[str, str]
    at: datetime
    url: str

    @property
    def title(self) -> str:
        return self.fields.get("title", "")


def from_thread(thread_id: int) -> str:
    """The place of a guide that is being made from a thread."""
    return f"{_FROM}{thread_id}"


def sketch_at(viewer: Viewer, place: str) -> Sketch | None:
    """One's own, or None."""
    row = db.session.execute(
        select(GuideSketch.fields, GuideSketch.at).where(GuideSketch.user_id == viewer.id, GuideSketch.place == place)
    ).one_or_none()
    return Sketch(row.fields, row.at, _url(place)) if row else None


def sketches(viewer: Viewer) -> tuple[Sketch, ...]:
    """All of one's own, the latest first."""
    rows = db.session.execute(
        select(GuideSketch.fields, GuideSketch.at, GuideSketch.place)
        .where(GuideSketch.user_id == viewer.id)
        .order_by(GuideSketch.at.desc())
    )
    return tuple(Sketch(row.fields, row.at, _url(row.place)) for row in rows)


def _url(place: str) -> str:
    return "/panduan/baru" if place == NEW else f"/panduan/dari-diskusi/{place.removeprefix(_FROM)}"
