"""Pages for acts of moderators that ask for something: hide, split, merge, duplicate. Each asks by GET and acts by POST."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied, Invalid
from forum.core.forms import Form, text_of
from forum.core.i18n import _
from forum.core.paging import with_query
from forum.core.web import flash, see_other
from forum.discussions import policy
from forum.discussions.forms import DuplicateForm, HideForm, MergeForm, SplitForm
from forum.discussions.queries import presenting
from forum.discussions.queries.records import opening_post_id, post_for, thread_for
from forum.discussions.queries.shapes import ActPage
from forum.discussions.services import moderating

Page = str | Response | tuple[str, int]


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/kiriman/<id:post_id>/sembunyikan", view_func=hide, methods=both)
    blueprint.add_url_rule("/kiriman/<id:post_id>/pisahkan", view_func=split, methods=both)
    blueprint.add_url_rule("/diskusi/<thread:ref>/gabungkan", view_func=merge, methods=both)
    blueprint.add_url_rule("/diskusi/<thread:ref>/duplikat", view_func=duplicate, methods=both)


def _about_post(post_id: int) -> ActPage:
    """The post, for moderators of its board. Raises NotFound, Denied."""
    record, _post = post_for(viewer(), post_id)
    _require_moderator(record.board_id)
    return ActPage(*presenting.post_view(viewer(), record.id, post_id))


def _about_thread(ref: int) -> ActPage:
    """The thread, for moderators of its board. Raises NotFound, Denied."""
    record = thread_for(viewer(), ref)
    _require_moderator(record.board_id)
    return ActPage(*presenting.post_view(viewer(), ref, opening_post_id(ref)))


def _require_moderator(board_id: int) -> None:
    if not policy.may_moderate(viewer(), board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))


def _done(form: Form, name: str, object_id: int, values: Mapping[str, str], reason: str) -> str:
    """Do the act; the address of what it was done to, '' when the form has to be shown again."""
    ratelimit.hit(ratelimit.ACT, viewer().id)
    with form.catching(), transaction():
        return moderating.perform_now(viewer(), name, object_id, values, reason)
    return ""


def _ask(template: str, page: ActPage, form: Form) -> Page:
    return render_template(template, page=page, form=form), 422 if form.has_errors else 200


def hide(post_id: int) -> Page:
    form = HideForm()
    if request.method == "POST":
        name = {"hide": "post.hide", "rephrase": "post.rephrase"}.get(text_of(form.how.data), "")
        if not name:
            form.refuse(Invalid(_("Pilih apa yang dilakukan."), "how"))
        elif done := _done(form, name, post_id, {}, text_of(form.reason.data)):
            hidden = name == "post.hide"
            flash(
                _("Disembunyikan.") if hidden else _("Dikembalikan kepada penulisnya."),
                undo=f"/kiriman/{post_id}/pulihkan",
            )
            return see_other(done)
    return _ask("discussions/hide.html", _about_post(post_id), form)


def split(post_id: int) -> Page:
    form = SplitForm()
    if request.method == "POST":
        values = {name: text_of(form[name].data) for name in ("title", "board", "kind")}
        if done := _done(form, "post.split", post_id, values, text_of(form.reason.data)):
            flash(_("Balasan itu, beserta tanggapannya, menjadi diskusi ini."))
            return see_other(done)
    page = _about_post(post_id)
    if page.post and page.post.is_opening:
        raise Denied(
            _("Kiriman pembuka tidak dapat dipisahkan: ia adalah diskusinya. Pindahkan diskusinya ke papan lain.")
        )
    form.board.choices = list(moderating.boards_to_split_into(viewer()))
    if request.method == "GET":
        form.board.data = page.thread.board.slug
    return _ask("discussions/split.html", page, form)


def merge(ref: int) -> Page:
    form = MergeForm()
    if request.method == "POST":
        values = {"into": text_of(form.into.data)}
        if done := _done(form, "thread.merge", ref, values, text_of(form.reason.data)):
            flash(_("Diskusi sudah digabungkan. Alamat lamanya mengantar ke sini."))
            return see_other(done)
    return _ask("discussions/merge.html", _about_thread(ref), form)


def duplicate(ref: int) -> Page:
    form = DuplicateForm()
    if request.method == "POST":
        off = request.form.get("on") == "0"
        name, values = "thread.unduplicate" if off else "thread.duplicate", {"of": text_of(form.of.data)}
        if done := _done(form, name, ref, values, text_of(form.reason.data)):
            flash(_("Tanda duplikat dilepas.") if off else _("Ditandai duplikat. Pembaca diantar ke diskusi aslinya."))
            return see_other(with_query(done, asli=1))
    return _ask("discussions/duplicate.html", _about_thread(ref), form)
