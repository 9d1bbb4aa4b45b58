"""`flask serve` and `flask worker`: what `make serve` runs."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from forum.accounts import queries
from forum.accounts.models import User
from forum.cli import processes
from forum.config import ROOT, Settings
from forum.core.database import MIGRATIONS
from forum.core.db import db
from forum.search import backends
from forum.worker import loop

SAMPLE_ACCOUNTS = "admin, kurator, pegawai"
SAMPLE_PASSWORD = "rembuk-contoh"  # noqa: S105 - published on purpose; a production start refuses these accounts


def init_app(app: Flask) -> None:
    app.cli.command("serve", with_appcontext=False, help="Set up the database, then run web server and worker.")(
        lambda: serve(app)
    )
    app.cli.command("worker", with_appcontext=False, help="Run the background worker alone.")(lambda: work(app))


def serve(app: Flask) -> None:
    """Serve until SIGINT or SIGTERM. Ends with one sentence and status 1 when something stands in the way."""
    settings: Settings = app.config["SETTINGS"]
    listener = bind(settings.host, settings.port)
    samples = prepare(app, with_samples=settings.env == "development")
    where = f"http://{_in_address(settings.host)}:{settings.port}"

    def announce() -> None:
        click.echo(f"\n  Rembuk: {where}   (Ctrl-C menghentikan)")
        if samples:
            click.echo(f"  Akun contoh: {SAMPLE_ACCOUNTS} - kata sandi: {SAMPLE_PASSWORD}")
        click.echo("")

    processes.supervise(lambda: _serve_web(app, settings, listener, announce), lambda: loop.run(app))


def work(app: Flask) -> None:
    """Run the worker until SIGINT or SIGTERM."""
    prepare(app, with_samples=False)
    loop.run(app)


def bind(host: str, port: int) -> socket.socket:
    """The socket to serve on, taken before anything else is done. Raises ClickException when it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = f"something else listens there. Stop it, or choose another port: PORT={port + 1} make serve"
        else:
            hint = f"{error.strerror}. Check HOST and PORT."
        raise click.ClickException(f"Cannot serve on {host} port {port}: {hint}") from None
    return listener


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def prepare(app: Flask, *, with_samples: bool) -> bool:
    """Bring the schema up to date and, on an empty database, load the sample content; says whether sample accounts exist.

    Raises ClickException for a database that cannot be used or may not be served.
    """
    try:
        with app.app_context():
            _migrate()
            if with_samples and db.session.scalar(select(User.id).limit(1)) is None:
                db.session.remove()
                _load_samples()
            samples = queries.sample_accounts_exist()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise click.ClickException(
            f"The database cannot be used: {reason}. Check REMBUK_DATABASE_URL, and the rights of INSTANCE_PATH."
        ) from None
    finally:
        # What is forked from here on must not share a connection.
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    if samples and app.config["SETTINGS"].env == "production":
        raise click.ClickException(
            "This database holds active sample accounts, whose passwords are public; a production start refuses it. "
            "Begin with an empty database (another REMBUK_DATABASE_URL or INSTANCE_PATH), or disable them first."
        )
    return samples


def _migrate() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    if set(current) == set(script.get_heads()):
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if not set(current) <= known:
        raise click.ClickException(
            "The database was written by a newer Rembuk. Start that version, or restore a backup made with this one."
        )
    click.echo("Memutakhirkan basis data ...")
    upgrade()


def _load_samples() -> None:
    """In a process of its own, so that nothing of it is left in the server."""
    click.echo("Memuat isi contoh (hanya kali ini) ...")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603 - our own command
        raise click.ClickException("The sample content could not be loaded; see above.")


def _serve_web(app: Flask, settings: Settings, listener: socket.socket, announce: Callable[[], None]) -> None:
    """gunicorn in this process. The application is loaded already: workers inherit it by fork."""
    from gunicorn.app.base import BaseApplication

    options = {
        "bind": f"fd://{listener.detach()}",
        "worker_class": "gthread",
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "preload_app": True,
        "control_socket_disable": True,
        "timeout": 60,
        "graceful_timeout": processes.GRACE_SECONDS - 5,
        "keepalive": 15,
        "loglevel": "warning",
        # Whom to believe about the client's address and scheme is decided by REMBUK_TRUSTED_PROXIES alone.
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        "forwarded_allow_ips": "",
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 - gunicorn's heartbeat
        "when_ready": lambda arbiter: announce(),
    }

    class Web(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    backends.preload(settings)
    Web().run()
