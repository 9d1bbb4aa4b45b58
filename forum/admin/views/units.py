"""Units (perangkat daerah): list, new, edit."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import queries, services
from forum.accounts.login import viewer
from forum.admin.forms import UnitForm, lines_of
from forum.admin.views.blueprint import blueprint, form_page
from forum.core.db import transaction
from forum.core.i18n import _


@blueprint.get("/perangkat-daerah")
def units() -> str:
    """All units with their old names."""
    return render_template("admin/units.html", units=queries.unit_lines())


@blueprint.route("/perangkat-daerah/baru", methods=["GET", "POST"])
def unit_new() -> BaseResponse:
    """A new unit."""
    form = UnitForm()
    if form.is_submitted():
        with form.catching():
            with transaction():
                services.create_unit(
                    viewer(),
                    name=form.name.data or "",
                    short_name=form.short_name.data or "",
                    aliases=lines_of(form.aliases.data),
                )
            flash(_("Perangkat daerah ditambahkan."), "success")
            return redirect(url_for("admin.units"))
    return form_page("admin/unit.html", form, page=None)


@blueprint.route("/perangkat-daerah/<slug>", methods=["GET", "POST"])
def unit_edit(slug: str) -> BaseResponse:
    """One unit. A name that is given up stays as an old name."""
    page = queries.unit_entry(slug)
    form = UnitForm()
    if form.is_submitted():
        with form.catching():
            with transaction():
                services.update_unit(
                    viewer(),
                    page.id,
                    name=form.name.data or "",
                    short_name=form.short_name.data or "",
                    aliases=lines_of(form.aliases.data),
                    is_active=form.is_active.data,
                )
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for("admin.units"))
    else:
        form.name.data, form.short_name.data, form.is_active.data = page.name, page.short_name, page.is_active
        form.aliases.data = "\n".join(page.aliases)
    return form_page("admin/unit.html", form, page=page)
