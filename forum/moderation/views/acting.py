"""Acts straight from a post or a thread, without a case."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied, NotFound
from forum.core.forms import text_of
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.moderation import policy, subjects
from forum.moderation.acts import Act
from forum.moderation.addresses import ruling_url
from forum.moderation.forms import ReasonForm, act_form, values_of
from forum.moderation.queries.cases import open_case_about
from forum.moderation.queries.rulings import rulings_about
from forum.moderation.services import perform
from forum.moderation.subjects import Subject
from forum.moderation.views.cases import Page, caught, chosen, fields_of, offered, told_about


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/moderasi/tindakan/<kind>/<id:subject_id>", view_func=act, methods=["GET", "POST"])


def act(kind: str, subject_id: int) -> Page:
    """What can be done here; with `tindakan` the form of one act."""
    actor = viewer()
    subject = subjects.read(actor, kind, subject_id)
    if not policy.may_moderate(actor, subject.board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))
    name = request.args.get("tindakan", "")
    if not name and request.method == "GET":
        return _choices(subject)
    known = chosen(name, subject)
    if known is None:
        raise NotFound
    form = act_form(known)
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        done, status = caught(form, lambda: _done(known, subject, form))
        if done:
            return done
    body = render_template(
        "moderation/decide.html",
        record=None,
        subject=subject,
        act=known,
        form=form,
        fields=fields_of(known, subject, form),
        preview=told_about(known, subject),
        back=(subject.title, subject.url),
    )
    return body, status


def _choices(subject: Subject) -> str:
    actor = viewer()
    parts = {kind: number for kind, number in subject.parts.items() if kind != "user"}
    return render_template(
        "moderation/acts.html",
        subject=subject,
        choices=offered(subject),
        rulings=rulings_about(actor, parts or dict(subject.parts)),
        case=open_case_about(actor, subject.kind, subject.id),
    )


def _done(known: Act, subject: Subject, form: ReasonForm) -> Response:
    with transaction():
        act_id = perform(
            viewer(), known.name, subject.parts[known.kind], values_of(known, form), text_of(form.reason.data)
        )
    flash(_("Sudah dilakukan, dan yang terkait sudah diberi tahu."))
    return see_other(ruling_url(act_id))
