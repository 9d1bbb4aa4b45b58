"""Taking a file: looked at by a child process and the virus scanner, put into the store, and only then written down."""

from __future__ import annotations

import errno
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.attachments import clamav
from forum.attachments.filetypes import TYPES
from forum.attachments.inspecting import Inspected, Picture, Refused, inspect
from forum.attachments.limits import DAY_BYTES, FILE_BYTES, IMAGE_BYTES, MB
from forum.attachments.models import Attachment
from forum.attachments.names import clean_name, ending_of, with_ending
from forum.attachments.storage import Storage
from forum.attachments.wording import refusal
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _
from forum.core.viewer import Viewer

FIELD = "berkas"
_TOKEN_BYTES = 16

log = structlog.get_logger()


class NotStored(Invalid):
    """Nothing is wrong with the file: it could not be checked or kept just now."""

    status = 503


@dataclass(frozen=True, slots=True)
class Content:
    """A content that is in the store."""

    digest: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was found good and is in the store; nobody knows of it yet."""

    name: str
    media_type: str
    main: Content
    thumb: Content | None
    found: tuple[str, ...]


def check(path: Path, raw_name: str, folder: Path, storage: Storage, scanner: str) -> Checked:
    """Look at the file at `path` and put it into the store. Takes its time: no transaction may be open.

    `folder`: for what is made on the way. `scanner`: the address of a ClamAV daemon, '' for none. Raises Invalid, NotStored.
    """
    name = clean_name(raw_name)
    try:
        _check_size(path.stat().st_size, name)
        _scan(path, name, scanner)
        inspected = inspect(path, name, folder)
    except Refused as error:
        log.info("file_refused", code=error.code)
        raise Invalid(f"{name}: {refusal(error.code)}", FIELD) from None
    return _keep(inspected, name, storage)


def _check_size(size: int, name: str) -> None:
    kind = TYPES.get(ending_of(name))
    if kind is None:
        raise Refused("type")
    if kind.family == "image" and size > IMAGE_BYTES:
        raise Refused("image_size")
    if size > FILE_BYTES:
        raise Refused("file_size")


def _scan(path: Path, name: str, scanner: str) -> None:
    if not scanner:
        return
    try:
        malware = clamav.scan(scanner, path)
    except clamav.Unreachable as error:
        log.error("virus_scanner_unreachable", error=str(error)[:200])
        raise NotStored(
            _(
                "%(name)s belum diterima: pemeriksa virus tidak menjawab. Coba lagi nanti, atau kirim tanpa lampiran.",
                name=name,
            ),
            FIELD,
        ) from None
    if malware:
        log.warning("malware_found", malware=malware)
        raise Invalid(
            _(
                "%(name)s ditolak: pemeriksa virus menemukan %(malware)s. Beri tahu pengelola TI Anda.",
                name=name,
                malware=malware,
            ),
            FIELD,
        )


def _keep(inspected: Inspected, name: str, storage: Storage) -> Checked:
    try:
        main = _put(inspected.path, inspected.image, storage)
        thumb = _put(inspected.thumb.path, inspected.thumb, storage) if inspected.thumb else None
    except OSError as error:
        raise no_room(name, error) from None
    if ending_of(name) != inspected.ending and inspected.image:
        name = with_ending(name, inspected.ending)
    return Checked(name, inspected.media_type, main, thumb, inspected.found)


def no_room(name: str, error: OSError) -> NotStored:
    """What is said when a file could not be written, here or into the store."""
    log.error("file_not_stored", error=str(error)[:200])
    name = clean_name(name)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NotStored(
            _(
                "Ruang penyimpanan penuh, jadi %(name)s belum tersimpan. Hubungi admin, atau kirim tanpa lampiran.",
                name=name,
            ),
            FIELD,
        )
    return NotStored(
        _(
            "%(name)s belum tersimpan: penyimpanan tidak menjawab. Coba lagi nanti, atau kirim tanpa lampiran.",
            name=name,
        ),
        FIELD,
    )


def _put(path: Path, picture: Picture | None, storage: Storage) -> Content:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    storage.put(digest, path)
    return Content(digest, path.stat().st_size, picture.width if picture else None, picture.height if picture else None)


def add(actor: Viewer, checked: Checked) -> str:
    """Write down a file that was checked, as its uploader's own until it is posted. Returns its token. Raises Invalid (quota)."""
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    now = clock.now()
    today = db.session.scalar(
        select(func.sum(Attachment.size)).where(
            Attachment.uploader_id == actor.id, Attachment.created_at > now - timedelta(days=1)
        )
    )
    if (today or 0) + checked.main.size > DAY_BYTES:
        raise Invalid(
            _("Dalam sehari Anda dapat mengunggah paling banyak %(size)d MB. Lanjutkan besok.", size=DAY_BYTES // MB),
            FIELD,
        )
    thumb = checked.thumb
    row = Attachment(
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        uploader_id=actor.id,
        name=checked.name,
        media_type=checked.media_type,
        size=checked.main.size,
        sha256=checked.main.digest,
        width=checked.main.width,
        height=checked.main.height,
        thumb_sha256=thumb.digest if thumb else None,
        thumb_width=thumb.width if thumb else None,
        thumb_height=thumb.height if thumb else None,
        found=",".join(checked.found),
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row.token
