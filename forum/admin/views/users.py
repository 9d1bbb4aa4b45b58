"""People: list, new, edit, one-time link, end sessions, take away a lost second step."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import confirming, queries, services
from forum.accounts.forms import ReasonForm
from forum.accounts.login import viewer
from forum.accounts.models import Status
from forum.accounts.queries import UserEntry
from forum.accounts.services import Entry
from forum.admin.forms import UserForm, all_of, one_of
from forum.admin.views.blueprint import blueprint, form_page, has_links, link_address
from forum.core.db import transaction
from forum.core.errors import Denied
from forum.core.i18n import _, ngettext
from forum.discussions.queries import admin as discussions

STATUSES = tuple((status.value, status.label) for status in Status)
Choices = dict[str, tuple[tuple[str, str], ...]]


def _choices(unit_id: int | None = None) -> Choices:
    return {
        "units": (("", _("(belum diisi)")), *queries.unit_choices(unit_id)),
        "boards": discussions.board_choices(),
        "statuses": STATUSES,
    }


@blueprint.get("/pengguna")
def users() -> str:
    """The list, by name; `q` looks in names, usernames and units."""
    page = queries.users_page(request.args.get("q", ""), request.args.get("setelah"))
    return render_template("admin/users.html", page=page)


@blueprint.route("/pengguna/baru", methods=["GET", "POST"])
@confirming.before_acting
def user_new() -> BaseResponse | str:
    """A new account; its link is shown once, in the answer to the form."""
    form, choices = UserForm(), _choices()
    if form.is_submitted():
        with form.catching():
            unit_id, boards = _chosen(form, choices)
            with transaction():
                user_id = services.create_user(
                    viewer(),
                    username=form.username.data or "",
                    email=form.email.data or "",
                    name=form.name.data or "",
                    role=form.role.data or "",
                    unit_id=unit_id,
                    position=form.position.data or "",
                    status=form.status.data or "",
                    nip=form.nip.data or "",
                    moderated_boards=boards,
                )
                token = services.make_link(viewer(), user_id) if has_links() else ""
            username = (form.username.data or "").strip().lower()
            return _link_page(username, form.name.data or username, token)
    return form_page("admin/user_new.html", form, choices=choices)


def _chosen(form: UserForm, choices: Choices) -> tuple[int | None, list[int] | None]:
    """The unit and the moderated boards (None = all) that the form names."""
    unit_id = one_of(form.unit.data, [value for value, _label in choices["units"]], "unit")
    boards = all_of(form.boards.data, [value for value, _label in choices["boards"]], "boards")
    return unit_id, boards if form.scope.data == "some" else None


def _link_page(username: str, name: str, token: str) -> str | BaseResponse:
    if not token:
        flash(_("Akun dibuat. Orang ini masuk lewat SSO, tanpa tautan."), "success")
        return redirect(url_for("admin.user_edit", username=username))
    return render_template("admin/user_link.html", username=username, name=name, address=link_address(token))


@blueprint.route("/pengguna/<username>", methods=["GET", "POST"])
@confirming.before_acting
def user_edit(username: str) -> BaseResponse:
    """One account."""
    page = queries.user_entry(username)
    form, choices = UserForm(), _choices(page.unit_id)
    if form.is_submitted():
        with form.catching():
            unit_id, boards = _chosen(form, choices)
            with transaction():
                services.update_user(viewer(), page.id, _entry(form, unit_id, boards))
        if not form.has_errors:
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for("admin.user_edit", username=page.username))
    else:
        _fill(form, page)
    return form_page(
        "admin/user_edit.html", form, page=page, choices=choices, is_self=page.id == viewer().id, has_links=has_links()
    )


def _entry(form: UserForm, unit_id: int | None, boards: list[int] | None) -> Entry:
    return Entry(
        name=form.name.data or "",
        email=form.email.data or "",
        unit_id=unit_id,
        position=form.position.data or "",
        status=form.status.data or "",
        role=form.role.data or "",
        moderated_boards=boards,
        is_active=form.is_active.data,
        nip="" if form.remove_nip.data else form.nip.data or None,
    )


def _fill(form: UserForm, page: UserEntry) -> None:
    form.name.data, form.email.data, form.position.data = page.name, page.email, page.position
    form.unit.data = "" if page.unit_id is None else str(page.unit_id)
    form.status.data, form.role.data, form.is_active.data = page.status.value, page.role, page.is_active
    form.scope.data = "all" if page.moderated_boards is None else "some"
    form.boards.data = [str(board) for board in page.moderated_boards or ()]


@blueprint.post("/pengguna/<username>/tautan")
@confirming.before_acting
def user_link(username: str) -> str | BaseResponse:
    """A new one-time link, shown once, in this answer. Earlier ones stop working."""
    page = queries.user_entry(username)
    if not has_links():
        raise Denied(_("Di sini orang hanya masuk lewat SSO. Tautan darurat hanya dapat dibuat oleh operator server."))
    with transaction():
        token = services.make_link(viewer(), page.id)
    return _link_page(page.username, page.name, token)


@blueprint.post("/pengguna/<username>/keluarkan")
@confirming.before_acting
def user_end_sessions(username: str) -> BaseResponse:
    """Sign the person out everywhere."""
    page = queries.user_entry(username)
    with transaction():
        ended = services.end_sessions_of(viewer(), page.id)
    flash(ngettext("%(num)d perangkat dikeluarkan.", "%(num)d perangkat dikeluarkan.", ended), "success")
    if page.id == viewer().id:
        return redirect(url_for("accounts.sign_in"))
    return redirect(url_for("admin.user_edit", username=page.username))


@blueprint.route("/pengguna/<username>/langkah-kedua", methods=["GET", "POST"])
@confirming.before_acting
def user_second_factor(username: str) -> BaseResponse:
    """Take away the second step of somebody who lost their phone, with a reason."""
    page, form = queries.user_entry(username), ReasonForm()
    if form.is_submitted():
        with form.catching(), transaction():
            services.remove_second_factor(viewer(), page.id, form.reason.data or "")
        if not form.has_errors:
            flash(_("Langkah kedua dihapus, dan semua perangkatnya dikeluarkan. Orangnya diberi tahu."), "success")
            return redirect(url_for("admin.user_edit", username=page.username))
    return form_page("admin/user_second_factor.html", form, page=page)
