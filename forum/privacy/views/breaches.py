"""Breaches: looking for what holds a datum, the record, its checklist and report. For admins."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectMultipleField, StringField, TextAreaField

from forum.accounts.login import viewer
from forum.core import clock, ratelimit
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.forms import Form, text_of
from forum.core.i18n import DEFAULT_ZONE, _, lazy
from forum.core.web import flash, see_other
from forum.privacy import policy
from forum.privacy.queries import breaches as queries
from forum.privacy.queries.breaches import BreachItem
from forum.privacy.services import breaches as services

BASE = "/admin/kebocoran"


class BreachForm(Form):
    judul = StringField(lazy("Judul"))
    cari = StringField(lazy("Data yang bocor"))
    alamat = TextAreaField(lazy("Alamat tulisan"))
    pilih = SelectMultipleField(lazy("Tulisan"), choices=[], validate_choice=False)
    diketahui = StringField(lazy("Diketahui sejak"))


class StepsForm(Form):
    langkah = SelectMultipleField(lazy("Langkah"), choices=[], validate_choice=False)
    catatan = TextAreaField(lazy("Catatan"))
    hasil = StringField(lazy("Hasil"))


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule(BASE, view_func=breaches, methods=both)
    blueprint.add_url_rule(f"{BASE}/<id:breach_id>", view_func=breach, methods=both)
    blueprint.add_url_rule(f"{BASE}/<id:breach_id>/laporan.md", view_func=breach_report)


def breaches() -> BaseResponse | tuple[str, int]:
    """The list; and the form, whose button `cari` looks for what holds a datum and `buka` opens the record."""
    actor = viewer()
    policy.require_admin(actor)
    form = BreachForm()
    hits: tuple[BreachItem, ...] = ()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            if request.form.get("aksi") == "buka":
                return see_other(f"{BASE}/{_open(form)}")
            with transaction():
                held = services.search(actor, text_of(form.cari.data))
            hits = queries.items_of(held)
            if not hits:
                raise Invalid(_("Tidak ada tulisan yang memuatnya."), "cari")
    else:
        form.diketahui.data = clock.now().astimezone(ZoneInfo(DEFAULT_ZONE)).strftime("%Y-%m-%dT%H:%M")
    page = render_template("privacy/breaches.html", form=form, lines=queries.breach_lines(), hits=hits, now=clock.now())
    return page, 422 if form.has_errors else 200


def _open(form: BreachForm) -> int:
    chosen = services.by_keys(form.pilih.data or ())
    items = (*chosen, *services.at_addresses(text_of(form.alamat.data)))
    with transaction():
        return services.open_breach(viewer(), text_of(form.judul.data), items, _moment(text_of(form.diketahui.data)))


def _moment(text: str) -> datetime:
    """A local date and time, as browsers send it. Raises Invalid."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(DEFAULT_ZONE)).astimezone(clock.now().tzinfo)
    except (ValueError, OverflowError):
        raise Invalid(_("Tulis tanggal dan jam, misalnya 2026-11-24T10:05."), "diketahui") from None


def breach(breach_id: int) -> BaseResponse | tuple[str, int]:
    """One breach: the clock, what holds the data, who may have seen it, what is to be done."""
    actor = viewer()
    policy.require_admin(actor)
    form = StepsForm()
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            _act(form, breach_id)
            return see_other(f"{BASE}/{breach_id}")
    page = queries.breach_page(breach_id)
    if request.method == "GET":
        form.catatan.data, form.langkah.data = page.note, list(page.steps)
    labels = tuple(queries.STEP_LABELS.items())
    body = render_template("privacy/breach.html", page=page, form=form, steps=labels, blind=queries.NOT_RECORDED)
    return body, 422 if form.has_errors else 200


def _act(form: StepsForm, breach_id: int) -> None:
    actor, act = viewer(), request.form.get("aksi")
    with transaction():
        if act == "beri-tahu":
            services.notify(actor, breach_id)
        elif act == "tutup":
            services.close(actor, breach_id, text_of(form.hasil.data))
        else:
            services.keep_steps(actor, breach_id, form.langkah.data or (), text_of(form.catatan.data))
    flash(_("Tersimpan dan tercatat di log audit."))


def breach_report(breach_id: int) -> Response:
    """The report as a Markdown file."""
    policy.require_admin(viewer())
    response = make_response(queries.report(queries.breach_page(breach_id)))
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="kebocoran-{breach_id}.md"'
    return response
