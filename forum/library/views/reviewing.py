"""Reading what waits for review, and deciding about it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.library.forms import DecisionForm
from forum.library.queries import drafts
from forum.library.sections import Section
from forum.library.services import commenting, reviewing

VIEWS = ("perubahan", "berdampingan", "jadi")


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/tinjau/<id:revision_id>", view_func=review, methods=["GET", "POST"])
    blueprint.add_url_rule("/tinjau/<id:revision_id>/catatan", view_func=comment, methods=["POST"])


def review(revision_id: int) -> str | Response | tuple[str, int]:
    """`tampilan`: what changed in one column (usual), old and new side by side, or the text as it will be read."""
    actor = viewer()
    form = DecisionForm()
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            try:
                return _decide(form, revision_id)
            except Conflict as conflict:
                status = conflict.status
                form.refuse(Invalid(str(conflict)))
    page = drafts.draft_page(actor, revision_id)
    form.version.data = str(page.version)
    if form.has_errors and status == 200:
        status = 422
    asked = request.args.get("tampilan", "")
    view = asked if asked in VIEWS else VIEWS[0]
    return render_template("library/review.html", page=page, form=form, sections=tuple(Section), view=view), status


def _decide(form: DecisionForm, revision_id: int) -> Response:
    actor = viewer()
    act = request.form.get("aksi", "")
    number = whole_number(form.version.data)
    reason = text_of(form.reason.data)
    with transaction():
        if act in ("setujui", "validasi"):
            reviewing.approve(actor, revision_id, number, validates=act == "validasi")
        elif act == "kembalikan":
            reviewing.send_back(actor, revision_id, number, reason)
        elif act == "tolak":
            reviewing.reject(actor, revision_id, number, reason)
        else:
            raise NotFound
    page = drafts.draft_page(actor, revision_id)
    flash(_("Keputusan Anda tercatat dan disampaikan kepada penulisnya."))
    return see_other(page.guide_url if act in ("setujui", "validasi") else f"/tinjau/{revision_id}")


def comment(revision_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        commenting.comment(actor, revision_id, request.form.get("bagian", ""), request.form.get("isi", ""))
    flash(_("Catatan tersimpan."))
    return see_other(f"/tinjau/{revision_id}#catatan")
