"""People as subjects of moderation."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.i18n import lazy
from forum.core.viewer import Viewer
from forum.moderation import subjects
from forum.moderation.subjects import Subject, SubjectKind


def read(viewer: Viewer | None, user_id: int) -> Subject:
    """A person as a subject. Everybody signed in may know of everybody. Raises NotFound."""
    person = db.session.execute(
        select(User.id, User.username, User.name, User.position, User.created_at).where(User.id == user_id)
    ).one_or_none()
    if person is None or (viewer is not None and not viewer.is_authenticated):
        raise NotFound
    url = f"/profil/{person.username}"
    return Subject(
        kind="user",
        id=person.id,
        title=person.name,
        url=url,
        author_id=person.id,
        author_name=person.name,
        author_url=url,
        author_since=person.created_at,
        board_id=None,
        board_name="",
        created_at=person.created_at,
        body=person.position,
        html=Markup("<p>{}</p>").format(person.position),
        parts={"user": person.id},
    )


def register() -> None:
    """People can be acted on; they are not reported, what they write is."""
    subjects.register(SubjectKind("user", lazy("Orang"), read, may_be_flagged=False))
