"""Appeals, for moderators to decide."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.forms import text_of
from forum.core.i18n import _
from forum.core.paging import parse_page, with_query
from forum.core.web import flash, see_other
from forum.moderation import policy
from forum.moderation.addresses import APPEALS
from forum.moderation.forms import AnswerForm
from forum.moderation.queries import appeals as queries
from forum.moderation.services import appealing
from forum.moderation.views.cases import Page, caught


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(APPEALS, view_func=appeals)
    blueprint.add_url_rule(f"{APPEALS}/<id:appeal_id>", view_func=appeal_page, methods=["GET", "POST"])


def appeals() -> str:
    actor = viewer()
    policy.require_moderator(actor)
    state = "closed" if request.args.get("status") == "selesai" else "open"
    page = parse_page(request.args.get("halaman"))
    lines, has_more = queries.appeals_page(actor, state, page)
    kept = "selesai" if state == "closed" else None
    return render_template(
        "moderation/appeals.html",
        lines=lines,
        state=state,
        newer=with_query(APPEALS, status=kept, halaman=page - 1) if page > 1 else None,
        older=with_query(APPEALS, status=kept, halaman=page + 1) if has_more else None,
    )


def appeal_page(appeal_id: int) -> Page:
    actor = viewer()
    policy.require_moderator(actor)
    form = AnswerForm()
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)

        def do() -> Response:
            with transaction():
                appealing.decide(actor, appeal_id, text_of(form.outcome.data), text_of(form.answer.data))
            flash(_("Banding diputuskan, dan yang mengajukannya sudah diberi tahu."))
            return see_other(APPEALS)

        done, status = caught(form, do)
        if done:
            return done
    record = queries.appeal_for(actor, appeal_id)
    return render_template("moderation/appeal.html", record=record, form=form), status
