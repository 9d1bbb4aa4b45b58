"""Readers report what does not belong here, and take a report back."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.forms import text_of
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.moderation import subjects
from forum.moderation.causes import FLAG_REASONS
from forum.moderation.forms import FlagForm
from forum.moderation.queries.flags import own_flag
from forum.moderation.services import opening
from forum.moderation.views.cases import Page, caught


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/laporkan/<kind>/<id:subject_id>", view_func=flag, methods=["GET", "POST"])
    blueprint.add_url_rule("/laporkan/<kind>/<id:subject_id>/tarik", view_func=withdraw, methods=["POST"])


def flag(kind: str, subject_id: int) -> Page:
    actor = viewer()
    subject = opening.flaggable(actor, kind, subject_id)
    form = FlagForm()
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.FLAG, actor.id)

        def do() -> Response:
            with transaction():
                opening.flag(actor, kind, subject_id, text_of(form.reason.data), text_of(form.note.data))
            flash(_("Terima kasih. Moderator akan memeriksanya."))
            return see_other(subject.url)

        done, status = caught(form, do)
        if done:
            return done
    body = render_template(
        "moderation/flag.html",
        subject=subject,
        form=form,
        own=own_flag(actor, subject.kind, subject.id),
        reasons=FLAG_REASONS,
    )
    return body, status


def withdraw(kind: str, subject_id: int) -> Page:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    subject = subjects.read(actor, kind, subject_id)
    with transaction():
        opening.withdraw(actor, kind, subject_id)
    flash(_("Laporan Anda ditarik."))
    return see_other(subject.url)
