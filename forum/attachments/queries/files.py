"""Files for one viewer, in lists below what they belong to, and in forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from forum.attachments import policy
from forum.attachments.models import Attachment
from forum.attachments.queries.shapes import FileRecord, FileView, record_of, view_of
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import Viewer

# Tokens of one form that are looked at: more than it may have, so that too many are told and not forgotten.
MOST_TOKENS = 50


def file_for(viewer: Viewer, token: str) -> FileRecord:
    """The file, if `viewer` may see it. Raises NotFound. One statement."""
    row = db.session.scalar(select(Attachment).where(Attachment.token == token, policy.visible_to(viewer)))
    if row is None:
        raise NotFound
    return record_of(row)


@dataclass(frozen=True, slots=True)
class OnPage:
    """`of`: the files below each thing on a page, by its id; `waiting`: those of the form, which is not sent yet."""

    of: Mapping[int, tuple[FileView, ...]]
    waiting: tuple[FileView, ...]


def on_page(viewer: Viewer, kind: str, ids: Collection[int], tokens: Collection[str] = ()) -> OnPage:
    """The files of those things of a page that the viewer was found to see, and their own waiting ones among `tokens`. One statement."""
    attached = and_(Attachment.owner_kind == kind, Attachment.owner_id.in_(sorted(ids)))
    rows = db.session.scalars(
        select(Attachment)
        .where(or_(attached, _own_waiting(viewer, tokens)) if tokens else attached, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    found: dict[int, list[FileView]] = {}
    waiting = []
    for row in rows:
        if row.owner_id is None:
            waiting.append(view_of(row))
        else:
            found.setdefault(row.owner_id, []).append(view_of(row))
    return OnPage({key: tuple(files) for key, files in found.items()}, tuple(waiting))


def in_form(viewer: Viewer, tokens: Collection[str], owner: tuple[str, int] | None = None) -> tuple[FileView, ...]:
    """Those of `tokens` that the form may hold: the viewer's own waiting ones, and what is attached to `owner` already."""
    if not tokens:
        return ()
    allowed = _own_waiting(viewer, tokens)
    if owner:
        theirs = and_(Attachment.owner_kind == owner[0], Attachment.owner_id == owner[1])
        allowed = or_(allowed, and_(theirs, Attachment.token.in_(list(tokens)[:MOST_TOKENS])))
    rows = db.session.scalars(
        select(Attachment).where(allowed, Attachment.removed_at.is_(None)).order_by(Attachment.id)
    )
    return tuple(view_of(row) for row in rows)


def tokens_of(kind: str, owner_id: int) -> tuple[str, ...]:
    """The tokens of what is attached there."""
    return tuple(
        db.session.scalars(
            select(Attachment.token)
            .where(Attachment.owner_kind == kind, Attachment.owner_id == owner_id, Attachment.removed_at.is_(None))
            .order_by(Attachment.id)
        )
    )


def _own_waiting(viewer: Viewer, tokens: Collection[str]):  # type: ignore[no-untyped-def]
    return and_(
        Attachment.uploader_id == viewer.id,
        Attachment.owner_kind.is_(None),
        Attachment.token.in_(list(tokens)[:MOST_TOKENS]),
    )


def image_sizes(tokens: Collection[str]) -> dict[str, tuple[int, int]]:
    """Width and height at which those of `tokens` that are images are shown in a text."""
    rows = db.session.execute(
        select(
            Attachment.token,
            func.coalesce(Attachment.thumb_width, Attachment.width),
            func.coalesce(Attachment.thumb_height, Attachment.height),
        ).where(Attachment.token.in_(list(tokens)), Attachment.width.is_not(None), Attachment.removed_at.is_(None))
    )
    return {token: (width, height) for token, width, height in rows}
