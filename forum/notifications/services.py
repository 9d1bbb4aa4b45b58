"""Telling people, and noting what they have read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import insert, update

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Denied
from forum.core.i18n import message_id
from forum.core.viewer import Viewer
from forum.notifications.models import Notice
from forum.notifications.queries import notice_for


def notify(
    user_ids: Iterable[int],
    kind: str,
    text: object,
    params: Mapping[str, object] | None = None,
    *,
    url: str = "",
    note: str = "",
    actor: Viewer | None = None,
) -> None:
    """Tell each of `user_ids`, but never `actor` about their own act, in the caller's transaction.

    `text`: a sentence of ours, as `lazy("...")`, with the names of `params` in it; it is translated when it is read.
    `kind` ("guide.approve") says what sort of news it is. `note`: words of a person, shown as theirs.
    """
    actor_id = actor.id if actor else None
    told = sorted(set(user_ids) - {actor_id})
    if not told:
        return
    row = {
        "actor_id": actor_id,
        "kind": kind,
        "text": message_id(text),
        "params": {name: str(value) for name, value in (params or {}).items()},
        "note": note[:500],
        "url": url[:300],
        "at": clock.now(),
    }
    db.session.execute(insert(Notice), [{"user_id": user_id, **row} for user_id in told])


def open_notice(viewer: Viewer, notice_id: int) -> str:
    """Note that the viewer read a notice of theirs; returns where it leads. Raises NotFound."""
    url = notice_for(viewer, notice_id).url
    db.session.execute(
        update(Notice).where(Notice.id == notice_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
    return url


def read_all(viewer: Viewer) -> None:
    """Note that the viewer has read every notice. Raises Denied for nobody."""
    if viewer.id is None:
        raise Denied
    db.session.execute(
        update(Notice).where(Notice.user_id == viewer.id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
