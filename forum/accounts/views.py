"""Sign-in and account pages."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import login
from forum.accounts.forms import SignInForm
from forum.core.errors import TooMany
from forum.core.forms import EmptyForm
from forum.core.i18n import _
from forum.core.web import public

blueprint = Blueprint("accounts", __name__)
# A shared PC at a counter: nothing of the pages or of unsent texts stays behind.
CLEAR_AT_SIGN_OUT = '"cache", "storage"'


@blueprint.route("/masuk", methods=["GET", "POST"])
@public
def sign_in() -> BaseResponse | str:
    """The way in. `next` leads back to where one was sent from."""
    target = login.safe_next(request.values.get("next"))
    if login.viewer().is_authenticated:
        return redirect(target)
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return render_template("accounts/sign_in.html", form=form)
    try:
        user_id = login.try_password(form.identifier.data or "", form.password.data or "")
    except TooMany as error:
        return _sign_in_refused(form, str(error), 429, error.retry_after)
    if user_id is None:
        return _sign_in_refused(form, _("NIP/surel atau kata sandi salah."), 422)
    login.sign_in(user_id)
    response = redirect(target)
    login.remember_device(response, user_id)
    return response


def _sign_in_refused(form: SignInForm, message: str, status: int, retry_after: int = 0) -> Response:
    form.form_errors = [message]
    response = make_response(render_template("accounts/sign_in.html", form=form), status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


@blueprint.route("/keluar", methods=["GET", "POST"])
@public
def sign_out() -> BaseResponse | str:
    """Asks (GET), then ends this browser's session (POST)."""
    if not login.viewer().is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    if request.method == "GET":
        return render_template("accounts/sign_out.html", form=EmptyForm())
    login.sign_out()
    response = redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = CLEAR_AT_SIGN_OUT
    return response


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
