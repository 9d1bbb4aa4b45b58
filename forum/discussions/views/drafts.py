"""Drafts, and the names that complete a mention."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.i18n import _, short_time
from forum.core.text import one_line
from forum.core.web import back_to, flash, see_other, wants_json
from forum.discussions.queries import drafts
from forum.discussions.queries.people import suggest_people
from forum.discussions.services import reading


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/draf", "drafts", view_func=all_drafts)
    blueprint.add_url_rule("/draf", view_func=save_draft, methods=["POST"])
    blueprint.add_url_rule("/draf/<id:draft_id>/hapus", view_func=discard_draft, methods=["POST"])
    blueprint.add_url_rule("/sebut", view_func=mention_suggestions)


def all_drafts() -> str:
    return render_template("discussions/drafts.html", page=drafts.drafts_page(viewer()))


def save_draft() -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.DRAFT, actor.id)
    fields = {name: request.form.get(name, "") for name in ("title", "body", "kind", "tags")}
    fields["board_slug"] = request.form.get("board", "")
    with transaction():
        draft = reading.save_draft(actor, request.form.get("place", ""), fields)
        version, saved_at = (draft.version, short_time(draft.updated_at)) if draft else (0, "")
    if wants_json():
        return jsonify(
            version=version, saved_at=saved_at, message=_("Draf tersimpan %(time)s", time=saved_at) if draft else ""
        )
    flash(_("Draf tersimpan %(time)s", time=saved_at) if draft else _("Draf dihapus."))
    return see_other(back_to("/draf"))


def discard_draft(draft_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        reading.discard_draft(actor, draft_id)
    if wants_json():
        return jsonify(discarded=True)
    flash(_("Draf dihapus."))
    return see_other(back_to("/draf"))


def mention_suggestions() -> Response:
    """Up to eight people for what was typed behind "@", as JSON."""
    ratelimit.hit_here(ratelimit.SUGGEST, viewer().id)
    typed = one_line(request.args.get("q", ""))[:40]
    people = suggest_people(typed) if typed else []
    return jsonify([{"username": person.username, "name": person.name, "unit": person.unit} for person in people])
