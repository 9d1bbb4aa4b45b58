"""What every response shares: headers, nonce, error pages, static files, template helpers, the health address."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from hashlib import sha384
from typing import Any, TypeVar
from wsgiref.headers import Headers

import structlog
from flask import Blueprint, Flask, Response, current_app, g, jsonify, redirect, render_template, request
from flask import flash as flask_flash
from flask.signals import before_render_template, template_rendered
from flask_compress import Compress
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse
from whitenoise import WhiteNoise

from forum.config import ROOT, Settings
from forum.core import faults, i18n, outbox, timing
from forum.core.db import db
from forum.core.errors import RembukError, TooMany
from forum.core.hosts import OwnHosts, WithoutNul, parts_of
from forum.core.templating import Unindent

STATIC = ROOT / "static"
WORKER_LATE = timedelta(minutes=2)
HOUR, YEAR = 3600, 365 * 24 * 3600
HSTS = f"max-age={2 * YEAR}; includeSubDomains"
# Of what a browser could offer to scripts, this is the part that can watch or charge people.
NOT_NEEDED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NOT_NEEDED),
}
CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types rembuk"  # frontend/js/html.js makes it
)
SECURE_CSP = CSP + "; upgrade-insecure-requests"

F = TypeVar("F", bound=Callable[..., Any])

log = structlog.get_logger()
csrf = CSRFProtect()
compress = Compress()
blueprint = Blueprint("web", __name__)


def flask_config(settings: Settings) -> dict[str, Any]:
    """Flask's configuration for `settings`."""
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-sesi" if settings.https else "sesi",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 100,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.https,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_MIN_SIZE": 1000,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def init_app(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindent)
    app.jinja_env.globals.update(
        csrf_token=generate_csrf,
        form_key=form_key,
        asset=asset,
        integrity=integrity,
        site_address=site_address,
        csp_nonce=lambda: g.nonce,
        csrf_field=csrf_field,
        time_tag=i18n.time_tag,
        date_tag=i18n.date_tag,
        day_tag=i18n.day_tag,
        exact_time=i18n.exact_time,
        number=i18n.number,
        brand={"site": settings.site_name, "city": settings.city_name, "slug": settings.brand},
    )
    app.context_processor(lambda: {"save_data": bool(request) and request.headers.get("Save-Data", "").lower() == "on"})
    app.before_request(_begin)
    app.after_request(_finish)
    before_render_template.connect(_rendering_starts, app)
    template_rendered.connect(_rendering_ends, app)
    app.register_error_handler(RembukError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(Exception, _crashed)
    app.register_blueprint(blueprint)
    compress.init_app(app)
    static = WhiteNoise(
        app.wsgi_app,
        max_age=HOUR,
        immutable_file_test=r"^/static/dist/.+-[0-9A-Za-z]{8,}\.\w+$",
        add_headers_function=_head_secure_file if settings.https else _head_file,
    )
    static.add_files(str(STATIC), prefix="static/")
    static.add_files(str(STATIC / "root"))
    own = WithoutNul(static)
    app.wsgi_app = OwnHosts(own, settings.hosts, addresses=settings.env != "production")  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def init_csrf(app: Flask) -> None:
    """After whoever decides on signing in: a form of an ended session is told so, rather than that its token is bad."""
    csrf.init_app(app)


@lru_cache(maxsize=1)
def _manifest(mtime: float) -> dict[str, str]:
    names: dict[str, str] = json.loads((STATIC / "dist" / "manifest.json").read_text())
    return names


def asset(name: str) -> str:
    """The address of a built file by its logical name. Raises KeyError for a name that was not built."""
    path = STATIC / "dist" / "manifest.json"
    mtime = path.stat().st_mtime if current_app.debug or current_app.testing else 0.0
    return "/static/dist/" + _manifest(mtime)[name]


@lru_cache(maxsize=64)
def _hash_of(path: str) -> str:
    return "sha384-" + b64encode(sha384((STATIC / path.removeprefix("/static/")).read_bytes()).digest()).decode()


def integrity(name: str) -> str:
    """What the browser compares a built file with before it runs it."""
    return _hash_of(asset(name))


def site_address() -> str:
    """Where people reach the site, without a slash at the end; as this request reached it while nothing is set."""
    settings: Settings = current_app.config["SETTINGS"]
    return (settings.base_url or request.host_url).rstrip("/")


def cookie_name(name: str) -> str:
    """The name that a cookie has here: over HTTPS one that no other host, and no page without TLS, can set."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"__Host-{name}" if settings.https else name


def form_key() -> str:
    """A key for a form that is shown: whoever sends the form twice makes one post."""
    return secrets.token_urlsafe(16)


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _begin() -> None:
    most = getattr(current_app.view_functions.get(request.endpoint or ""), "most_bytes", None)
    if most is not None and request.mimetype == "multipart/form-data":
        request.max_content_length = most
    g.nonce = secrets.token_urlsafe(16)
    g.meter = timing.start()


def _finish(response: Response) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    policy = SECURE_CSP if settings.https else CSP
    response.headers.setdefault("Content-Security-Policy", policy.format(nonce=g.get("nonce", "")))
    response.headers.setdefault("Cache-Control", "no-store")
    if settings.https:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    meter: timing.Meter | None = g.get("meter")
    if settings.server_timing and meter:
        response.headers["Server-Timing"] = (
            f'sql;desc="{meter.statements}";dur={meter.sql_seconds * 1000:.2f}, '
            f"cpu;dur={(time.process_time() - meter.cpu_started) * 1000:.2f}, "
            f"app;dur={(time.perf_counter() - meter.started) * 1000:.2f}"
        )
    timing.stop()
    if current_app.testing and meter and meter.while_rendering:
        raise AssertionError(f"a template asked the database: {meter.while_rendering}")
    return response


def _head_file(headers: Headers, path: str, url: str) -> None:
    """Static files are answered before the application: they are no other type than they say, and no other site's."""
    headers["X-Content-Type-Options"] = HEADERS["X-Content-Type-Options"]
    headers["Cross-Origin-Resource-Policy"] = HEADERS["Cross-Origin-Resource-Policy"]


def _head_secure_file(headers: Headers, path: str, url: str) -> None:
    _head_file(headers, path, url)
    headers["Strict-Transport-Security"] = HSTS


def _rendering_starts(sender: Flask, template: Any, **extra: Any) -> None:
    if meter := timing.current():
        meter.rendering = template.name


def _rendering_ends(sender: Flask, **extra: Any) -> None:
    if meter := timing.current():
        meter.rendering = None


def wants_json() -> bool:
    """The caller is a script of ours that asked for JSON rather than a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def see_other(url: str) -> WerkzeugResponse:
    """The answer to a form that was done: go on at `url` by GET."""
    return redirect(url, 303)


def back_to(fallback: str) -> str:
    """The path of the page whose form was sent, if the browser tells and it is one of ours; else `fallback`."""
    parts = parts_of(request.referrer)
    if parts.netloc != request.host or not parts.path.startswith("/") or parts.path.startswith("//"):
        return fallback
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def flash(message: str, *, undo: str | None = None) -> None:
    """Show `message` on the next page. `undo`: the address whose POST takes the act back."""
    flask_flash(message, undo or "message")


def error_response(page: faults.ErrorPage) -> Response:
    """The page (or JSON) for a fault, with its status and Retry-After."""
    if wants_json():
        response = jsonify(error={"status": page.status, "title": str(page.title), "message": str(page.message)})
    else:
        response = Response(render_template("errors/error.html", page=page))
    response.status_code = page.status
    if page.retry_after:
        response.headers["Retry-After"] = str(page.retry_after)
    return response


def _refused(error: RembukError) -> Response:
    db.session.rollback()
    retry = error.retry_after if isinstance(error, TooMany) else 0
    return error_response(faults.page_for(error.status, str(error), retry_after=retry))


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    if isinstance(error, CSRFError):
        return error_response(faults.stale_form())
    response = error_response(faults.page_for(error.code, "", retry_after=0))
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _database_down(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("database_unavailable", error=str(error.orig)[:300])
    return error_response(faults.page_for(503, "", retry_after=10))


def _crashed(error: Exception) -> Response:
    db.session.rollback()
    if current_app.testing:
        raise error
    reference = secrets.token_hex(4)
    log.exception("crash", reference=reference, path=request.path, method=request.method)
    return error_response(faults.page_for(500, "", reference=reference))


def public(view: F) -> F:
    """Marks a view that answers without signing in. Every other one is closed to strangers."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def open_to_suspended(view: F) -> F:
    """Marks a view that those who may not write for a time can still send a form to: about themselves, not to others."""
    view.is_open_to_suspended = True  # type: ignore[attr-defined]
    return view


def read_before_all(view: F) -> F:
    """Marks a page that those see whom a warning waits for: the warning itself, and the way out."""
    view.is_read_before_all = True  # type: ignore[attr-defined]
    return view


def takes_files(most_bytes: int) -> Callable[[F], F]:
    """Marks a view whose requests may be that large when they carry files; every other one takes MAX_CONTENT_LENGTH."""

    def mark(view: F) -> F:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


@blueprint.get("/sehat")
@public
def health() -> Response:
    """200 and JSON while the database answers; 503 otherwise. `worker` is "late" when background work waits for long."""
    late = outbox.lag(db.session()) > WORKER_LATE
    return jsonify(status="ok", database="ok", worker="late" if late else "ok")
