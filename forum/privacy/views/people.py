"""A person's data: handed out to themselves, erased by an admin."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, stream_with_context
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField

from forum.accounts import queries as accounts
from forum.accounts.login import viewer
from forum.audit import services as audit
from forum.core import clock, ratelimit
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.forms import EmptyForm, Form, text_of
from forum.core.i18n import _, lazy, ngettext
from forum.core.ratelimit import Limit
from forum.core.web import flash, see_other
from forum.privacy import policy
from forum.privacy.queries import person
from forum.privacy.services import erasing

EXPORT = Limit("export-own-data", 5, 3600)


class EraseForm(Form):
    ketik = StringField(lazy("Nama pengguna"))
    alasan = StringField(lazy("Alasan"))


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/akun/data", view_func=own_data)
    blueprint.add_url_rule("/akun/data/unduh", view_func=download_own_data, methods=["POST"])
    blueprint.add_url_rule("/admin/pengguna/<username>/hapus-data", view_func=erase, methods=["GET", "POST"])


def own_data() -> str:
    """What is kept about oneself, and how to have it."""
    return render_template("privacy/own_data.html", form=EmptyForm())


def download_own_data() -> Response:
    """All of it as a ZIP file, sent while it is put together."""
    actor = viewer()
    ratelimit.hit(EXPORT, actor.id)
    if actor.id is None:
        raise NotFound
    with transaction():
        audit.record(actor, "user.export", "user", actor.id)
    name = f"rembuk-{actor.username}-{clock.now():%Y%m%d}.zip"
    response = Response(stream_with_context(person.export(actor.id)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def erase(username: str) -> BaseResponse | tuple[str, int]:
    """Asks, with what stays and what goes; the username has to be typed once more."""
    actor = viewer()
    policy.require_admin(actor)
    page = accounts.user_entry(username)
    form = EraseForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            with transaction():
                left = erasing.erase(actor, page.id, typed=text_of(form.ketik.data), reason=text_of(form.alasan.data))
            flash(
                ngettext(
                    "Akun dihapus. %(num)d tulisan masih menyebut namanya: lihat di Data pribadi.",
                    "Akun dihapus. %(num)d tulisan masih menyebut namanya: lihat di Data pribadi.",
                    left,
                )
                if left
                else _("Akun dihapus. Tidak ada tulisan lain yang menyebut namanya.")
            )
            return see_other("/admin/pengguna")
    body = render_template("privacy/erase.html", page=page, form=form, left=erasing.left_of(page.id))
    return body, 422 if form.has_errors else 200
