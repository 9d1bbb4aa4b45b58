"""The page of notices."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.accounts.queries import count_with_session
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.i18n import _
from forum.core.paging import parse_page, with_query
from forum.core.web import flash, open_to_suspended, see_other
from forum.notifications import queries, services

PAGE = "/notifikasi"


def init_app(app: Flask) -> None:
    """Add the routes, and count what is unread together with the session."""
    blueprint = Blueprint("notifications", __name__)
    blueprint.add_url_rule(PAGE, view_func=notices)
    blueprint.add_url_rule(f"{PAGE}/<id:notice_id>", view_func=open_notice, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/dibaca", view_func=read_all, methods=["POST"])
    app.register_blueprint(blueprint)
    count_with_session(queries.unread_of)


def notices() -> str:
    only = request.args.get("tampil") == "belum-dibaca"
    page = queries.notices_page(viewer(), parse_page(request.args.get("halaman")), unread_only=only)
    return render_template(
        "notifications/notices.html",
        page=page,
        newer=_address(only, page.page - 1) if page.page > 1 else None,
        older=_address(only, page.page + 1) if page.has_more else None,
    )


def _address(only: bool, number: int) -> str:
    return with_query(PAGE, tampil="belum-dibaca" if only else None, halaman=number if number > 1 else None)


@open_to_suspended
def open_notice(notice_id: int) -> Response:
    """A notice is opened by a button, so that merely fetching an address changes nothing."""
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        url = services.open_notice(actor, notice_id)
    return see_other(url or PAGE)


@open_to_suspended
def read_all() -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        services.read_all(actor)
    flash(_("Semua ditandai sudah dibaca."))
    return see_other(PAGE)
