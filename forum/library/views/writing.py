"""Writing a new guide, proposing a change, going on with a draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.attachments.limits import FORM_REQUEST
from forum.attachments.views.taking import FormFiles
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _, short_time
from forum.core.paging import parse_id
from forum.core.text import one_line
from forum.core.web import back_to, flash, see_other, takes_files
from forum.library.forms import KIND_CHOICES, SIGNIFICANCE_CHOICES, DraftForm, NewGuideForm, TextForm
from forum.library.queries import drafts, sketches
from forum.library.queries.drafts import DraftPage
from forum.library.queries.files import FILES
from forum.library.sections import Section
from forum.library.services import reviewing, sketching, texts, writing
from forum.library.services.texts import GuideText
from forum.library.workflow import Action, State

Choices = tuple[tuple[str, str], ...]
AUTOSAVED = ("title", "summary", *Section)
SKETCHED = (*AUTOSAVED, "kind", "area", "unit", "owner", "review_months", "tags")


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/panduan/baru", "new", view_func=new_guide, methods=both)
    blueprint.add_url_rule("/naskah/sementara", view_func=sketch, methods=["POST"])
    blueprint.add_url_rule("/naskah/sementara/buang", view_func=discard_sketch, methods=["POST"])
    blueprint.add_url_rule("/panduan/<id:guide_id>/usul", view_func=propose, methods=["POST"])
    blueprint.add_url_rule("/naskah/<id:revision_id>", view_func=draft, methods=both)
    blueprint.add_url_rule("/naskah/<id:revision_id>/simpan-otomatis", view_func=autosave, methods=["POST"])


def _text(form: TextForm) -> GuideText:
    return texts.guide_text(text_of(form.title.data), text_of(form.summary.data), form.bodies())


@takes_files(FORM_REQUEST)
def new_guide() -> str | Response | tuple[str, int]:
    """A new guide, or going on with one that was typed before; `judul`: what somebody searched for in vain."""
    actor = viewer()
    form = NewGuideForm()
    files = FormFiles(actor, form)
    kept = sketches.sketch_at(actor, sketches.NEW) if request.method == "GET" else None
    areas = (("", _("Pilih bidang layanan")), *drafts.area_choices())
    units = (("", _("Pilih perangkat daerah")), *drafts.unit_names())
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            if files.settle():
                return _start(form, _details(form, areas, units), files)
    if kept:
        form.take_up(kept.fields)
    elif request.method == "GET":
        form.title.data = one_line(request.args.get("judul", ""))[: texts.MAX_TITLE]
    body = render_template(
        "library/new.html",
        form=form,
        files=files.page(*form.bodies().values()),
        sections=tuple(Section),
        kinds=KIND_CHOICES,
        areas=areas,
        units=units,
        kept=kept,
    )
    return body, 422 if form.has_errors else 200


def sketch() -> Response:
    """Keep what is typed before there is a draft, as JSON for scripts."""
    actor = viewer()
    ratelimit.hit(ratelimit.DRAFT, actor.id)
    fields = {str(name): request.form.get(name, "") for name in SKETCHED if name in request.form}
    with transaction():
        at = sketching.keep(actor, request.form.get("place", ""), fields)
    return jsonify(saved_at=short_time(at) if at else "")


def discard_sketch() -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        sketching.discard(actor, request.form.get("place", ""))
    flash(_("Tulisan dibuang."))
    return see_other(back_to("/panduan"))


def _start(form: NewGuideForm, details: dict[str, Any], files: FormFiles) -> Response:
    text = _text(form)
    with transaction():
        _guide, revision_id = writing.start_guide(viewer(), text, files=files.chosen, override=form.override, **details)
        sketching.discard(viewer(), sketches.NEW)
    flash(_("Naskah tersimpan. Anda dan kurator yang dapat melihatnya."))
    return see_other(f"/naskah/{revision_id}")


def _details(form: NewGuideForm, areas: Choices, units: Choices) -> dict[str, Any]:
    """What is said about the guide as a whole. Raises Invalid."""
    owner = text_of(form.owner.data).strip().removeprefix("@")
    owner_id = drafts.owner_id_of(owner) if owner else viewer().id
    if owner_id is None:
        raise Invalid(_("Tidak ada akun aktif dengan nama pengguna ini."), "owner")
    return {
        "kind": text_of(form.kind.data),
        "area_id": _choice(form.area.data, areas, "area"),
        "unit_id": _choice(form.unit.data, units, "unit"),
        "owner_id": owner_id,
        "review_months": whole_number(form.review_months.data),
        "tags": [tag.strip() for tag in text_of(form.tags.data).split(",") if tag.strip()],
    }


def _choice(value: Any, offered: Choices, field: str) -> int | None:
    """The id that was chosen, None for the empty choice. Raises Invalid for one that was not offered."""
    if not value:
        return None
    if value not in {key for key, _label in offered}:
        raise Invalid(_("Pilihan ini tidak tersedia (lagi)."), field)
    return int(value)


def propose(guide_id: int) -> Response:
    """Begin a change of a guide, or go on with one's own. `versi`: an earlier text to bring back."""
    actor = viewer()
    ratelimit.hit(ratelimit.WRITE, actor.id)
    asked = request.form.get("versi", "")
    old = drafts.text_of_revision(actor, guide_id, parse_id(asked) if asked else None)
    current = drafts.text_of_revision(actor, guide_id)
    text = texts.guide_text(old.title, old.summary, old.sections)
    with transaction():
        revision_id = writing.propose(actor, guide_id, text, current.number)
    if asked and drafts.draft_page(actor, revision_id).bodies != old.sections:
        flash(
            _(
                "Anda masih punya naskah yang terbuka untuk panduan ini. Selesaikan atau tarik dahulu, lalu pilih lagi versinya."
            )
        )
    return see_other(f"/naskah/{revision_id}")


@takes_files(FORM_REQUEST)
def draft(revision_id: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = DraftForm()
    files = FormFiles(actor, form, (FILES, revision_id))
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            try:
                if done := _act(form, revision_id, files):
                    return done
            except Conflict as conflict:
                status = conflict.status
                form.refuse(Invalid(str(conflict)))
    page = drafts.draft_page(actor, revision_id)
    if request.method == "GET":
        _fill(form, page)
    editable = Action.SAVE in page.actions or Action.EDIT_PENDING in page.actions
    if not editable and request.method == "GET":
        return see_other(f"/tinjau/{revision_id}")
    typed = (text_of(form.title.data), text_of(form.summary.data), form.bodies())
    stored = (page.title, page.summary, page.bodies)
    lost = drafts.differences(stored, typed) if status == Conflict.status else ()
    if not files.only_files:
        form.version.data = str(page.version)
        form.base.data = str(page.published_number or "")
    if form.has_errors and status == 200:
        status = 422
    body = render_template(
        "library/draft.html",
        page=page,
        form=form,
        files=files.page(*form.bodies().values()),
        sections=tuple(Section),
        lost=lost,
        significances=SIGNIFICANCE_CHOICES,
        act=form.pressed("simpan"),
    )
    return body, status


def _fill(form: DraftForm, page: DraftPage) -> None:
    kept = page.autosaved
    bodies = {str(name): kept.get(name, "") for name in Section} if kept else page.bodies
    form.fill(
        kept.get("title", page.title) if kept else page.title, kept.get("summary", "") if kept else page.summary, bodies
    )
    form.change_summary.data, form.significance.data = page.change_summary, page.significance


def _act(form: DraftForm, revision_id: int, files: FormFiles) -> Response | None:
    """Save, and then what the pressed button asks for; None: it was about files only. Raises Invalid, NotFound, Denied, Conflict."""
    actor = viewer()
    act = form.pressed("simpan")
    version = whole_number(form.version.data)
    page = drafts.draft_page(actor, revision_id)
    if act == "buang":
        with transaction():
            writing.withdraw(actor, revision_id, version)
        flash(_("Naskah ditarik."))
        return see_other(page.guide_url or "/panduan")
    if not files.settle():
        return None
    text = _text(form)
    if page.state is State.PENDING:
        with transaction():
            reviewing.edit_pending(actor, revision_id, version, text, files.chosen, form.override)
        flash(_("Naskah diperbaiki. Kurator lain yang menyetujuinya."))
        return see_other(f"/tinjau/{revision_id}")
    if Action.SAVE not in page.actions:
        raise Denied(_("Naskah ini tidak dapat diubah lagi."))
    with transaction():
        version = writing.save(actor, revision_id, version, text, files.chosen, form.override)
    if act != "kirim":
        flash(_("Naskah tersimpan."))
        return see_other(f"/naskah/{revision_id}")
    with transaction():
        writing.submit(
            actor,
            revision_id,
            version,
            change=text_of(form.change_summary.data),
            significance=text_of(form.significance.data),
            base=whole_number(form.base.data) or None,
            override=form.override,
        )
    flash(_("Naskah dikirim. Kurator akan meninjaunya."))
    return see_other(f"/tinjau/{revision_id}")


def autosave(revision_id: int) -> Response:
    """Keep what is being typed, as JSON for scripts."""
    actor = viewer()
    ratelimit.hit(ratelimit.DRAFT, actor.id)
    fields = {str(name): request.form.get(name, "") for name in AUTOSAVED}
    with transaction():
        at = writing.autosave(actor, revision_id, fields)
    return jsonify(saved_at=short_time(at))
