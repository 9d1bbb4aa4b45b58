"""The words that open a case wherever they are written."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select

from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _
from forum.core.text import one_line
from forum.core.viewer import Viewer
from forum.moderation import policy, subjects
from forum.moderation.models import WatchedWord

MOST_WORDS = 300
LONGEST = 80


def watched_words() -> tuple[str, ...]:
    """The list, in order. One statement."""
    return tuple(db.session.scalars(select(WatchedWord.words).order_by(WatchedWord.words)))


def version_of(words: tuple[str, ...]) -> str:
    """Tells a state of the list from any other."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def save_words(actor: Viewer, text: str, version: str) -> None:
    """Make the list what `text` says, a word or phrase a line. `version`: of the list that the actor edited.

    Raises Denied, Invalid (field 'words'), Conflict (changed meanwhile).
    """
    policy.require_words(actor)
    before = watched_words()
    if version != version_of(before):
        raise Conflict(_("Daftar ini diubah orang lain sementara Anda menyunting. Bandingkan, lalu simpan lagi."))
    after = _parsed(text)
    db.session.execute(delete(WatchedWord))
    db.session.add_all(WatchedWord(words=words) for words in after)
    db.session.flush()
    added, removed = sorted(set(after) - set(before)), sorted(set(before) - set(after))
    if added or removed:
        audit.record(actor, "words.save", "words", None, before={"removed": removed}, after={"added": added})


def _parsed(text: str) -> tuple[str, ...]:
    found = {one_line(line).lower() for line in text.splitlines()} - {""}
    if len(found) > MOST_WORDS:
        raise Invalid(_("Paling banyak %(most)d baris.", most=MOST_WORDS), "words")
    for words in sorted(found):
        if len(words) > LONGEST:
            raise Invalid(_("Baris ini terlalu panjang: “%(words)s…”.", words=words[:30]), "words")
        if not subjects.stems(words):
            raise Invalid(_("Baris ini tidak memuat kata: “%(words)s”.", words=words), "words")
    return tuple(sorted(found))
