"""A file, for whoever may see what it belongs to. It cannot run here: it has no origin, and nothing may be loaded for it."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import structlog
from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.attachments import storage
from forum.attachments.queries.files import file_for
from forum.attachments.queries.shapes import FileRecord
from forum.core.errors import Gone, NotFound, RembukError
from forum.core.i18n import _

CSP = "sandbox; default-src 'none'"
# Of what one may see: kept in one's own browser for an hour, by nobody on the way.
CACHE = "private, max-age=3600"

# What is no larger is read at once, and its file closed before the answer begins.
AT_ONCE = 1 << 20

log = structlog.get_logger()


class Unavailable(RembukError):
    """The store does not answer."""

    status = 503


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/lampiran/<token>", view_func=file)
    blueprint.add_url_rule("/lampiran/<token>/kecil", view_func=thumbnail)


def file(token: str) -> Response:
    record = file_for(viewer(), token)
    return _send(record, record.sha256, record.media_type)


def thumbnail(token: str) -> Response:
    """The picture that a text shows of an image; the image itself where it is small."""
    record = file_for(viewer(), token)
    if not record.is_image:
        raise NotFound
    if record.thumb_sha256 is None:
        return _send(record, record.sha256, record.media_type)
    return _send(record, record.thumb_sha256, "image/webp")


def _send(record: FileRecord, digest: str, media_type: str) -> Response:
    if digest in request.if_none_match:
        response = Response(status=304)
        response.set_etag(digest)
    else:
        response = _content(record, digest, media_type)
    response.headers["Cache-Control"] = CACHE
    response.headers["Vary"] = "Cookie"
    response.headers["Content-Security-Policy"] = CSP
    return response


def _content(record: FileRecord, digest: str, media_type: str) -> Response:
    try:
        content: BinaryIO = storage.current().open(digest)
    except FileNotFoundError:
        log.error("attachment_missing", id=record.id, digest=digest)
        raise Gone from None
    except OSError as error:
        log.error("store_unavailable", error=str(error)[:200])
        raise Unavailable(_("Penyimpanan berkas belum menjawab. Coba lagi sebentar lagi.")) from None
    size = content.seek(0, 2)
    content.seek(0)
    if size <= AT_ONCE:
        with content:
            content = BytesIO(content.read())
    response = send_file(
        content,
        mimetype=media_type,
        as_attachment=not record.is_image,
        download_name=record.name,
        etag=digest,
        conditional=False,
        max_age=0,
    )
    response.content_length = size
    if media_type.startswith("text/"):
        # In which encoding it is, only its author knows.
        response.headers["Content-Type"] = media_type
    return response
