"""The room and its door."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, url_for

from forum.accounts import policy
from forum.accounts.login import viewer
from forum.core.forms import Form
from forum.core.web import site_address

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def _admins_only() -> None:
    policy.require_admin(viewer())


def form_page(template: str, form: Form, **context: object) -> Response:
    """A page with a form: 422 when there is something to mend in it."""
    return make_response(render_template(template, form=form, **context), 422 if form.has_errors else 200)


def link_address(token: str) -> str:
    """The complete address of a one-time link, to be handed over."""
    return site_address() + url_for("accounts.first_sign_in", token=token)


def has_links() -> bool:
    """Whether one-time links open anything: not where single sign-on is the only way in (see `services.EMERGENCY`)."""
    return not current_app.config["SETTINGS"].oidc_only
