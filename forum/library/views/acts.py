"""What readers and curators do with a published guide, a button each."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.paging import parse_id
from forum.core.web import back_to, flash, see_other
from forum.library.services import keeping, reading


def add_routes(blueprint: Blueprint) -> None:
    for rule, view in (
        ("dibaca", acknowledge),
        ("membantu", vote),
        ("masih-benar", confirm),
        ("validasi", validate),
    ):
        blueprint.add_url_rule(f"/panduan/<id:guide_id>/{rule}", view_func=view, methods=["POST"])


def _number(name: str) -> int:
    return parse_id(request.form.get(name, ""))


def acknowledge(guide_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    on = request.form.get("on") != "0"
    with transaction():
        reading.acknowledge(actor, guide_id, _number("revisi"), on=on)
    flash(_("Tercatat: panduan ini sudah Anda baca.") if on else _("Tanda sudah dibaca dicabut."))
    return see_other(back_to("/panduan"))


def vote(guide_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    answer = request.form.get("jawaban", "")
    if answer not in ("ya", "tidak"):
        raise NotFound
    with transaction():
        reading.vote(actor, guide_id, _number("revisi"), helped=answer == "ya", reason=request.form.get("alasan", ""))
    flash(_("Terima kasih. Kurator membaca jawaban Anda."))
    return see_other(back_to("/panduan"))


def confirm(guide_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        keeping.confirm(actor, guide_id, _number("version"))
    flash(_("Tercatat: panduan ini masih benar."))
    return see_other(back_to("/panduan"))


def validate(guide_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        keeping.validate(actor, guide_id, _number("version"))
    flash(_("Panduan ini kini tervalidasi."))
    return see_other(back_to("/panduan"))
