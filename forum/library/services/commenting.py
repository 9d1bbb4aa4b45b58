"""Remarks on a revision under review, for its authors and the curators."""

from __future__ import annotations

from forum.core import clock
from forum.core.db import db
from forum.core.errors import Denied, Invalid
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.library import policy
from forum.library.models import GuideComment
from forum.library.queries.records import record_of, revision_row
from forum.library.sections import Section
from forum.library.workflow import Who

MAX_COMMENT = 1000


def comment(actor: Viewer, revision_id: int, section: str, body: str) -> None:
    """Leave a remark; `section` '' is about the whole. Raises Invalid, NotFound, Denied."""
    row = revision_row(revision_id)
    if policy.who_is(actor, record_of(row).authors) is Who.READER:
        raise Denied(_("Hanya penulis dan kurator yang membahas naskah ini."))
    body = one_line(body)
    if not 0 < len(body) <= MAX_COMMENT:
        raise Invalid(_("Tulis catatan, paling banyak %(most)d huruf.", most=MAX_COMMENT), "body")
    if section and section not in set(Section):
        raise Invalid(_("Pilih bagian panduan."), "section")
    db.session.add(GuideComment(revision_id=revision_id, section=section, user_id=actor.id, body=body, at=clock.now()))
    db.session.flush()
