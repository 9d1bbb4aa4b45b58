"""Who sees a file: the predicate and its SQL twin agree over posts and revisions of every kind, and every viewer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum.attachments import policy
from forum.attachments.models import Attachment
from forum.attachments.queries.shapes import record_of
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.viewer import NOBODY, Role, Viewer
from forum.library.models import Guide, GuideRevision
from tests.factories.accounts import a_member, a_moderator, a_unit, an_admin, viewer_for
from tests.factories.discussions import a_board, a_reply, a_thread, delete
from tests.factories.files import an_attachment
from tests.factories.guides import a_draft, a_guide, a_pending


@pytest.fixture
def viewers(app: object) -> dict[str, Viewer]:
    """The people, and a file of each kind for each state."""
    unit = a_unit().id
    author, admin = a_member("penulis", unit_id=unit), an_admin()
    boards = [a_board(), a_board(readers=[unit]), a_board(readers=[Role.MODERATOR]), a_board(restricts_reading=True)]
    for board in boards:
        by = author if board in boards[:2] else admin
        thread, gone = a_thread(by, board), a_thread(by, board)
        replies = [a_reply(by, thread).post_id, a_reply(by, thread).post_id]
        in_gone = a_reply(by, gone).post_id
        for post_id in (thread.post_id, *replies, gone.post_id, in_gone):
            an_attachment(author, owner=("post", post_id))
        delete(by, replies[1])
        delete(admin, gone.post_id)
    published, secret = a_guide(author), a_guide(author)
    with transaction() as session:
        session.get_one(Guide, secret.id).audience = "curators"
    a_draft(author)
    a_pending(author)
    for revision_id in db.session.scalars(select(GuideRevision.id)).all():
        an_attachment(author, owner=("revision", revision_id))
    an_attachment(author)
    an_attachment(author, owner=("post", 10**6))
    an_attachment(author, owner=("lain", 1))
    an_attachment(author, removed_at=clock.now())
    assert published.id
    return {
        "nobody": NOBODY,
        "author": viewer_for(author),
        "member": viewer_for(a_member()),
        "member of the unit": viewer_for(a_member(unit_id=unit)),
        "moderator": viewer_for(a_moderator()),
        "moderator of the unit's board": viewer_for(a_moderator(boards=[boards[1].id])),
        "moderator of the closed board": viewer_for(a_moderator(boards=[boards[3].id])),
        "moderator of none": viewer_for(a_moderator(boards=[])),
        "admin": viewer_for(admin),
    }


def test_the_predicate_and_the_statement_agree(viewers: dict[str, Viewer]) -> None:
    rows = db.session.scalars(select(Attachment).order_by(Attachment.id)).all()
    counts = {}
    for name, viewer in viewers.items():
        by_sql = set(db.session.scalars(select(Attachment.id).where(policy.visible_to(viewer))))
        by_rule = {row.id for row in rows if policy.may_see(viewer, record_of(row))}
        assert by_sql == by_rule, name
        counts[name] = len(by_sql)
    assert counts["nobody"] == 0
    assert 0 < counts["member"] < counts["member of the unit"] < counts["admin"] < len(rows)
    assert counts["author"] > counts["member of the unit"]
