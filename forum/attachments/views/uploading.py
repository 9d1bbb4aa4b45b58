"""Files that come by themselves, sent by scripts while somebody writes."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.attachments.limits import UPLOAD_REQUEST
from forum.attachments.queries.files import in_form
from forum.attachments.services import attaching
from forum.attachments.services.uploading import FIELD
from forum.attachments.views.taking import take
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.web import back_to, flash, see_other, takes_files, wants_json


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lampiran", view_func=upload, methods=["POST"])
    blueprint.add_url_rule("/lampiran/<token>/hapus", view_func=remove, methods=["POST"])


@takes_files(UPLOAD_REQUEST)
def upload() -> tuple[Response, int]:
    """Take one file as the viewer's own; says, as JSON, where it is and how a text shows it."""
    actor = viewer()
    sent = request.files.get(FIELD)
    if sent is None or not sent.filename:
        raise Invalid(_("Pilih berkas yang akan dilampirkan."), FIELD)
    token = take(actor, sent)
    (made,) = in_form(actor, [token])
    return jsonify(
        token=made.token,
        url=made.url,
        name=made.name,
        label=made.label,
        size=made.size,
        image=made.is_image,
        held=made.held,
        markdown=made.markdown,
    ), 201


def remove(token: str) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        attaching.discard(actor, token)
    if wants_json():
        return jsonify(removed=True)
    flash(_("Lampiran dihapus."))
    return see_other(back_to("/"))
