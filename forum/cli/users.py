"""`flask users`: accounts from the command line."""

from __future__ import annotations

from typing import BinaryIO, TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from forum.accounts import passwords, queries, services
from forum.core.db import transaction
from forum.core.errors import NotFound, RembukError
from forum.core.viewer import SYSTEM

group = AppGroup("users", help="Accounts: create, import, give a one-time link, list.")
ROLES = click.Choice(["member", "moderator", "admin"])


def link_address(token: str) -> str:
    """The address to hand over; REMBUK_BASE_URL says how people reach the site."""
    address: str = current_app.config["SETTINGS"].own_address
    return f"{address}/masuk/tautan/{token}"


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
        password_hash = None
        if password is not None:
            password_hash = passwords.accept(password, about=about, breached=settings.breached_passwords)
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
            token = None if password_hash else services.make_link(SYSTEM, user_id, emergency=settings.oidc_only)
    except RembukError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Akun {username.strip().lower()} dibuat.")
    if token:
        click.echo(f"Tautan sekali pakai (72 jam): {link_address(token)}")


@group.command("link")
@click.argument("username")
def link(username: str) -> None:
    """Print a one-time link for USERNAME (72 hours); earlier ones stop working.

    Also the way in when single sign-on is the only one and does not work (REMBUK_OIDC_ONLY).
    """
    try:
        person = queries.user_entry(username.strip().lower())
        with transaction():
            token = services.make_link(SYSTEM, person.id, emergency=current_app.config["SETTINGS"].oidc_only)
    except NotFound:
        raise click.ClickException("Tidak ada akun dengan nama pengguna itu.") from None
    except RembukError as error:
        raise click.ClickException(str(error)) from None
    click.echo(link_address(token))


@group.command("remove-second-factor")
@click.argument("username")
@click.option("--reason", required=True, help="Noted in the audit log.")
def remove_second_factor(username: str, reason: str) -> None:
    """Take away the second step of USERNAME, who lost phone and recovery codes; signs them out everywhere."""
    try:
        person = queries.user_entry(username.strip().lower())
        with transaction():
            services.remove_second_factor(SYSTEM, person.id, reason)
    except NotFound:
        raise click.ClickException("Tidak ada akun dengan nama pengguna itu yang memakai langkah kedua.") from None
    except RembukError as error:
        raise click.ClickException(str(error)) from None
    click.echo("Langkah kedua dihapus.")


@group.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--check", is_flag=True, help="Look only; make nothing.")
@click.option(
    "--output", type=click.File("w", encoding="utf-8", lazy=True), help="Where the links go (default: to the screen)."
)
def import_file(file: BinaryIO, check: bool, output: TextIO | None) -> None:
    """Make the accounts of a CSV FILE, all of them or none, and give their one-time links."""
    plan = services.plan_import(SYSTEM, file.read(services.MAX_BYTES + 1))
    for problem in plan.problems:
        where = f"Baris {problem.line}, {problem.column}: " if problem.line else ""
        click.echo(f"{where}{problem.message}", err=True)
    if plan.problems:
        raise click.ClickException("Perbaiki berkasnya dahulu: belum ada akun yang dibuat.")
    if check:
        click.echo(f"Berkas ini baik: {len(plan.people)} akun akan dibuat.")
        return
    try:
        with transaction():
            made = services.import_people(SYSTEM, plan, by_mail=False)
    except RembukError as error:
        raise click.ClickException(str(error)) from None
    click.echo(services.result_file(made, link_address), file=output, nl=False)
    click.echo(f"{len(made)} akun dibuat.", err=True)


@group.command("list")
def list_users() -> None:
    """Print every account: username, role, state, name, unit (separated by tabs)."""
    after: str | None = None
    while True:
        page = queries.users_page("", after)
        for row in page.rows:
            state = "aktif" if row.is_active else "tidak aktif"
            click.echo("\t".join((row.username, row.role, state, row.name, row.unit)))
        if page.older is None:
            return
        after = page.rows[-1].username
