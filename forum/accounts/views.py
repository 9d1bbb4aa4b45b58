"""Sign-in and account pages."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import (
    confirming,
    login,
    passwords,
    queries,
    second_factor_views,
    services,
    sessions_views,
    stepping,
)
from forum.accounts.forms import ChangePasswordForm, NewPasswordForm, SettingsForm, SignInForm
from forum.accounts.login import signed_in
from forum.accounts.oidc import offers
from forum.accounts.oidc import views as oidc
from forum.accounts.passwords import PasswordHash
from forum.accounts.queries import LinkOwner
from forum.config import Settings
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied, Invalid, NotFound, TooMany
from forum.core.faults import ErrorPage
from forum.core.forms import EmptyForm
from forum.core.i18n import _
from forum.core.web import cookie_name, error_response, public

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
        return _sign_in_page(form)
    _require_passwords()
    try:
        user_id = login.try_password(form.identifier.data or "", form.password.data or "")
    except TooMany as error:
        return _sign_in_refused(form, str(error), 429, error.retry_after)
    if user_id is None:
        return _sign_in_refused(form, _("NIP/surel atau kata sandi salah."), 422)
    return stepping.enter(user_id, target)


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form, sso=offers.to_come_in(form.next.data))


def _require_passwords() -> None:
    """Raises Denied where single sign-on is the only way in."""
    if _settings().oidc_only:
        raise Denied(
            _(
                "Kata sandi Rembuk tidak dipakai di sini: masuklah lewat %(name)s dari halaman Masuk.",
                name=_settings().oidc_name,
            )
        )


def _sign_in_refused(form: SignInForm, message: str, status: int, retry_after: int = 0) -> Response:
    form.form_errors = [message]
    response = make_response(_sign_in_page(form), status)
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
    leave_provider = oidc.way_out()
    login.sign_out()
    response = leave_provider() or redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = CLEAR_AT_SIGN_OUT
    return response


@blueprint.route("/masuk/tautan/<token>", methods=["GET", "POST"])
@public
def first_sign_in(token: str) -> BaseResponse | str:
    """A one-time link: looking at it (GET) uses nothing up; setting the password (POST) does, and signs in."""
    owner = queries.owner_of_link(token)
    if owner is None:
        return _link_gone()
    if _settings().oidc_only:
        return _emergency(token, owner)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        page = render_template("accounts/first_sign_in.html", form=form, page=owner)
        return make_response(page, 422 if form.is_submitted() else 200)
    with form.catching():
        hashed = _accepted(form.password.data, owner.username, owner.email, owner.name)
    if form.has_errors:
        return make_response(render_template("accounts/first_sign_in.html", form=form, page=owner), 422)
    try:
        with transaction():
            user_id = services.use_link(token, hashed)
    except NotFound:
        return _link_gone()
    response = stepping.enter(user_id, url_for("discussions.home"))
    flash(_("Kata sandi Anda tersimpan. Selamat datang di %(site)s!", site=_settings().site_name), "success")
    return response


def _emergency(token: str, owner: LinkOwner) -> BaseResponse | str:
    """Where single sign-on is the only way in: an operator's link signs in once; any other opens nothing."""
    if not token.startswith(services.EMERGENCY):
        _require_passwords()
    if request.method == "GET":
        return render_template("accounts/emergency.html", page=owner, form=EmptyForm())
    try:
        return oidc.enter_by_link(token)
    except NotFound:
        return _link_gone()


def _link_gone() -> Response:
    return error_response(
        ErrorPage(
            status=410,
            title=_("Tautan ini tidak berlaku (lagi)"),
            message=_(
                "Tautan untuk membuat kata sandi hanya dapat dipakai sekali, selama 72 jam, dan hilang bila ada tautan baru."
            ),
            hint=_(
                "Bila Anda sudah membuat kata sandi, masuklah seperti biasa. Bila belum, mintalah tautan baru kepada admin "
                "Rembuk di perangkat daerah Anda."
            ),
        )
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _accepted(password: str, *about: str) -> PasswordHash:
    """The hash of a person's choice, which may not be made of words `about` them, the city or this site."""
    settings = _settings()
    texts = (*about, settings.site_name, settings.city_name)
    return passwords.accept(password, about=texts, breached=settings.breached_passwords)


@blueprint.get("/profil")
def own_profile() -> BaseResponse:
    """The short way to one's own profile."""
    return redirect(url_for("accounts.profile", username=login.viewer().username))


@blueprint.get("/profil/<username>")
def profile(username: str) -> str:
    """A person and what they contributed."""
    page = queries.profile_page(login.viewer(), username, request.args.get("tab"), request.args.get("setelah"))
    return render_template("accounts/profile.html", page=page)


@blueprint.route("/akun", methods=["GET", "POST"])
def settings() -> BaseResponse | str:
    """One's own settings, and what the site knows about one."""
    viewer, form = login.viewer(), SettingsForm()
    if request.method == "POST":
        with form.catching(), transaction():
            services.change_appearance(
                viewer, locale=form.locale.data, theme=form.theme.data, shortcuts=form.shortcuts.data
            )
        if not form.has_errors:
            flash(_("Pengaturan tersimpan."), "success")
            return _with_appearance(redirect(url_for("accounts.settings")), form.locale.data, form.theme.data)
    else:
        form.locale.data, form.theme.data, form.shortcuts.data = viewer.locale, viewer.theme, viewer.shortcuts
    page = queries.settings_page(signed_in(viewer))
    return make_response(
        render_template("accounts/settings.html", form=form, page=page, sso=offers.standing(viewer)),
        422 if form.has_errors else 200,
    )


@blueprint.post("/akun/tampilan")
@public
def set_appearance() -> BaseResponse:
    """The switches for language and theme on every page. Without signing in a cookie keeps the choice."""
    locale, theme = request.form.get("locale"), request.form.get("theme")
    services.require_known(locale, theme)
    if login.viewer().is_authenticated:
        with transaction():
            services.change_appearance(login.viewer(), locale=locale, theme=theme)
    return _with_appearance(redirect(login.safe_next(request.form.get("next"))), locale, theme)


def _with_appearance(response: BaseResponse, locale: str | None, theme: str | None) -> BaseResponse:
    for name, value in (("bahasa", locale), ("tema", theme)):
        if value:
            response.set_cookie(
                cookie_name(name), value, max_age=365 * 86400, secure=_settings().https, httponly=True, samesite="Lax"
            )
    return response


@blueprint.route("/akun/sandi", methods=["GET", "POST"])
def change_password() -> BaseResponse | str:
    """A new password for the one that is known. Every other browser is signed out."""
    _require_passwords()
    form = ChangePasswordForm()
    if form.is_submitted() and _password_changed(form):
        flash(_("Kata sandi Anda sudah diganti. Semua perangkat lain dikeluarkan."), "success")
        return redirect(url_for("accounts.settings"))
    return make_response(render_template("accounts/change_password.html", form=form), 422 if form.has_errors else 200)


def _password_changed(form: ChangePasswordForm) -> bool:
    """Do it, or leave in the form what stands in the way."""
    viewer = login.viewer()
    ratelimit.hit(ratelimit.SIGN_IN_ACCOUNT, f"change:{viewer.id}")
    own = queries.own_password(signed_in(viewer))
    if not passwords.verify(form.current.data or "", own.password_hash):
        form.validate()
        form.refuse(Invalid(_("Kata sandi saat ini salah."), "current"))
        return False
    if not form.validate():
        return False
    if form.password.data == form.current.data:
        form.refuse(Invalid(_("Kata sandi baru sama dengan yang lama. Pilih yang lain."), "password"))
        return False
    with form.catching():
        hashed = _accepted(form.password.data, *own.about)
        with transaction():
            services.change_password(viewer, own.password_hash, hashed, token=login.current_token())
    return not form.has_errors


def init_app(app: Flask) -> None:
    for part in (blueprint, sessions_views.blueprint, second_factor_views.blueprint, confirming.blueprint):
        app.register_blueprint(part)
