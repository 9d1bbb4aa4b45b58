"""Personal data in what is stored, as it stood there before anybody looked."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.discussions.models import Post
from forum.discussions.services import changing
from forum.privacy.models import PrivacyFinding, State
from forum.privacy.services.personal import found_in, note
from tests.factories.accounts import viewer_for
from tests.factories.discussions import a_text

NIK = "1272015508850003"


def put_into(post_id: int, body: str) -> None:
    """Give a post a text that nobody was asked about."""
    with transaction() as session:
        session.execute(update(Post).where(Post.id == post_id).values(body=body, html=f"<p>{body}</p>"))


def a_finding(object_kind: str, object_id: int, text: str = f"Warga dengan NIK {NIK} belum terdaftar.") -> int:
    """An open finding in something; its id."""
    with transaction():
        note(object_kind, object_id, found_in({"body": text}), State.OPEN)
    return db.session.scalars(select(PrivacyFinding.id).order_by(PrivacyFinding.id.desc()).limit(1)).one()


def edit(author: User, post_id: int, body: str) -> None:
    """An edit by the author, of the post as it stands."""
    version = db.session.execute(select(Post.version).where(Post.id == post_id)).scalar_one()
    with transaction():
        changing.edit_post(viewer_for(author), post_id, version=version, text=a_text(body))
