"""The second step: asked for at sign-in, and looked after in one's account."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import confirming, login, passwords, queries, services, stepping, throttle, totp
from forum.accounts.forms import CodeForm, SwitchOffForm
from forum.accounts.login import signed_in
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Invalid, NotFound, TooMany
from forum.core.i18n import _, ngettext
from forum.core.web import public

blueprint = Blueprint("second_factor", __name__)


@blueprint.route("/masuk/langkah-kedua", methods=["GET", "POST"])
@public
def step() -> BaseResponse:
    """Asks who gave the right password for a code. `cara=cadangan` offers the field for recovery codes."""
    waiting = stepping.waiting()
    if waiting is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if not form.is_submitted():
        return _step_page(form, 200)
    try:
        proof = stepping.take_code(waiting.user_id, form.code.data or "")
    except TooMany as error:
        form.form_errors = [str(error)]
        return _step_page(form, 429, error.retry_after)
    if proof is None:
        form.refuse(Invalid(_("Kode salah atau sudah dipakai. Tulis kode yang tampil sekarang."), "code"))
        return _step_page(form, 422)
    response = stepping.come_in(waiting.user_id, waiting.target, waiting.origin)
    if proof.is_recovery:
        left = queries.second_factor_page(waiting.user_id).codes_left
        flash(ngettext("Sisa kode cadangan Anda: %(num)d.", "Sisa kode cadangan Anda: %(num)d.", left), "success")
    return response


def _step_page(form: CodeForm, status: int, retry_after: int = 0) -> Response:
    spare = request.args.get("cara") == "cadangan"
    response = make_response(render_template("accounts/second_step.html", form=form, spare=spare), status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


@blueprint.get("/akun/langkah-kedua")
def overview() -> str:
    """Whether the second step is on, and what can be done about it."""
    page = queries.second_factor_page(signed_in(login.viewer()))
    return render_template("accounts/second_factor.html", page=page, is_required=login.lacks_second_factor())


@blueprint.post("/akun/langkah-kedua/mulai")
@confirming.before_acting
def begin() -> BaseResponse:
    """Make a key, and go on to the page that shows it."""
    with transaction():
        services.begin_setup(login.viewer())
    return redirect(url_for("second_factor.setup"))


@blueprint.route("/akun/langkah-kedua/pasang", methods=["GET", "POST"])
@confirming.before_looking
def setup() -> BaseResponse:
    """Shows the key until the app's first code comes back; then the recovery codes, once, in the answer."""
    secret = services.pending_secret(signed_in(login.viewer()))
    if secret is None:
        return redirect(url_for("second_factor.overview"))
    form = CodeForm()
    if form.is_submitted():
        codes = _confirmed(form)
        if codes is not None:
            return _codes_page(codes)
    page = render_template(
        "accounts/second_factor_setup.html",
        form=form,
        secret=totp.in_groups(secret),
        address=_setup_address(secret),
        is_required=login.lacks_second_factor(),
    )
    return make_response(page, 422 if form.has_errors else 200)


def _confirmed(form: CodeForm) -> tuple[str, ...] | None:
    """The recovery codes when the code was right; otherwise the form says what is wrong."""
    viewer = login.viewer()
    counted = throttle.count_code(signed_in(viewer), None)
    recovery = services.make_recovery_codes()
    with form.catching():
        with transaction():
            services.confirm_setup(viewer, form.code.data or "", recovery, token=login.current_token())
        throttle.forgive(counted)
        return recovery.codes
    return None


def _setup_address(secret: str) -> str:
    return totp.setup_address(secret, login.viewer().username, current_app.config["SETTINGS"].site_name)


def _codes_page(codes: tuple[str, ...]) -> Response:
    return make_response(render_template("accounts/recovery_codes.html", codes=codes))


@blueprint.get("/akun/langkah-kedua/qr.svg")
@confirming.before_looking
def qr() -> Response:
    """The key as a picture, while it waits to be confirmed. Kept by no cache."""
    secret = services.pending_secret(signed_in(login.viewer()))
    if secret is None:
        raise NotFound
    return Response(totp.qr_svg(_setup_address(secret)), mimetype="image/svg+xml")


@blueprint.post("/akun/langkah-kedua/kode-cadangan")
@confirming.before_acting
def new_codes() -> Response:
    """New recovery codes, shown once, in this answer. The old ones stop working."""
    recovery = services.make_recovery_codes()
    with transaction():
        services.new_recovery_codes(login.viewer(), recovery)
    return _codes_page(recovery.codes)


@blueprint.route("/akun/langkah-kedua/matikan", methods=["GET", "POST"])
def switch_off() -> BaseResponse:
    """Asks for password and code, then switches the second step off."""
    user_id = signed_in(login.viewer())
    if not queries.has_second_factor(user_id):
        return redirect(url_for("second_factor.overview"))
    form = SwitchOffForm()
    if form.is_submitted() and _proved(user_id, form):
        with transaction():
            services.switch_off(login.viewer())
        flash(_("Langkah kedua sudah dimatikan."), "success")
        return redirect(url_for("second_factor.overview"))
    has_password = queries.ways_to_confirm(user_id).has_password
    page = render_template("accounts/second_factor_off.html", form=form, has_password=has_password)
    return make_response(page, 422 if form.has_errors else 200)


def _proved(user_id: int, form: SwitchOffForm) -> bool:
    """Password and code are right; a code is not used up by a wrong password. Who has no password gives the code alone."""
    stored = queries.own_password(user_id).password_hash
    if stored is not None:
        ratelimit.hit(ratelimit.SIGN_IN_ACCOUNT, f"confirm:{user_id}")
        if not passwords.verify(form.password.data or "", stored):
            form.refuse(Invalid(_("Kata sandi salah."), "password"))
            return False
        ratelimit.give_back(ratelimit.SIGN_IN_ACCOUNT, f"confirm:{user_id}")
    if stepping.take_code(user_id, form.code.data or "") is None:
        form.refuse(Invalid(_("Kode salah atau sudah dipakai. Tulis kode yang tampil sekarang."), "code"))
        return False
    return True
