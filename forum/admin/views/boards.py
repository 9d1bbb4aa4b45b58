"""Boards: list, new, edit, archive."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import queries
from forum.accounts.login import viewer
from forum.admin.forms import BoardForm, all_of
from forum.admin.views.blueprint import blueprint, form_page
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.text import slugify
from forum.discussions.queries import admin
from forum.discussions.queries.admin import BoardEntry
from forum.discussions.services import boards as services

# Enough for MAX_POSITION; more would only be a number to choke on.
MAX_DIGITS = 6


@blueprint.get("/papan")
def boards() -> str:
    """All boards, archived ones last."""
    return render_template("admin/boards.html", boards=admin.board_lines())


@blueprint.route("/papan/baru", methods=["GET", "POST"])
def board_new() -> BaseResponse:
    """A new board. Without an address of its own it gets one from its name."""
    form = BoardForm()
    if form.is_submitted():
        with form.catching():
            form.slug.data = (form.slug.data or "").strip() or slugify(form.name.data or "")
            values = _values(form)
            with transaction():
                services.create_board(viewer(), **values)
            flash(_("Papan ditambahkan."), "success")
            return redirect(url_for("admin.boards"))
    else:
        form.position.data = str(1 + max((board.position for board in admin.board_lines()), default=0))
    return _page(form, None)


@blueprint.route("/papan/<slug>", methods=["GET", "POST"])
def board_edit(slug: str) -> BaseResponse:
    """One board."""
    page = admin.board_entry(slug)
    form = BoardForm()
    if form.is_submitted():
        with form.catching():
            values = _values(form)
            with transaction():
                services.update_board(viewer(), page.id, is_archived=form.is_archived.data, **values)
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for("admin.boards"))
    else:
        _fill(form, page)
    return _page(form, page)


def _values(form: BoardForm) -> dict[str, Any]:
    position = (form.position.data or "").strip()
    if not position.isascii() or not position.isdigit() or len(position) > MAX_DIGITS:
        raise Invalid(_("Urutan adalah angka dari 0 sampai %(most)d.", most=services.MAX_POSITION), "position")
    units = [unit for unit, _name in _units(form)]
    return {
        "slug": form.slug.data or "",
        "name": form.name.data or "",
        "description": form.description.data or "",
        "position": int(position),
        "icon": form.icon.data or "",
        "colour": form.colour.data or "",
        "template": form.template.data or "",
        "read_roles": form.read_roles.data or (),
        "read_units": all_of(form.read_units.data, units, "read_units"),
        "post_roles": form.post_roles.data or (),
        "post_units": all_of(form.post_units.data, units, "post_units"),
    }


def _units(form: BoardForm) -> list[tuple[str, str]]:
    """Units in use, and those out of use that are chosen already."""
    chosen = {*(form.read_units.data or ()), *(form.post_units.data or ())}
    return [(str(unit.id), unit.name) for unit in queries.all_units() if unit.is_active or str(unit.id) in chosen]


def _fill(form: BoardForm, page: BoardEntry) -> None:
    form.position.data = str(page.position)
    for name in ("slug", "name", "description", "icon", "colour", "template", "is_archived"):
        form[name].data = getattr(page, name)
    form.read_roles.data, form.post_roles.data = list(page.read_roles), list(page.post_roles)
    form.read_units.data = [str(unit) for unit in page.read_units]
    form.post_units.data = [str(unit) for unit in page.post_units]


def _page(form: BoardForm, page: BoardEntry | None) -> BaseResponse:
    return form_page(
        "admin/board.html", form, page=page, units=_units(form), icons=services.ICONS, colours=services.COLOURS
    )
