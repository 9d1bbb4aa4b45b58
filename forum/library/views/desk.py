"""The curators' desk, and the pages that ask before a guide is archived, merged or renamed."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _, lazy
from forum.core.web import flash, see_other
from forum.library import policy
from forum.library.addresses import guide_url
from forum.library.forms import FlagForm, ReasonForm, RedactForm
from forum.library.queries import desk as desk_queries
from forum.library.queries.records import GuideRecord, guide_for
from forum.library.services import flagging, keeping, redacting

FLAG_REASONS = (
    ("outdated", lazy("Sudah usang"), ""),
    ("wrong", lazy("Ada yang salah"), ""),
    ("unclear", lazy("Sulit dipahami"), ""),
    ("personal_data", lazy("Memuat data pribadi"), ""),
)


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/moderasi/panduan", "desk", view_func=desk)
    blueprint.add_url_rule("/panduan/<id:guide_id>/atur", view_func=manage, methods=both)
    blueprint.add_url_rule("/panduan/<id:guide_id>/laporkan", view_func=flag, methods=both)
    blueprint.add_url_rule("/panduan/<id:guide_id>/hapus-teks", view_func=redact, methods=both)
    blueprint.add_url_rule("/moderasi/panduan/laporan/<id:flag_id>", view_func=resolve, methods=["POST"])


def desk() -> str:
    return render_template("library/desk.html", page=desk_queries.desk_page(viewer()))


def manage(guide_id: int) -> str | Response | tuple[str, int]:
    """Archive, bring back, merge, rename: one page, a button each."""
    actor = viewer()
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    form = ReasonForm()
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            try:
                return _keep(form, guide_id)
            except Conflict as conflict:
                status = conflict.status
                form.refuse(Invalid(str(conflict)))
    guide = guide_for(actor, guide_id)
    form.version.data = str(guide.version)
    if request.method == "GET":
        form.slug.data = guide.slug
    if form.has_errors and status == 200:
        status = 422
    choices = (("", _("Tanpa pengganti")), *desk_queries.guide_choices(actor, guide_id))
    return render_template("library/manage.html", guide=guide, form=form, choices=choices), status


def _keep(form: ReasonForm, guide_id: int) -> Response:
    actor, act = viewer(), request.form.get("aksi", "")
    version = whole_number(form.version.data)
    successor = whole_number(form.successor.data) or None
    reason = text_of(form.reason.data)
    guide = guide_for(actor, guide_id)
    slug = guide.slug
    with transaction():
        if act == "arsipkan":
            keeping.archive(actor, guide_id, version, reason=reason, successor_id=successor)
        elif act == "pulihkan":
            keeping.unarchive(actor, guide_id, version)
        elif act == "gabungkan":
            if successor is None:
                raise Invalid(_("Pilih panduan tujuan."), "successor")
            keeping.merge(actor, guide_id, version, successor, reason)
            slug = guide_for(actor, successor).slug
        elif act == "alamat":
            slug = keeping.rename(actor, guide_id, version, text_of(form.slug.data))
        else:
            raise Invalid(_("Pilih apa yang hendak dilakukan."))
    flash(_DONE[act]())
    return see_other(guide_url(slug))


_DONE = {
    "arsipkan": lambda: _("Panduan diarsipkan. Isinya tetap dapat dibaca."),
    "pulihkan": lambda: _("Panduan berlaku lagi, belum divalidasi."),
    "gabungkan": lambda: _("Panduan digabungkan. Alamat lamanya menuju ke sini."),
    "alamat": lambda: _("Alamat diganti. Alamat lamanya tetap berlaku."),
}


def flag(guide_id: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = FlagForm()
    guide: GuideRecord = guide_for(actor, guide_id)
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                flagging.flag(actor, guide_id, text_of(form.reason.data), text_of(form.note.data))
            flash(_("Terima kasih. Pemilik panduan dan kurator akan memeriksanya."))
            return see_other(guide_url(guide.slug))
    body = render_template("library/flag.html", guide=guide, url=guide_url(guide.slug), form=form, reasons=FLAG_REASONS)
    return body, 422 if form.has_errors else 200


def resolve(flag_id: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        flagging.resolve(actor, flag_id, request.form.get("hasil", ""))
    flash(_("Laporan diselesaikan."))
    return see_other("/moderasi/panduan")


def redact(guide_id: int) -> str | Response | tuple[str, int]:
    """Take words out of every revision, for good."""
    actor = viewer()
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    form = RedactForm()
    guide = guide_for(actor, guide_id)
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                times = redacting.redact(actor, guide_id, text_of(form.words.data), text_of(form.reason.data))
            flash(_("Teks itu dihapus dari %(times)d versi.", times=times))
            return see_other(guide_url(guide.slug))
    body = render_template("library/redact.html", guide=guide, url=guide_url(guide.slug), form=form)
    return body, 422 if form.has_errors else 200
