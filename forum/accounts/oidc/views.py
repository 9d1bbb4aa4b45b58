"""The doors of single sign-on: to the provider, back from it, linking, and the provider's word that somebody left."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import confirming, login, stepping, throttle, tokens
from forum.accounts.oidc import arriving, flow, queries, services
from forum.accounts.oidc.claims import Asserted, Rules, read
from forum.accounts.oidc.errors import Refused, Unreachable
from forum.accounts.oidc.flow import Purpose
from forum.accounts.queries import has_second_factor
from forum.config import Settings
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, NotFound
from forum.core.faults import ErrorPage
from forum.core.i18n import _, language
from forum.core.ratelimit import Limit
from forum.core.web import csrf, error_response, public, see_other

if TYPE_CHECKING:
    from forum.accounts.oidc.provider import Provider

blueprint = Blueprint("oidc", __name__)
log = structlog.get_logger()

# A whole office comes through one address in the morning; each way back costs two questions to the provider.
RETURN = Limit("sso-return", 120, 60)
LOGOUT = Limit("sso-logout", 600, 60)
MAX_PARAMETER = 4096
MAX_LOGOUT_TOKEN = 16_000
RETRY_AFTER = 30
_WORD = re.compile(r"[a-z_]{1,40}")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def provider() -> Provider:
    """The provider, as this process knows it. Raises NotFound where none is set."""
    settings = _settings()
    if not settings.oidc_issuer:
        raise NotFound
    known: tuple[Settings, Provider] | None = current_app.extensions.get("oidc")
    if known is None or known[0] is not settings:
        # Imported here: it takes a quarter of a second, which only those should wait for who need it.
        from forum.accounts.oidc.provider import Provider

        if known is not None:
            known[1].close()
        known = current_app.extensions["oidc"] = (settings, Provider(settings))
    return known[1]


def _own(endpoint: str) -> str:
    """An address of ours as the provider knows it, whatever host the browser used."""
    return _settings().own_address + url_for(endpoint)


def _explained(view: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what went wrong into a page that says what to do, and a line in the log without anything that was sent."""

    @wraps(view)
    def explaining(**arguments: Any) -> Any:
        try:
            return view(**arguments)
        except Refused as error:
            log.warning("sso_refused", why=error.code)
            return error_response(_page_of(error))
        except Unreachable as error:
            log.warning("sso_failed", why=error.code)
            return error_response(_page_of_unreachable())

    return explaining


def _page_of(error: Refused) -> ErrorPage:
    return ErrorPage(
        status=error.status,
        title=_("Masuk lewat %(name)s tidak berhasil", name=_settings().oidc_name),
        message=str(error)
        or _("Jawaban yang kami terima tidak dapat dipercaya, jadi Anda belum masuk dan tidak ada yang disimpan."),
        hint=""
        if str(error)
        else _("Mulailah lagi dari halaman Masuk. Bila berulang, sampaikan kode rujukan ini kepada admin Rembuk."),
        reference="" if str(error) else error.code,
    )


def _page_of_unreachable() -> ErrorPage:
    return ErrorPage(
        status=503,
        title=_("%(name)s sedang tidak dapat dihubungi", name=_settings().oidc_name),
        message=_(
            "Rembuk meminta %(name)s memastikan siapa Anda, tetapi belum mendapat jawaban. Tidak ada yang disimpan.",
            name=_settings().oidc_name,
        ),
        hint=_(
            "Coba lagi beberapa saat. Bila berulang, kabari pengelola %(name)s atau admin Rembuk.",
            name=_settings().oidc_name,
        ),
        retry_after=RETRY_AFTER,
    )


@blueprint.get("/masuk/sso")
@public
@_explained
def start() -> BaseResponse:
    """Off to the provider. A link, not a form: it changes nothing, and `form-action` of our pages stays 'self'.

    Another site may send a browser here, but only to the page with the button, and only as whoever the provider knows there.
    """
    at = provider()
    target = login.safe_next(request.args.get("next"))
    if login.viewer().is_authenticated:
        return redirect(target)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect(url_for("accounts.sign_in", next=request.args.get("next")))
    at.metadata()  # before anything is remembered
    return redirect(_address(at, flow.begin(target)))


def _address(at: Provider, begun: flow.Begun) -> str:
    return at.authorization_url(
        redirect_uri=_own("oidc.finish"),
        state=begun.state,
        nonce=begun.nonce,
        verifier=begun.verifier,
        locale=language(),
        again=begun.purpose is Purpose.CONFIRM,
    )


@blueprint.get("/masuk/sso/kembali")
@public
@_explained
def finish() -> BaseResponse:
    """Back from the provider, with a code or an error."""
    at = provider()
    ratelimit.hit_here(RETURN, throttle.network_of(request.remote_addr))
    begun = flow.take(_parameter("state"))
    if begun is None:
        raise Refused("state", _unknown_state(), 400)
    _check_issuer(at)
    _check_error()
    _spend(f"state:{begun.state}", flow.LIFETIME)
    person, id_token = _person(at, begun)
    if begun.purpose is Purpose.SIGN_IN:
        return _signed_in(person, id_token, begun.next)
    if login.viewer().id != begun.user_id:
        raise Refused("another_session", _("Sesi Anda berganti sementara itu. Masuklah, lalu ulangi."))
    return _linked(person) if begun.purpose is Purpose.LINK else _confirmed(person, begun.next)


def _signed_in(person: Asserted, id_token: str, target: str) -> BaseResponse:
    """In; or first to the second step here, unless the provider was told to see to that."""
    user_id = _entered(person)
    if _settings().oidc_acr_values or not has_second_factor(user_id):
        return stepping.come_in(user_id, target, arriving.origin(person, id_token, most=arriving.MAX_HINT))
    return stepping.enter(user_id, target, arriving.origin(person, id_token, most=arriving.MAX_HINT_IN_COOKIE))


def _unknown_state() -> str:
    return _(
        "Upaya masuk ini tidak dimulai di peramban ini, sudah dipakai, atau sudah lebih dari 10 menit. Mulailah lagi dari halaman Masuk."
    )


def _parameter(name: str) -> str:
    """A parameter of the answer. Raises Refused for one that is there twice or too long."""
    values = request.args.getlist(name)
    if len(values) > 1 or any(len(value) > MAX_PARAMETER for value in values):
        raise Refused(f"bad_{name}", status=400)
    return values[0] if values else ""


def _check_issuer(at: Provider) -> None:
    """Another provider's answer must not be taken for ours (RFC 9207)."""
    announced = at.metadata().get("authorization_response_iss_parameter_supported") is True
    issuer = _parameter("iss")
    if (issuer or announced) and issuer != at.issuer:
        raise Refused("iss", status=400)


def _check_error() -> None:
    error = _parameter("error")
    if error == "access_denied":
        raise Refused(
            "access_denied", _("Anda membatalkan, atau %(name)s tidak mengizinkan.", name=_settings().oidc_name)
        )
    if error in ("temporarily_unavailable", "server_error"):
        raise Unreachable(error)
    if error:
        raise Refused(f"error_{error}" if _WORD.fullmatch(error) else "error")
    if not _parameter("code"):
        raise Refused("no_code", status=400)


def _spend(what: str, lifetime: Any) -> None:
    with transaction():
        if not services.spend(tokens.digest(what), lifetime):
            raise Refused("state", _unknown_state(), 400)


def _person(at: Provider, begun: flow.Begun) -> tuple[Asserted, str]:
    """Whom the code of this answer stands for, and the ID token that says so."""
    from forum.accounts.oidc import checking

    got = at.exchange(_parameter("code"), redirect_uri=_own("oidc.finish"), verifier=begun.verifier)
    believed = checking.id_token(at, got, begun.nonce)
    if begun.purpose is Purpose.CONFIRM:
        checking.require_again(believed)
    further = at.userinfo(got.access_token, believed["sub"])
    if "email" in believed:  # whether it is verified is said beside it, not about what may be another address
        further.pop("email_verified", None)
    return read(at.issuer, {**further, **believed}, Rules.of(_settings())), got.id_token


def _entered(person: Asserted) -> int:
    """The account of the person. Two tabs may make it at one moment: the slower one finds what the other made."""
    rules = Rules.of(_settings())
    try:
        with transaction():
            return services.enter(person, rules)
    except Conflict:
        with transaction():
            return services.enter(person, rules)


def _linked(person: Asserted) -> BaseResponse:
    with transaction():
        services.link(login.viewer(), person)
    flash(_("Akun Anda terhubung dengan %(name)s.", name=_settings().oidc_name), "success")
    return redirect(url_for("accounts.settings"))


def _confirmed(person: Asserted, target: str) -> BaseResponse:
    if queries.user_of(person.issuer, person.subject) != login.viewer().id:
        raise Refused("another_person", _("Anda masuk di SSO sebagai orang lain. Ulangi dengan akun SSO Anda sendiri."))
    login.confirm()
    flash(_("Terima kasih, kami tahu bahwa ini Anda. Lanjutkan dalam sepuluh menit."), "success")
    return redirect(target)


@blueprint.get("/akun/sso/pastikan")
@_explained
def confirm() -> BaseResponse:
    """Off to sign in again at the provider, before a sensitive act; changes nothing by itself."""
    at = provider()
    at.metadata()
    target = login.safe_next(request.args.get("next"))
    return redirect(_address(at, flow.begin(target, Purpose.CONFIRM, login.signed_in(login.viewer()))))


@blueprint.post("/akun/sso")
@confirming.before_acting
@_explained
def link() -> BaseResponse:
    """Begin to link one's account with oneself at the provider. A form with a token, since another site must not begin it."""
    at = provider()
    at.metadata()
    begun = flow.begin("", Purpose.LINK, login.signed_in(login.viewer()))
    return _onward(_address(at, begun), _("Menghubungkan akun"))


@blueprint.post("/akun/sso/lepas")
@confirming.before_acting
def unlink() -> BaseResponse:
    """No longer let the provider open one's account."""
    settings = _settings()
    if not settings.oidc_issuer or settings.oidc_only:
        raise NotFound
    with transaction():
        services.unlink(login.viewer(), settings.oidc_issuer, token=login.current_token())
    flash(_("Akun Anda tidak lagi terhubung dengan %(name)s.", name=settings.oidc_name), "success")
    return see_other(url_for("accounts.settings"))


def _onward(url: str, title: str) -> Response:
    """A page that goes on to the provider by itself. A redirect would not do: `form-action` holds for what a form leads to."""
    page = render_template("accounts/onward.html", title=title, url=url, name=_settings().oidc_name)
    response = make_response(page)
    response.headers["Refresh"] = f"0; url={url}"
    return response


def way_out() -> Callable[[], BaseResponse | None]:
    """To be called before a session ends; what it returns gives, afterwards, the page that ends the provider's session as well.

    None when the session did not begin there, or the provider cannot be asked: then only ours ends.
    """
    token = login.current_token()
    kept = queries.sealed_id_token(token) if token and _settings().oidc_issuer else None

    def leave() -> BaseResponse | None:
        if kept is None:
            return None
        hint, state = arriving.hint(kept), flow.begin_leaving()
        try:
            url = provider().end_session_url(back=_own("oidc.signed_out"), state=state, id_token=hint)
        except Unreachable as error:
            log.warning("sso_failed", why=error.code)
            flash(
                _(
                    "Anda keluar dari Rembuk, tetapi %(name)s tidak dapat dihubungi: mungkin Anda masih masuk di sana.",
                    name=_settings().oidc_name,
                ),
                "message",
            )
            return None
        return _onward(url, _("Keluar")) if url else None

    return leave


@blueprint.get("/keluar/selesai")
@public
def signed_out() -> BaseResponse:
    """Back from signing out at the provider."""
    provider()
    if flow.left(request.args.get("state", "")):
        flash(_("Anda sudah keluar dari Rembuk dan %(name)s.", name=_settings().oidc_name), "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.post("/masuk/sso/keluar")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # the provider's server sends it; the signature of the token takes the place of ours
def logout_token() -> BaseResponse:
    """The provider says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    at = provider()
    ratelimit.hit_here(LOGOUT, throttle.network_of(request.remote_addr))
    try:
        ended = _end_sessions(at)
    except Refused as error:
        log.warning("sso_logout_refused", why=error.code)
        return make_response(jsonify(error="invalid_request"), 400)
    except Unreachable as error:
        log.warning("sso_failed", why=error.code)
        return make_response(jsonify(error="temporarily_unavailable"), 503)
    log.info("sso_logout", ended=ended)
    return Response(status=200)


def _end_sessions(at: Provider) -> int:
    from forum.accounts.oidc import checking

    text = request.form.get("logout_token", "")
    if not 0 < len(text) <= MAX_LOGOUT_TOKEN:
        raise Refused("logout_token_missing")
    claims = checking.logout_token(at, text)
    with transaction():
        if not services.spend(tokens.digest(f"logout:{at.issuer}:{claims['jti']}"), checking.LOGOUT_MEMORY):
            raise Refused("logout_token_again")
        return services.end_sessions_at(at.issuer, subject=claims.get("sub"), sid=claims.get("sid"))


def enter_by_link(token: str) -> BaseResponse:
    """Sign in by an operator's emergency link. Raises NotFound when it opens nothing (any more)."""
    with transaction():
        user_id = services.enter_by_link(token)
    return stepping.enter(user_id, url_for("discussions.home"))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
