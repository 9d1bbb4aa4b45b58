"""Where one is signed in, and what happened to one's account."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import confirming, login, queries, services
from forum.accounts.login import signed_in
from forum.core.db import transaction
from forum.core.i18n import _, ngettext
from forum.core.web import open_to_suspended

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/akun/sesi")
def own() -> str:
    """The browsers in which one is signed in, and the last acts that touched the safety of one's account."""
    user_id = signed_in(login.viewer())
    idle = timedelta(hours=current_app.config["SETTINGS"].session_idle_hours)
    return render_template(
        "accounts/sessions.html",
        sessions=queries.sessions_of(user_id, login.current_token(), idle),
        events=queries.safety_events(user_id),
    )


@blueprint.post("/akun/sesi/<int(max=9223372036854775807):session_id>/akhiri")
@confirming.before_acting
@open_to_suspended
def end(session_id: int) -> BaseResponse:
    """Sign out one browser. Another's session is not there."""
    with transaction():
        services.end_own_session(login.viewer(), session_id)
    flash(_("Perangkat itu sudah dikeluarkan."), "success")
    return redirect(url_for("sessions.own"))


@blueprint.post("/akun/sesi/akhiri")
@confirming.before_acting
@open_to_suspended
def end_others() -> BaseResponse:
    """Sign out everywhere but here."""
    with transaction():
        ended = services.end_other_sessions(login.viewer(), login.current_token())
    flash(
        ngettext("%(num)d perangkat lain dikeluarkan.", "%(num)d perangkat lain dikeluarkan.", ended)
        if ended
        else _("Tidak ada perangkat lain yang sedang masuk."),
        "success",
    )
    return redirect(url_for("sessions.own"))
