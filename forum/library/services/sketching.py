"""What is typed before there is a draft is kept too, for its author alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select

from forum.core import clock
from forum.core.content import source_thread
from forum.core.db import db, insert
from forum.core.errors import Denied, Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import GuideSketch
from forum.library.queries.sketches import NEW
from forum.library.services.texts import MAX_CHARACTERS

MAX_SKETCHES = 20
_FROM_THREAD = re.compile(r"guide:from:(\d{1,18})")


def keep(actor: Viewer, place: str, fields: Mapping[str, str]) -> datetime | None:
    """Keep `fields` at `place`; when all are empty, nothing is kept (None). Of more than `MAX_SKETCHES` the oldest goes.

    Raises Invalid (no such place, too long), NotFound or Denied (a thread that the actor may not make a guide from).
    """
    _check_place(actor, place)
    if sum(map(len, fields.values())) > 2 * MAX_CHARACTERS:
        raise Invalid(_("Tulisan terlalu panjang untuk disimpan."))
    if not any(value.strip() for value in fields.values()):
        discard(actor, place)
        return None
    now = clock.now()
    values = {"fields": dict(fields), "at": now}
    db.session.execute(
        insert(db.session(), GuideSketch)
        .values(user_id=actor.id, place=place, **values)
        .on_conflict_do_update(index_elements=["user_id", "place"], set_=values)
    )
    mine = select(GuideSketch.place).where(GuideSketch.user_id == actor.id).order_by(GuideSketch.at.desc())
    for old in db.session.scalars(mine.offset(MAX_SKETCHES)).all():
        discard(actor, old)
    return now


def discard(actor: Viewer, place: str) -> None:
    """Forget what the actor typed at `place`."""
    db.session.execute(delete(GuideSketch).where(GuideSketch.user_id == actor.id, GuideSketch.place == place))


def _check_place(actor: Viewer, place: str) -> None:
    if place == NEW:
        return
    found = _FROM_THREAD.fullmatch(place)
    if found is None:
        raise Invalid(_("Tulisan ini tidak punya tempat."))
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    source_thread(actor, int(found[1]))
