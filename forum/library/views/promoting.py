"""Making a guide from a thread."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.content import SourceThread, source_thread
from forum.core.db import transaction
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.library import policy
from forum.library.forms import TextForm
from forum.library.queries.sketches import from_thread, sketch_at
from forum.library.sections import Section
from forum.library.services import promoting, sketching, texts


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/panduan/dari-diskusi/<id:thread_id>", view_func=promote, methods=["GET", "POST"])


def promote(thread_id: int) -> str | Response | tuple[str, int]:
    """First the posts are chosen and placed (GET, or button `susun`), then the text is mended and kept (button `simpan`)."""
    actor = viewer()
    if reason := policy.refuse_curating(actor):
        raise Denied(reason)
    thread = source_thread(actor, thread_id)
    form = TextForm()
    places = _places(thread)
    status = 200
    kept = sketch_at(actor, from_thread(thread_id)) if request.method == "GET" else None
    if request.method == "POST" and form.pressed("") == "simpan":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            try:
                return _save(form, thread, places)
            except Conflict as conflict:
                status = conflict.status
                form.refuse(Invalid(str(conflict)))
    elif kept:
        form.take_up(kept.fields)
    elif request.method == "GET" or request.form.get("aksi") == "susun":
        form.fill(
            text_of(form.title.data) or thread.title, text_of(form.summary.data), promoting.placed(thread, places)
        )
    if form.has_errors and status == 200:
        status = 422
    body = render_template(
        "library/promote.html", thread=thread, form=form, places=places, sections=tuple(Section), kept=kept
    )
    return body, status


def _places(thread: SourceThread) -> dict[int, str]:
    """Which post goes where, as chosen, or as suggested at first."""
    if request.method == "GET":
        return {post.id: promoting.suggested_section(post) for post in thread.posts}
    return {post.id: request.form.get(f"bagian-{post.id}", "") for post in thread.posts}


def _save(form: TextForm, thread: SourceThread, places: dict[int, str]) -> Response:
    text = texts.guide_text(text_of(form.title.data), text_of(form.summary.data), form.bodies())
    chosen = {post.id: _version(post.id) for post in thread.posts if places[post.id]}
    with transaction():
        _guide, revision_id = promoting.promote(viewer(), thread, chosen, text, form.override)
        sketching.discard(viewer(), from_thread(thread.id))
    flash(_("Naskah tersimpan, dengan tautan ke sumbernya. Lengkapi, lalu kirim untuk ditinjau kurator lain."))
    return see_other(f"/naskah/{revision_id}")


def _version(post_id: int) -> int:
    return whole_number(request.form.get(f"versi-{post_id}"))
