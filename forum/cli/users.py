"""`flask users`: accounts from the command line."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from forum.accounts import passwords, queries, services
from forum.core.db import transaction
from forum.core.errors import RembukError
from forum.core.viewer import SYSTEM

group = AppGroup("users", help="Accounts: create, import, give a one-time link, list.")
ROLES = click.Choice(["member", "moderator", "admin"])


def link_address(token: str) -> str:
    """The address to hand over, complete when REMBUK_BASE_URL is set."""
    settings = current_app.config["SETTINGS"]
    base = settings.base_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/masuk/tautan/{token}"


@group.command("create")
@click.option("--username", required=True)
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=ROLES, default="member", show_default=True)
@click.option("--password", help="Without it a one-time link is printed.")
@click.option("--unit", "unit_name", default="", help="Slug, name or old name of the unit.")
@click.option("--position", default="")
@click.option("--status", default="pns", show_default=True, help="pns, pppk, pppk_paruh_waktu or non_asn.")
@click.option("--nip", default="")
def create(
    username: str,
    email: str,
    name: str,
    role: str,
    password: str | None,
    unit_name: str,
    position: str,
    status: str,
    nip: str,
) -> None:
    """Make an account."""
    settings = current_app.config["SETTINGS"]
    try:
        about = (username, email, name, settings.site_name, settings.city_name)
        password_hash = passwords.accept(password, about=about) if password is not None else None
        with transaction():
            user_id = services.create_user(
                SYSTEM,
                username=username,
                email=email,
                name=name,
                role=role,
                unit_id=queries.unit_id_of(unit_name) if unit_name else None,
                position=position,
                status=status,
                nip=nip,
                password_hash=password_hash,
            )
            token = None if password_hash else services.make_link(SYSTEM, user_id)
    except RembukError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Akun {username.strip().lower()} dibuat.")
    if token:
        click.echo(f"Tautan sekali pakai (72 jam): {link_address(token)}")
