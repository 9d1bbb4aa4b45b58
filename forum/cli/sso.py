"""`flask sso check`: does single sign-on work, before everybody depends on it?"""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from forum.accounts.oidc import views as oidc
from forum.accounts.oidc.errors import Unreachable
from forum.core.errors import NotFound

group = AppGroup("sso", help="Single sign-on: try the provider.")


@group.command("check")
def check() -> None:
    """Ask the provider for its metadata and keys; print what it has to know of us."""
    address = current_app.config["SETTINGS"].own_address
    try:
        provider = oidc.provider()
        metadata, keys = provider.metadata(), provider.keys()
    except NotFound:
        raise click.ClickException("SSO belum diatur: lihat REMBUK_OIDC_ISSUER di docs/settings.md.") from None
    except Unreachable as error:
        raise click.ClickException(
            f"Penyedia tidak dapat dipakai ({error.code}): lihat Single sign-on di docs/operations.md."
        ) from None
    click.echo(f"Penyedia: {provider.issuer}, {len(keys)} kunci tanda tangan")
    for name in ("end_session_endpoint", "backchannel_logout_supported", "userinfo_endpoint"):
        click.echo(f"{name}: {'ada' if metadata.get(name) else 'tidak ada'}")
    click.echo("Daftarkan pada penyedia:")
    for label, path in (
        ("redirect URI", oidc.FINISH),
        ("post logout redirect URI", oidc.SIGNED_OUT),
        ("backchannel logout URL", oidc.LOGOUT_TOKEN),
    ):
        click.echo(f"  {label}: {address}{path}")
    if not keys:
        raise click.ClickException("Penyedia tidak punya kunci tanda tangan.")
