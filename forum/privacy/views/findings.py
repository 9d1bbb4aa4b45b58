"""What was found in stored texts: the list, and deciding about one."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.paging import parse_id
from forum.core.web import flash, see_other
from forum.privacy import policy
from forum.privacy.queries.findings import findings_page
from forum.privacy.services import deciding


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/moderasi/data-pribadi", view_func=findings)
    blueprint.add_url_rule("/moderasi/data-pribadi/<id:finding_id>/samarkan", view_func=mask, methods=["POST"])
    blueprint.add_url_rule("/moderasi/data-pribadi/<id:finding_id>/abaikan", view_func=dismiss, methods=["POST"])


def findings() -> str:
    """The findings where one moderates; `daftar`: open, explained by their author, or decided."""
    return _page(request.args.get("daftar", "terbuka"))


def _page(tab: str, refused: int = 0, refusal: str = "", typed: str = "") -> str:
    policy.require_looking_after(viewer())
    before = request.args.get("sebelum", "")
    page = findings_page(viewer(), tab, parse_id(before) if before else None)
    return render_template("privacy/findings.html", page=page, refused=refused, refusal=refusal, typed=typed)


def mask(finding_id: int) -> Response:
    """Mask everything in the text where the finding stands."""
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    source, object_id = deciding.source_to_mask(actor, finding_id)
    db.session.rollback()
    prepared = source.masking(object_id)
    with transaction():
        deciding.mask(actor, finding_id, prepared, request.form.get("alasan", ""))
    flash(_("Disamarkan, juga di riwayatnya. Tulisan itu kini ditandai disunting."))
    return see_other(_back())


def dismiss(finding_id: int) -> Response | tuple[str, int]:
    """Say that a finding is no personal data, and why."""
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    reason = request.form.get("alasan", "")
    try:
        with transaction():
            deciding.dismiss(actor, finding_id, reason)
    except Invalid as error:
        db.session.rollback()
        return _page(request.form.get("daftar", "terbuka"), finding_id, str(error), reason[:300]), error.status
    flash(_("Tercatat: bukan data pribadi."))
    return see_other(_back())


def _back() -> str:
    tab = request.form.get("daftar", "terbuka")
    return url_for("privacy.findings", daftar="dijelaskan" if tab == "dijelaskan" else "terbuka")
