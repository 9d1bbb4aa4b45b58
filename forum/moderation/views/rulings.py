"""What was decided: for those concerned, who may appeal, and for moderators, who may take it back."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import clock, ratelimit
from forum.core.db import transaction
from forum.core.forms import Form, text_of
from forum.core.i18n import _
from forum.core.paging import parse_page, with_query
from forum.core.web import flash, open_to_suspended, see_other
from forum.moderation import policy
from forum.moderation.addresses import ruling_url
from forum.moderation.forms import AppealForm, ReasonForm
from forum.moderation.queries import rulings as queries
from forum.moderation.services import appealing, undo
from forum.moderation.services.acting import UNDO_FOR
from forum.moderation.services.appealing import APPEAL_FOR
from forum.moderation.views.cases import Page, caught

LIST = "/moderasi/keputusan"


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(LIST, view_func=rulings)
    blueprint.add_url_rule("/keputusan/<id:act_id>", view_func=ruling)
    blueprint.add_url_rule("/keputusan/<id:act_id>/banding", view_func=appeal, methods=["POST"])
    blueprint.add_url_rule("/keputusan/<id:act_id>/cabut", view_func=take_back, methods=["POST"])


def rulings() -> str:
    actor = viewer()
    policy.require_moderator(actor)
    page = parse_page(request.args.get("halaman"))
    found, has_more = queries.rulings_page(actor, page)
    return render_template(
        "moderation/rulings.html",
        rulings=found,
        newer=with_query(LIST, halaman=page - 1 if page > 2 else None) if page > 1 else None,
        older=with_query(LIST, halaman=page + 1) if has_more else None,
    )


def ruling(act_id: int) -> Page:
    return _page(act_id, AppealForm(formdata=None))


def _page(act_id: int, form: Form, status: int = 422) -> Page:
    actor = viewer()
    found = queries.ruling_for(actor, act_id)
    own = queries.own_appeal(actor, act_id)
    age = clock.now() - found.at
    stands = found.undone_at is None
    body = render_template(
        "moderation/ruling.html",
        ruling=found,
        own=own,
        form=form,
        appealing=form if isinstance(form, AppealForm) else AppealForm(formdata=None),
        undoing=form if isinstance(form, ReasonForm) else ReasonForm(formdata=None),
        may_appeal=stands and actor.id in found.concerned and own is None and age <= APPEAL_FOR,
        may_undo=stands and found.may_moderate and actor.id not in found.concerned and age <= UNDO_FOR,
        appeal_until=found.at + APPEAL_FOR,
    )
    return body, status if form.has_errors else 200


@open_to_suspended
def appeal(act_id: int) -> Page:
    actor = viewer()
    ratelimit.hit(ratelimit.WRITE, actor.id)
    form = AppealForm()

    def do() -> Response:
        with transaction():
            appealing.appeal(actor, act_id, text_of(form.body.data))
        flash(_("Banding Anda terkirim. Moderator lain akan memeriksanya."))
        return see_other(ruling_url(act_id))

    done, status = caught(form, do)
    return done or _page(act_id, form, status)


def take_back(act_id: int) -> Page:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    form = ReasonForm()

    def do() -> Response:
        with transaction():
            undo(actor, act_id, text_of(form.reason.data))
        flash(_("Keputusan dicabut, dan yang terkait sudah diberi tahu."))
        return see_other(ruling_url(act_id))

    done, status = caught(form, do)
    return done or _page(act_id, form, status)
