"""`create_app()`: settings, core, features in order; nothing else."""

from __future__ import annotations

from flask import Flask

from forum import cli
from forum.accounts import login
from forum.accounts import views as accounts
from forum.accounts.oidc import views as oidc
from forum.admin import views as admin
from forum.attachments import guarding as attachments_guarding
from forum.attachments import views as attachments
from forum.config import ROOT, Settings, load_settings
from forum.core import database, i18n, logs, web
from forum.discussions import guarding as discussions_guarding
from forum.discussions import indexing as discussions_indexing
from forum.discussions import views as discussions
from forum.library import guarding as library_guarding
from forum.library import indexing as library_indexing
from forum.library import views as library
from forum.moderation import restraints
from forum.moderation import views as moderation
from forum.notifications import views as notifications
from forum.privacy import views as privacy
from forum.search import backends
from forum.search import views as search


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The application for `settings` (default: those of the environment). Raises SettingsError."""
    settings = settings or load_settings()
    logs.configure(production=settings.env == "production")
    app = Flask(
        "forum",
        instance_path=str(settings.instance_path),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.testing = testing
    app.config.from_mapping(web.flask_config(settings))
    database.init_app(app, settings.database)
    backends.init_app(app, settings)
    web.init_app(app, settings)
    login.init_app(app)
    i18n.init_app(app, str(ROOT / "forum" / "translations"), lambda: login.viewer().locale)
    web.init_csrf(app)
    moderation.register()
    restraints.register()
    discussions_indexing.register()
    library_indexing.register()
    discussions_guarding.register()
    library_guarding.register()
    attachments_guarding.register()
    attachments.init_app(app, settings)
    for feature in (accounts, oidc, search, discussions, library, notifications, moderation, privacy, admin):
        feature.init_app(app)
    cli.init_app(app)
    return app
