"""Who is signed in. The cookie holds a session token; the session itself lives in the database, so it can be ended here."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from forum.accounts import queries, services
from forum.core import faults
from forum.core.db import transaction
from forum.core.i18n import LOCALES
from forum.core.viewer import NOBODY, Viewer
from forum.core.web import error_response, wants_json

THEMES = ("system", "light", "dark")
login_manager = LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login holds: the viewer and the token of the session that speaks for them."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.token = token
        self.viewer = viewer

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.before_request(_require_sign_in)
    app.context_processor(lambda: {"viewer": viewer()})


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    idle = timedelta(hours=current_app.config["SETTINGS"].session_idle_hours)
    found = queries.viewer_of_session(token, idle)
    if found is None:
        return None
    if found.is_stale:
        with transaction():
            services.touch_session(token)
    return SignedIn(token, found.viewer)


def viewer() -> Viewer:
    """The viewer of this request; nobody in particular (with the language and theme of the cookie) when signed out."""
    if "viewer" not in g:
        user = current_user._get_current_object() if request else None
        g.viewer = user.viewer if isinstance(user, SignedIn) else _stranger()
    return g.viewer


def _stranger() -> Viewer:
    if not request:
        return NOBODY
    locale = request.cookies.get("bahasa", "id")
    theme = request.cookies.get("tema", "system")
    return Viewer(locale=locale if locale in LOCALES else "id", theme=theme if theme in THEMES else "system")


def sign_in(user_id: int) -> None:
    """Start a session for `user_id` in this browser; whatever the browser's earlier session held is dropped."""
    with transaction():
        token = services.start_session(user_id, current_app.config["SETTINGS"].session_days)
    found = queries.viewer_of_session(token)
    assert found is not None
    session.clear()
    session.permanent = True
    login_user(SignedIn(token, found.viewer))
    g.viewer = found.viewer


def sign_out() -> None:
    """End this browser's session, on the server too."""
    token = current_user.get_id() if current_user.is_authenticated else None
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
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("discussions.home")


def _require_sign_in() -> Response | None:
    if viewer().is_authenticated or request.path.startswith("/static/"):
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_public", False):
        return None
    here = request.full_path.rstrip("?")
    if request.method in ("GET", "HEAD") and not wants_json():
        target = here if here != "/" else None
        return make_response(redirect(url_for("accounts.sign_in", next=target)))
    back = request.referrer and urlsplit(request.referrer).path
    return error_response(faults.signed_out_while_writing(url_for("accounts.sign_in", next=back or None)))
