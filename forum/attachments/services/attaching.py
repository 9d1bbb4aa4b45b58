"""Files become part of what is posted, and stop being so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from forum.attachments.limits import PER_OWNER, REASON, SHORTEST_REASON
from forum.attachments.models import Attachment
from forum.audit.services import record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import _
from forum.core.markup import uploads_in
from forum.core.text import one_line
from forum.core.viewer import Viewer

REASON_FIELD = "alasan_data_pribadi"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form says of its files: their `tokens`; the `reason` why personal data in them may stay; `is_list`: those are all,
    so what is attached and not among them goes."""

    tokens: tuple[str, ...] = ()
    reason: str = ""
    is_list: bool = False


NOTHING = Chosen()


def attach(actor: Viewer, kind: str, owner_id: int, chosen: Chosen, texts: Collection[str] = ()) -> None:
    """Make the chosen files, and the actor's own that `texts` speak of, part of something that the actor may write to.

    Raises Invalid: a file that is not there, or not theirs; too many; personal data that nobody answers for.
    """
    spoken_of = {token for text in texts for token in uploads_in(text)}
    tokens = list(dict.fromkeys((*chosen.tokens, *sorted(spoken_of))))
    if not tokens and not chosen.is_list:
        return
    rows = _rows(actor, kind, owner_id, tokens)
    there = {row.token for row in rows}
    if not set(chosen.tokens) <= there:
        raise Invalid(
            _("Salah satu lampiran sudah tidak ada. Periksa daftarnya, unggah lagi bila perlu, lalu kirim."), "berkas"
        )
    kept = [row for row in rows if row.token in tokens or not chosen.is_list]
    if len(kept) > PER_OWNER:
        raise Invalid(
            _("Lampiran terlalu banyak: paling banyak %(most)d. Hapus sebagian, lalu kirim.", most=PER_OWNER), "berkas"
        )
    _answer_for(actor, kept, chosen.reason)
    for row in kept:
        if row.owner_id is None:
            row.owner_kind, row.owner_id, row.attached_at = kind, owner_id, clock.now()
    for row in rows:
        if row not in kept:
            _remove(actor, row)
    db.session.flush()


def _rows(actor: Viewer, kind: str, owner_id: int, tokens: Sequence[str]) -> list[Attachment]:
    """The actor's own waiting files among `tokens`, and all that is attached already; held until the transaction ends."""
    waiting = and_(Attachment.token.in_(tokens), Attachment.owner_kind.is_(None), Attachment.uploader_id == actor.id)
    attached = and_(Attachment.owner_kind == kind, Attachment.owner_id == owner_id)
    return list(
        db.session.scalars(
            select(Attachment)
            .where(or_(waiting, attached), Attachment.removed_at.is_(None))
            .order_by(Attachment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _answer_for(actor: Viewer, rows: Sequence[Attachment], reason: str) -> None:
    held = [row for row in rows if row.found and not row.reason]
    if not held:
        return
    reason = one_line(reason)
    if len(reason) < SHORTEST_REASON:
        names = ", ".join(row.name for row in held)
        raise Invalid(
            _(
                "Tampaknya ada data pribadi dalam %(names)s. Hapus lampirannya, atau tulis mengapa boleh dibagikan.",
                names=names,
            ),
            REASON_FIELD,
        )
    for row in held:
        row.reason = reason[:REASON]
        record(actor, "attachment.personal_data", "attachment", row.id, after={"found": row.found}, reason=row.reason)


def _remove(actor: Viewer, row: Attachment) -> None:
    row.removed_at = clock.now()
    if row.owner_kind is not None:
        about = {"owner": f"{row.owner_kind}:{row.owner_id}", "name": row.name, "sha256": row.sha256}
        record(actor, "attachment.remove", "attachment", row.id, before=about)


def discard(actor: Viewer, token: str) -> None:
    """Remove one's own file that is not posted. Raises NotFound."""
    row = db.session.scalar(
        select(Attachment).where(
            Attachment.token == token,
            Attachment.uploader_id == actor.id,
            Attachment.owner_kind.is_(None),
            Attachment.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFound
    _remove(actor, row)
    db.session.flush()


def hand_over(kind: str, from_ids: Collection[int], owner_id: int, texts: Collection[str]) -> None:
    """What `texts` speak of and one of `from_ids` has belongs to `owner_id` (of the same kind) from now on."""
    tokens = {token for text in texts for token in uploads_in(text)}
    if not tokens:
        return
    rows = db.session.scalars(
        select(Attachment).where(
            Attachment.token.in_(sorted(tokens)),
            Attachment.owner_kind == kind,
            Attachment.owner_id.in_(sorted(from_ids)),
        )
    )
    for row in rows:
        row.owner_id = owner_id
    db.session.flush()
