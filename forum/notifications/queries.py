"""Reads of one's own notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import translated
from forum.core.viewer import Viewer
from forum.notifications.models import Notice

PER_PAGE = 30
# Counted no further: the header says "99+".
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in the viewer's language."""

    id: int
    kind: str
    sentence: str
    note: str
    url: str
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """`/notifikasi`: the newest first, unread ones alone if asked."""

    lines: tuple[NoticeLine, ...]
    page: int
    has_more: bool
    unread_only: bool


def unread_of(user_id: Any) -> ScalarSelect[int]:
    """SQL: how many unread notices the person in the column `user_id` has, counted up to MOST_COUNTED."""
    unread = select(Notice.id).where(Notice.user_id == user_id, Notice.read_at.is_(None)).correlate(User)
    return select(func.count()).select_from(unread.limit(MOST_COUNTED).subquery()).scalar_subquery()


def notices_page(viewer: Viewer, page: int = 1, *, unread_only: bool = False) -> NoticesPage:
    """A page of the viewer's notices. One statement."""
    statement = select(Notice).where(Notice.user_id == viewer.id)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    rows = list(
        db.session.scalars(statement.order_by(Notice.id.desc()).limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE))
    )
    return NoticesPage(tuple(map(_line, rows[:PER_PAGE])), page, len(rows) > PER_PAGE, unread_only)


def notice_for(viewer: Viewer, notice_id: int) -> NoticeLine:
    """One notice of the viewer's. Raises NotFound for what is another's."""
    row = db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.user_id == viewer.id))
    if row is None:
        raise NotFound
    return _line(row)


def _line(row: Notice) -> NoticeLine:
    return NoticeLine(
        id=row.id,
        kind=row.kind,
        sentence=translated(row.text, row.params),
        note=row.note,
        url=row.url,
        at=row.at,
        is_read=row.read_at is not None,
    )
