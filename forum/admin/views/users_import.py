"""Accounts from a CSV file."""

from __future__ import annotations

import base64

from flask import Response, current_app, render_template

from forum.accounts import confirming, services
from forum.accounts.login import viewer
from forum.accounts.services import Imported, Plan, Problem
from forum.admin.forms import ImportForm
from forum.admin.views.blueprint import blueprint, form_page, has_links, link_address
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _

SHOWN_PROBLEMS = 200
SHOWN_PEOPLE = 200


@blueprint.route("/pengguna/impor", methods=["GET", "POST"])
@confirming.before_acting
def users_import() -> Response | str:
    """Check a file, or make its accounts: all of them or none. The links are in this answer and nowhere else."""
    form = ImportForm()
    has_mail = has_links() and bool(current_app.config["SETTINGS"].mail_server)
    if not form.is_submitted():
        form.by_mail.data = has_mail
        return form_page("admin/users_import.html", form, has_mail=has_mail, plan=None)
    plan = _read(form)
    if plan and not plan.problems and form.act.data == "import":
        by_mail = has_mail and form.by_mail.data
        with form.catching():
            with transaction():
                made = services.import_people(viewer(), plan, by_mail=by_mail, has_links=has_links())
            return _done(made, by_mail)
    return form_page(
        "admin/users_import.html", form, has_mail=has_mail, plan=plan, shown=SHOWN_PROBLEMS if plan else None
    )


def _read(form: ImportForm) -> Plan | None:
    """The plan of the file that was sent; what is wrong with it stands in the form as well."""
    if not form.file.data:
        form.refuse(Invalid(_("Pilih berkas CSV dahulu."), "file"))
        return None
    plan = services.plan_import(viewer(), form.file.data.read(services.MAX_BYTES + 1))
    if plan.problems:
        whole: Problem | None = next((problem for problem in plan.problems if problem.line == 0), None)
        text = whole.message if whole else _("Ada baris yang perlu diperbaiki: belum ada akun yang dibuat.")
        form.refuse(Invalid(text, "file"))
    return plan


def _done(made: tuple[Imported, ...], by_mail: bool) -> str:
    file = services.result_file(made, link_address).encode()
    return render_template(
        "admin/users_imported.html",
        people=[(person.name, person.username, link_address(person.token)) for person in made[:SHOWN_PEOPLE]],
        count=len(made),
        by_mail=by_mail,
        has_links=has_links(),
        download="data:text/csv;charset=utf-8;base64," + base64.b64encode(file).decode(),
    )
