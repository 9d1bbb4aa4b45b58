"""Who is signed in. The cookie holds a session token; the session itself lives in the database, so it can be ended here."""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Flask, Response, current_app, g, make_response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts import devices, passwords, queries, services, throttle
from forum.accounts.oidc import arriving
from forum.accounts.queries import FoundSession
from forum.core import clock, faults, ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied
from forum.core.hosts import parts_of
from forum.core.i18n import LOCALES, _
from forum.core.viewer import NOBODY, Viewer
from forum.core.web import cookie_name, error_response, wants_json

login_manager = LoginManager()
log = structlog.get_logger()
# For how long after signing in, or after confirming it again, sensitive acts are open.
RECENT = timedelta(minutes=10)
# Where staff who still have to set up their second step may go.
OPEN_WITHOUT_SECOND_FACTOR = frozenset({"accounts.sign_out", "accounts.set_appearance", "confirming.confirm"})


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the session that speaks for a viewer, and its token."""

    def __init__(self, token: str, found: FoundSession) -> None:
        self.token = token
        self.found = found
        self.viewer = found.viewer

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.before_request(_require_sign_in)
    app.before_request(_count_what_is_sent)
    app.context_processor(lambda: {"viewer": viewer()})


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    idle = timedelta(hours=current_app.config["SETTINGS"].session_idle_hours)
    found = queries.viewer_of_session(token, idle)
    if found is None:
        return None
    if found.is_stale:
        with transaction():
            services.touch_session(token)
    return SignedIn(token, found)


def viewer() -> Viewer:
    """The viewer of this request; nobody in particular (with the language and theme of the cookie) when signed out."""
    if "viewer" not in g:
        user = current_user._get_current_object() if request else None
        g.viewer = user.viewer if isinstance(user, SignedIn) else _stranger()
    found: Viewer = g.viewer
    return found


def _stranger() -> Viewer:
    if not request:
        return NOBODY
    locale = request.cookies.get(cookie_name("bahasa"), "id")
    theme = request.cookies.get(cookie_name("tema"), "system")
    return Viewer(locale=locale if locale in LOCALES else "id", theme=theme if theme in services.THEMES else "system")


def sign_in(user_id: int, origin: str = "") -> None:
    """Start a session for `user_id` in this browser, under a new token; the browser's earlier session ends.

    The caller has asked for everything that this person has to prove (see `stepping`). `origin`: see `arriving`.
    """
    earlier, device = current_token(), devices.device(request.user_agent.string, request.remote_addr)
    with transaction():
        if earlier:
            services.end_session(earlier)
        token = services.start_session(user_id, current_app.config["SETTINGS"].session_days, device)
        if origin:
            arriving.bind(token, origin)
    found = queries.viewer_of_session(token)
    if found is None:  # disabled at this very moment
        raise Denied
    # A form that was open when the session ended can still be sent: its token stays good in this browser.
    form_secret = session.get("csrf_token")
    session.clear()
    if form_secret:
        session["csrf_token"] = form_secret
    session.permanent = True
    login_user(SignedIn(token, found))
    g.viewer = found.viewer
    log.info("signed_in", user_id=user_id, place=device.place)


def is_confirmed() -> bool:
    """Whether the person of this request proved lately who they are (a time that lies ahead, by a clock set back, is not lately)."""
    user = current_user._get_current_object()
    at = user.found.confirmed_at if isinstance(user, SignedIn) else None
    return at is not None and abs(clock.now() - at) <= RECENT


def confirm() -> None:
    """Note that the person of this request has just proved again who they are. Their session gets a new token."""
    with transaction():
        token = services.confirm_session(current_token() or "")
    found = queries.viewer_of_session(token)
    if found is None:
        raise Denied
    login_user(SignedIn(token, found))


def signed_in(viewer: Viewer) -> int:
    """The id of a viewer who is somebody. Raises Denied for nobody."""
    if viewer.id is None:
        raise Denied
    return viewer.id


def current_token() -> str | None:
    """The token of the session that this request belongs to."""
    return current_user.get_id() if viewer().is_authenticated else None


def try_password(identifier: str, password: str) -> int | None:
    """The id of the person who may come in with this; None when it is wrong, for whatever reason.

    Raises TooMany. What a stranger typed is never logged: only the id of an account that it belongs to.
    """
    settings = current_app.config["SETTINGS"]
    found = services.find_account(identifier)
    found_id = found.id if found else None
    device = throttle.device_of(settings.secret_key, request.cookies.get(device_cookie_name()), found_id)
    counted = throttle.count_try(request.remote_addr, services.fold_identifier(identifier), device)
    account = services.authenticate(found, password, samples=settings.env != "production")
    if account is None:
        log.warning("sign_in_failed", user_id=found_id, place=devices.place(request.remote_addr))
        return None
    throttle.forgive(counted)
    if passwords.is_outdated(account.password_hash):
        renewed = passwords.make_hash(password)
        with transaction():
            services.renew_hash(account, renewed)
    return account.id


def device_cookie_name() -> str:
    return cookie_name("perangkat")


def remember_device(response: BaseResponse, user_id: int) -> None:
    """Let this browser's later tries be counted apart from those of strangers (see `throttle`)."""
    settings = current_app.config["SETTINGS"]
    response.set_cookie(
        device_cookie_name(),
        throttle.device_cookie(settings.secret_key, user_id),
        max_age=throttle.DEVICE_DAYS * 86400,
        secure=settings.https,
        httponly=True,
        samesite="Lax",
    )


def sign_out() -> None:
    """End this browser's session, on the server too."""
    token = current_token()
    if token:
        with transaction():
            services.end_session(token)
    logout_user()
    session.clear()
    g.viewer = _stranger()


def safe_next(target: str | None) -> str:
    """`target` if it is an address within this site, else the home page: no link may lead out through our sign-in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("discussions.home")
    if any(ord(char) < 33 or char == "\\" for char in target):
        return url_for("discussions.home")
    parts = parts_of(target)
    return target if not parts.scheme and not parts.netloc else url_for("discussions.home")


def _count_what_is_sent() -> None:
    """Raises TooMany for somebody who sends more than anybody would by hand, wherever they send it."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    who = viewer().id
    if who is None:
        ratelimit.hit_here(ratelimit.SEND_ADDRESS, throttle.network_of(request.remote_addr))
    else:
        ratelimit.hit_here(ratelimit.SEND, who)


def _require_sign_in() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.path.startswith("/static/") or getattr(view, "is_public", False):
        return None
    if viewer().is_authenticated:
        return _require_second_factor() if lacks_second_factor() else None
    here = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD") and not wants_json():
        target = here if here != "/" else None
        return make_response(redirect(url_for("accounts.sign_in", next=target)))
    back = parts_of(request.referrer).path
    return error_response(faults.signed_out_while_writing(url_for("accounts.sign_in", next=back or None)))


def lacks_second_factor() -> bool:
    """Whether the viewer is staff who must set up a second step before anything else, by the setting."""
    settings, user = current_app.config["SETTINGS"], current_user._get_current_object()
    if not settings.staff_needs_second_factor or not isinstance(user, SignedIn):
        return False
    return user.viewer.is_moderator and not user.found.has_second_factor


def _require_second_factor() -> Response | None:
    if request.blueprint == "second_factor" or request.endpoint in OPEN_WITHOUT_SECOND_FACTOR:
        return None
    if request.method in ("GET", "HEAD") and not wants_json():
        return make_response(redirect(url_for("second_factor.overview")))
    return error_response(faults.page_for(403, _("Pasang dahulu langkah kedua untuk akun Anda, lalu coba lagi.")))
