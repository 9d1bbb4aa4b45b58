"""Guides for tests, brought through the library's own services; each is committed at once."""

from __future__ import annotations

from itertools import count
from typing import Any

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.core.markup import RENDERER_VERSION
from forum.library.models import Guide, GuideArea, GuideRevision
from forum.library.services import reviewing, writing
from forum.library.services.texts import GuideText
from tests.factories.accounts import a_member, a_moderator, viewer_for

_numbers = count(1)


def a_guide_text(title: str = "", summary: str = "Ringkasan panduan.", **sections: str) -> GuideText:
    """A text as the renderer would have stored it, without asking the renderer."""
    given = {"situasi": "Warga mengeluh.", "langkah": "Kerjakan.", **sections}
    bodies = {name: body for name, body in given.items() if body}
    html = {name: f"<p>{body}</p>" for name, body in bodies.items()}
    return GuideText(title or f"Panduan nomor {next(_numbers)} untuk diuji", summary, bodies, html, RENDERER_VERSION)


def an_area(name: str = "Kependudukan") -> GuideArea:
    with transaction() as session:
        area = GuideArea(slug=name.lower(), name=name)
        session.add(area)
    return area


def a_draft(author: User | None = None, text: GuideText | None = None, **details: Any) -> GuideRevision:
    """A new guide that nobody but its author and curators sees."""
    author = author or a_member()
    with transaction():
        _guide, revision_id = writing.start_guide(viewer_for(author), text or a_guide_text(), **details)
    return revision(revision_id)


def a_pending(author: User | None = None, text: GuideText | None = None, **details: Any) -> GuideRevision:
    """A first revision that waits for review."""
    author = author or a_member()
    return submitted(a_draft(author, text, **details), author)


def submitted(draft: GuideRevision, author: User, significance: str = "major") -> GuideRevision:
    with transaction():
        writing.submit(viewer_for(author), draft.id, draft.version, change="Versi baru.", significance=significance)
    return revision(draft.id)


def approved(pending: GuideRevision, curator: User | None = None, *, validates: bool = True) -> GuideRevision:
    reviewer = viewer_for(curator or a_moderator())
    with transaction():
        reviewing.approve(reviewer, pending.id, pending.version, validates=validates)
    return revision(pending.id)


def a_guide(
    author: User | None = None, text: GuideText | None = None, *, validates: bool = True, **details: Any
) -> Guide:
    """A published guide."""
    done = approved(a_pending(author, text, **details), validates=validates)
    return guide(done.guide_id)


def a_change(of: Guide, author: User, text: GuideText | None = None) -> GuideRevision:
    """A draft of a change."""
    with transaction():
        draft_id = writing.propose(viewer_for(author), of.id, text or a_guide_text(of.title), of.published_number or 1)
    return revision(draft_id)


def guide(guide_id: int) -> Guide:
    db.session.rollback()
    return db.session.get_one(Guide, guide_id, populate_existing=True)


def revision(revision_id: int) -> GuideRevision:
    db.session.rollback()
    return db.session.get_one(GuideRevision, revision_id, populate_existing=True)
