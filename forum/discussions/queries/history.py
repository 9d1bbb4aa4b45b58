"""The earlier texts of a post, and what changed between two of them."""

from __future__ import annotations

from sqlalchemy import select

from forum.accounts.models import Unit, User
from forum.core import diff
from forum.core.db import db
from forum.core.errors import Denied, NotFound
from forum.core.i18n import _
from forum.core.paging import with_query
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink
from forum.discussions.models import PostRevision
from forum.discussions.queries.heads import load
from forum.discussions.queries.people import person_columns, person_of
from forum.discussions.queries.records import post_for
from forum.discussions.queries.shapes import HistoryPage, RevisionLine


def history_page(viewer: Viewer, post_id: int, older: int | None, newer: int | None) -> HistoryPage:
    """The revisions of a post and the difference of two of them: by default the last two.

    Raises NotFound (no such post or revision, or never edited), Denied (for the author and moderators only).
    """
    record, post = post_for(viewer, post_id)
    if not policy.may_see_history(viewer, record, post):
        raise Denied(_("Riwayat suntingan hanya terbuka untuk penulis dan moderator."))
    rows = db.session.execute(
        select(
            *person_columns(),
            PostRevision.number,
            PostRevision.created_at,
            PostRevision.reason,
            PostRevision.title,
            PostRevision.body,
        )
        .join(User, User.id == PostRevision.editor_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(PostRevision.post_id == post_id)
        .order_by(PostRevision.number.desc())
    ).all()
    if not rows:
        raise NotFound
    last = rows[0].number
    texts = {row.number: row for row in rows}
    newer = last if newer is None else newer
    older = max(1, newer - 1) if older is None else older
    if older not in texts or newer not in texts:
        raise NotFound
    path = f"/kiriman/{post_id}/riwayat"
    return HistoryPage(
        thread=load(viewer, record.id).head,
        post_number=post.number,
        post_url=record.url if post.is_opening else permalink(record.url, post_id),
        revisions=tuple(
            RevisionLine(
                number=row.number,
                editor=person_of(row),
                created_at=row.created_at,
                reason=row.reason,
                url=with_query(path, dari=max(1, row.number - 1), ke=row.number),
                is_current=row.number == last,
            )
            for row in rows
        ),
        older=older,
        newer=newer,
        title_diff=diff.words(texts[older].title, texts[newer].title),
        body_diff=diff.words(texts[older].body, texts[newer].body),
    )
