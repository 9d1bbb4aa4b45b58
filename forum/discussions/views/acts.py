"""Small acts on posts and threads: vote, solve, delete, restore, pin, lock, move, summary. Each is a POST; some ask first."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied
from forum.core.forms import text_of
from forum.core.i18n import _
from forum.core.markup import is_blank
from forum.core.web import flash, see_other, wants_json
from forum.discussions import policy
from forum.discussions.addresses import permalink
from forum.discussions.forms import MoveForm, ReasonForm, SummaryForm
from forum.discussions.queries import boards, presenting
from forum.discussions.queries.records import opening_post_id, post_for, thread_for
from forum.discussions.queries.shapes import ActPage
from forum.discussions.services import changing, curating, reading, texts


def add_routes(blueprint: Blueprint) -> None:
    post, both = ["POST"], ["GET", "POST"]
    blueprint.add_url_rule("/kiriman/<id:post_id>/bermanfaat", view_func=vote, methods=post)
    blueprint.add_url_rule("/kiriman/<id:post_id>/solusi", view_func=solve, methods=post)
    blueprint.add_url_rule("/kiriman/<id:post_id>/hapus", view_func=delete_post, methods=both)
    blueprint.add_url_rule("/kiriman/<id:post_id>/pulihkan", view_func=restore_post, methods=post)
    blueprint.add_url_rule("/diskusi/<thread:ref>/sematkan", view_func=pin, methods=post)
    blueprint.add_url_rule("/diskusi/<thread:ref>/kunci", view_func=lock, methods=both)
    blueprint.add_url_rule("/diskusi/<thread:ref>/pindah", view_func=move, methods=both)
    blueprint.add_url_rule("/diskusi/<thread:ref>/ringkasan", view_func=summary, methods=both)


def _on() -> bool:
    return request.form.get("on", "1") != "0"


def vote(post_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        record, count = reading.vote(actor, post_id, on=_on())
    if wants_json():
        return jsonify(count=count, on=_on())
    return see_other(permalink(record.url, post_id))


def solve(post_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        record = curating.solve(actor, post_id, on=_on())
    flash(_("Ditandai sebagai jawaban. Terima kasih.") if _on() else _("Tanda jawaban dilepas."))
    return see_other(permalink(record.url, post_id))


def delete_post(post_id: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = ReasonForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                url = changing.delete_post(actor, post_id, text_of(form.reason.data))
            flash(_("Dihapus."), undo=f"/kiriman/{post_id}/pulihkan")
            return see_other(url)
    record, post = post_for(actor, post_id)
    if not policy.may_delete(actor, record, post):
        raise Denied(_("Hanya penulis dan moderator yang dapat menghapus kiriman ini."))
    head, shown = presenting.post_view(actor, record.id, post_id)
    return render_template(
        "discussions/delete.html", page=ActPage(head, shown), form=form
    ), 422 if form.has_errors else 200


def restore_post(post_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        url = changing.restore_post(actor, post_id)
    flash(_("Dipulihkan."))
    return see_other(url)


def pin(ref: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        record = curating.pin(actor, ref, on=_on())
    flash(_("Diskusi disematkan di atas papannya.") if _on() else _("Sematan dilepas."))
    return see_other(record.url)


def _moderators_only(ref: int) -> ActPage:
    """The page that asks before an act of moderators. Raises NotFound, Denied."""
    actor = viewer()
    record = thread_for(actor, ref)
    if not policy.may_moderate(actor, record.board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))
    head, opening = presenting.post_view(actor, ref, opening_post_id(ref))
    return ActPage(head, opening, boards.boards_for(actor))


def lock(ref: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = ReasonForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                record = curating.lock(actor, ref, on=_on(), reason=text_of(form.reason.data))
            flash(_("Diskusi dikunci.") if _on() else _("Diskusi dibuka lagi."))
            return see_other(record.url)
    page = _moderators_only(ref)
    return render_template("discussions/lock.html", page=page, form=form), 422 if form.has_errors else 200


def move(ref: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = MoveForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                record = curating.move(actor, ref, text_of(form.board.data))
            flash(_("Diskusi dipindahkan."))
            return see_other(record.url)
    page = _moderators_only(ref)
    form.board.choices = [(card.ref.slug, card.ref.name) for card in page.boards if card.may_post]
    if request.method == "GET":
        form.board.data = page.thread.board.slug
    return render_template("discussions/move.html", page=page, form=form), 422 if form.has_errors else 200


def summary(ref: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = SummaryForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            body = text_of(form.body.data)
            text = None if is_blank(body) else texts.post_text(body)
            with transaction():
                record = curating.summarise(actor, ref, text, form.override)
            flash(_("Ringkasan tersimpan.") if text else _("Ringkasan dihapus."))
            return see_other(record.url)
    page = _moderators_only(ref)
    if request.method == "GET":
        form.body.data = thread_for(actor, ref).summary
    return render_template("discussions/summary.html", page=page, form=form), 422 if form.has_errors else 200
