"""A moderator's edit of another's post: readers see that there was one, the history keeps both texts, and it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from forum.core.db import db
from forum.core.errors import Conflict, Denied
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.discussions import policy
from forum.discussions.addresses import permalink
from forum.discussions.models import Post
from forum.discussions.queries.records import post_for
from forum.discussions.services.changing import replace_text
from forum.discussions.services.permitted import moderated_post
from forum.discussions.services.texts import Text, post_text, reason_text
from forum.moderation.acts import Done


def edit(actor: Viewer, post_id: int, values: Mapping[str, Any]) -> Done:
    """Give a post the text `text` (rendered beforehand, so that no lock is held for that), or the Markdown `body`.

    `version`: the one that the moderator read; without it, whatever stands. Raises NotFound, Denied, Invalid (fields 'body', 'reason'),
    Conflict.
    """
    prepared = values.get("text")
    text = prepared if isinstance(prepared, Text) else post_text(str(values.get("body", "")))
    thread, post = moderated_post(actor, post_id)
    if not policy.may_edit(actor, thread, post):
        raise Denied(_("Kiriman yang sudah dihapus tidak dapat disunting."))
    if int(values.get("version") or post.version) != post.version:
        raise Conflict(
            _("Kiriman ini sudah disunting orang lain sementara Anda menulis. Bandingkan dahulu dengan teks terbaru.")
        )
    reason = reason_text(str(values.get("reason", "")), required=True)
    if text.body == post.body:
        raise Conflict(_("Teksnya belum berubah."))
    undo = {"body": post.body, "html": post.html, "renderer": post.renderer_version, **_mark_of(post_id)}
    replace_text(actor, thread, post, text, reason)
    return Done(
        undo={"post": post_id, "version": post.version + 1, **undo},
        concerned=() if post.author_id == actor.id else (post.author_id,),
        title=thread.title,
        url=thread.url if post.is_opening else permalink(thread.url, post_id),
        before={"version": post.version},
        after={"version": post.version + 1},
    )


def unedit(actor: Viewer, undo: Mapping[str, Any]) -> None:
    """Give a post the text back that it had. Raises Denied, Conflict (edited, hidden or deleted meanwhile)."""
    moderated_post(actor, int(undo["post"]))
    thread, post = post_for(actor, int(undo["post"]))
    if post.version != undo["version"]:
        raise Conflict(_("Kiriman ini sudah disunting, disembunyikan, atau dihapus sesudah itu."))
    text = Text(str(undo["body"]), str(undo["html"]), int(undo["renderer"]))
    replace_text(actor, thread, post, text, _("Suntingan moderator dibatalkan."))
    at = undo["edited_at"]
    mark = {"edited_at": datetime.fromisoformat(at) if at else None, "edited_by_id": undo["edited_by"]}
    db.session.execute(update(Post).where(Post.id == post.id).values(**mark))


def _mark_of(post_id: int) -> dict[str, Any]:
    row = db.session.execute(select(Post.edited_at, Post.edited_by_id).where(Post.id == post_id)).one()
    return {"edited_at": row.edited_at.isoformat() if row.edited_at else None, "edited_by": row.edited_by_id}
