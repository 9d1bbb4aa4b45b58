"""Files in the requests of forms: with scripts they were uploaded before, and the form names them; without, it brings them along.

A form that is shown again (because something is missing, or because a file was only to be added or removed) keeps its files.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from forum.attachments import storage
from forum.attachments.queries.files import in_form, tokens_of
from forum.attachments.queries.shapes import FilesPage
from forum.attachments.services import attaching, uploading
from forum.attachments.services.attaching import REASON_FIELD, Chosen
from forum.attachments.services.uploading import FIELD
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Invalid, NotFound
from forum.core.forms import Form
from forum.core.markup import uploads_in
from forum.core.viewer import Viewer

TOKENS_FIELD = "lampiran"
# The form had a list of files, so what is not in it was taken off.
LIST_FIELD = "lampiran_daftar"


def take(actor: Viewer, sent: FileStorage) -> str:
    """Check, store and write down one file; its token. Raises Invalid, TooMany."""
    ratelimit.hit(ratelimit.UPLOAD, actor.id)
    ratelimit.hit(ratelimit.UPLOAD_DAY, actor.id)
    scanner = current_app.config["SETTINGS"].clamav
    with tempfile.TemporaryDirectory(prefix="rembuk-") as folder:
        path = Path(folder) / "sent"
        _save(sent, path)
        checked = uploading.check(path, sent.filename or "", Path(folder), storage.current(), scanner)
    with transaction():
        return uploading.add(actor, checked)


def _save(sent: FileStorage, path: Path) -> None:
    try:
        sent.save(path)
    except OSError as error:
        raise uploading.no_room(sent.filename or "", error) from None


class FormFiles:
    """The files of one form. `owner`: what is edited (kind and id), whose files it shows at first."""

    def __init__(self, actor: Viewer, form: Form, owner: tuple[str, int] | None = None) -> None:
        self._actor, self._form, self._owner = actor, form, owner
        # True once a request turned out to be about files alone: nothing was sent, and the form is as it was.
        self.only_files = False
        self._is_list = request.method == "POST" and LIST_FIELD in request.form
        if request.method == "POST":
            self._tokens = list(dict.fromkeys(request.form.getlist(TOKENS_FIELD)))
        else:
            self._tokens = list(tokens_of(*owner)) if owner else []

    def settle(self) -> bool:
        """Take the files that came along, and take off the one whose button was pressed. False: show the form again, send nothing."""
        if off := request.form.get("lepas"):
            self._take_off(off)
            self.only_files = True
            return False
        for sent in request.files.getlist(FIELD):
            if sent.filename:
                self._add(sent)
        self.only_files = "unggah" in request.form or self._form.has_errors
        return not self.only_files

    def _take_off(self, token: str) -> None:
        self._tokens = [one for one in self._tokens if one != token]
        with suppress(NotFound), transaction():  # what is posted stays until the form is sent
            attaching.discard(self._actor, token)

    def _add(self, sent: FileStorage) -> None:
        try:
            self._tokens.append(take(self._actor, sent))
        except Invalid as error:
            self._form.refuse(error)

    @property
    def chosen(self) -> Chosen:
        return Chosen(tuple(self._tokens), self._reason, self._is_list)

    @property
    def _reason(self) -> str:
        return next((text for text in request.form.getlist(REASON_FIELD) if text.strip()), "")

    def page(self, *texts: str) -> FilesPage:
        """What the form shows of its files, also of those that its `texts` (a draft's) speak of. One statement, if there are any."""
        spoken_of = [token for text in texts for token in uploads_in(text)]
        return FilesPage(in_form(self._actor, [*self._tokens, *spoken_of], self._owner), self._reason)
