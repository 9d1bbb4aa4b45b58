"""Reads of drafts: each person sees their own, and no one else's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import reply_url
from forum.discussions.models import Draft, Post, Thread
from forum.discussions.queries.shapes import DraftsPage, DraftView

MAX_DRAFTS = 100


def _view(draft: Draft, url: str, label: str) -> DraftView:
    return DraftView(
        id=draft.id,
        place=draft.place,
        title=draft.title,
        body=draft.body,
        board_slug=draft.board_slug,
        kind=draft.kind,
        tags=draft.tags,
        updated_at=draft.updated_at,
        version=draft.version,
        url=url,
        label=label,
    )


def draft_at(viewer: Viewer, place: str) -> DraftView | None:
    """The viewer's draft at one place, without its label; None when there is none."""
    draft = db.session.scalars(select(Draft).where(Draft.user_id == viewer.id, Draft.place == place)).one_or_none()
    return _view(draft, "", "") if draft else None


def draft_count(viewer: Viewer) -> int:
    return db.session.scalar(select(func.count()).select_from(Draft).where(Draft.user_id == viewer.id)) or 0


def drafts_page(viewer: Viewer) -> DraftsPage:
    """All drafts of the viewer, latest first, each with the address at which it goes on. Two statements."""
    drafts = db.session.scalars(
        select(Draft).where(Draft.user_id == viewer.id).order_by(Draft.updated_at.desc(), Draft.id).limit(MAX_DRAFTS)
    ).all()
    threads = _threads_of(viewer, {post_id for draft in drafts if (post_id := _post_id(draft.place))})
    return DraftsPage(tuple(_placed(draft, threads) for draft in drafts))


def _post_id(place: str) -> int | None:
    _verb, _colon, key = place.partition(":")
    return int(key) if key.isdigit() else None


def _threads_of(viewer: Viewer, post_ids: set[int]) -> dict[int, Any]:
    rows = db.session.execute(
        select(Post.id, Thread.id, Thread.slug, Thread.title)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(sorted(post_ids)), policy.threads_visible_to(viewer))
    )
    return {row[0]: row for row in rows}


def _placed(draft: Draft, threads: dict[int, Any]) -> DraftView:
    post_id = _post_id(draft.place)
    if post_id is None:
        return _view(draft, "/diskusi/baru", draft.title or _("Diskusi baru"))
    row = threads.get(post_id)
    if row is None:
        return _view(draft, "", _("Diskusinya sudah tidak ada atau tidak terbuka untuk Anda"))
    if draft.place.startswith("edit:"):
        return _view(draft, f"/kiriman/{post_id}/sunting", _("Suntingan dalam “%(title)s”", title=row[3]))
    return _view(draft, reply_url(row[1], post_id), _("Balasan dalam “%(title)s”", title=row[3]))
