"""Sensitive acts ask again who one is, unless that was proved in the last ten minutes. The form that was sent is kept and goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

import structlog
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import devices, login, passwords, queries, stepping
from forum.accounts.forms import ConfirmForm
from forum.accounts.login import signed_in
from forum.accounts.oidc import offers
from forum.accounts.queries import WaysToConfirm
from forum.core import faults, ratelimit, sealed
from forum.core.errors import Invalid, TooMany
from forum.core.i18n import _
from forum.core.web import error_response, wants_json

KEPT_FOR = timedelta(hours=1)
PREFIX = "konfirmasi-"

F = TypeVar("F", bound=Callable[..., Any])

log = structlog.get_logger()
blueprint = Blueprint("confirming", __name__)


def before_acting(view: F) -> F:
    """Marks a view whose forms are sensitive: sending one asks first; looking does not."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        asks = request.method == "POST" and (not login.is_confirmed() or f"{PREFIX}kept" in request.form)
        asked = _ask_before_form() if asks else None
        return asked or view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def before_looking(view: F) -> F:
    """Marks a view that shows a secret: looking asks first too."""
    acting = before_acting(view)

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" and not login.is_confirmed():
            return redirect(url_for("confirming.confirm", next=request.full_path.rstrip("?")))
        return acting(*args, **kwargs)

    return guarded  # type: ignore[return-value]


@blueprint.route("/akun/konfirmasi", methods=["GET", "POST"])
def confirm() -> BaseResponse:
    """Asks for the password or a code, then leads on to `next`."""
    target = login.safe_next(request.values.get("next"))
    if login.is_confirmed():
        return redirect(target)
    form = ConfirmForm(prefix=PREFIX)
    if form.is_submitted():
        refused = _prove(form)
        if refused is None:
            return redirect(target)
        return _page(form, refused, target=target)
    return _page(form, 200, target=target)


def _ask_before_form() -> Response | None:
    """The page that asks; None when the answer came with this request and is right: the kept form goes on then."""
    if wants_json():
        return error_response(faults.page_for(403, _("Konfirmasikan dahulu kata sandi Anda di halaman akun.")))
    form = ConfirmForm(prefix=PREFIX)
    if not form.kept.data:
        form.kept.data = sealed.seal(_purpose(), json.dumps(_fields()))
        return _page(form, 403)
    kept = sealed.unseal(_purpose(), form.kept.data, within=KEPT_FOR)
    if kept is None:
        return error_response(faults.stale_form())
    # Somebody without a password here has proved it at the provider meanwhile, in another tab.
    refused = None if login.is_confirmed() else _prove(form)
    if refused is not None:
        return _page(form, refused)
    request.form = ImmutableMultiDict([(name, value) for name, value in json.loads(kept)])
    return None


def _fields() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _purpose() -> str:
    """What is kept can be sent on by the same person to the same address alone."""
    return f"kept-form:{login.viewer().id}:{request.path}"


def _prove(form: ConfirmForm) -> int | None:
    """None when the password or the code is right; otherwise the status of the refusal, whose reason is in the form."""
    user_id = signed_in(login.viewer())
    if not form.code.data and not _ways().has_password:
        form.form_errors = [_("Belum terbukti bahwa ini Anda. Masuk lagi dengan tombol di atas, lalu tekan Lanjutkan.")]
        return 422
    try:
        right = stepping.take_code(user_id, form.code.data) if form.code.data else _is_password(user_id, form)
    except TooMany as error:
        form.form_errors = [str(error)]
        return 429
    if not right:
        field = "code" if form.code.data else "password"
        form.refuse(Invalid(_("Kode salah atau sudah dipakai.") if form.code.data else _("Kata sandi salah."), field))
        return 422
    login.confirm()
    return None


def _is_password(user_id: int, form: ConfirmForm) -> bool:
    ratelimit.hit(ratelimit.SIGN_IN_ACCOUNT, f"confirm:{user_id}")
    right = passwords.verify(form.password.data or "", queries.own_password(user_id).password_hash)
    if right:
        ratelimit.give_back(ratelimit.SIGN_IN_ACCOUNT, f"confirm:{user_id}")
    else:
        log.warning("confirm_failed", user_id=user_id, place=devices.place(request.remote_addr))
    return right


def _ways() -> WaysToConfirm:
    """How the person of this request can prove it here. A password does not count where single sign-on is the only way in."""
    ways = queries.ways_to_confirm(signed_in(login.viewer()))
    return replace(ways, has_password=False) if current_app.config["SETTINGS"].oidc_only else ways


def _page(form: ConfirmForm, status: int, target: str = "") -> Response:
    ways = _ways()
    sso = offers.to_confirm(login.viewer(), target)
    page = render_template("accounts/confirm.html", form=form, ways=ways, target=target, sso=sso)
    return make_response(page, status)
