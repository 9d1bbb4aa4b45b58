"""Doing what moderators can do, and taking it back. Each act has a reason, is told to those concerned, and is in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update

from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, NotFound
from forum.core.i18n import _, exact_time, lazy
from forum.core.viewer import Viewer
from forum.moderation import acts, policy, subjects
from forum.moderation.addresses import ruling_url
from forum.moderation.models import Appeal, Concerned, ModerationAct
from forum.moderation.queries.rulings import Ruling, ruling_for
from forum.moderation.services.texts import reason_text
from forum.notifications import services as notifications

# So long an act can be taken back, and what that needs is kept.
UNDO_FOR = timedelta(days=30)


def perform(
    actor: Viewer, act: str, subject_id: int, values: Mapping[str, Any], reason: str, case: int | None = None
) -> int:
    """Do the act of that name to a subject of its kind; returns the id under which it can be read, appealed and taken back.

    `case`: the id of the case in which it was decided. Raises NotFound, Denied, Invalid, Conflict, as the act itself does.
    """
    known = acts.act_of(act)
    if known is None:
        raise NotFound
    _require_moderator(actor, known.kind, subject_id)
    reason = reason_text(reason)
    done = known.perform(actor, subject_id, {**values, "reason": reason})
    row = ModerationAct(
        act=known.name,
        kind=known.kind,
        subject_id=subject_id,
        case_id=case,
        actor_id=actor.id,
        at=clock.now(),
        reason=reason,
        title=done.title[:200],
        url=done.url[:300],
        undo=dict(done.undo),
    )
    db.session.add(row)
    db.session.flush()
    concerned = sorted(set(done.concerned) - {actor.id})
    db.session.add_all(Concerned(act_id=row.id, user_id=user_id) for user_id in concerned)
    _tell(actor, known.name, known.told, concerned, row, reason)
    audit.record(
        actor, known.name, known.kind, subject_id, before=dict(done.before), after=dict(done.after), reason=reason
    )
    db.session.flush()
    return row.id


def _require_moderator(actor: Viewer, kind: str, subject_id: int) -> None:
    """Raises Denied unless `actor` moderates where the subject is. Why something is not there (any more) its own act says best."""
    try:
        subject = subjects.read(actor, kind, subject_id)
    except NotFound:
        return
    if not policy.may_moderate(actor, subject.board_id):
        raise Denied(_("Hanya moderator papan ini yang dapat melakukannya."))


def _tell(
    actor: Viewer, kind: str, text: object, user_ids: Iterable[int], row: ModerationAct | Ruling, note: str
) -> None:
    notifications.notify(
        user_ids, f"moderation.{kind}"[:40], text, {"title": row.title}, url=ruling_url(row.id), note=note, actor=actor
    )


def undo(actor: Viewer, act_id: int, reason: str) -> None:
    """Take an act back, within UNDO_FOR. Appeals against it that wait are granted by that.

    Raises NotFound, Denied (no moderator there, or concerned themselves), Invalid, Conflict (too late, taken back already, or what has
    happened since stands in the way).
    """
    hold_act(act_id)
    ruling = ruling_for(actor, act_id)
    if not ruling.may_moderate:
        raise Denied(_("Hanya moderator yang dapat mencabut keputusan ini."))
    if actor.id in ruling.concerned:
        raise Denied(_("Keputusan ini tentang Anda sendiri. Ajukan banding, moderator lain akan memeriksanya."))
    reason = reason_text(reason)
    if clock.now() - ruling.at > UNDO_FOR:
        raise Conflict(_("Keputusan ini sudah lewat %(days)d hari, jadi tidak dapat dicabut lagi.", days=UNDO_FOR.days))
    take_back(actor, ruling, reason)
    db.session.execute(
        update(Appeal)
        .where(Appeal.act_id == act_id, Appeal.state == "open")
        .values(state="taken_back", answer=reason, decided_at=clock.now(), decided_by_id=actor.id)
    )


def hold_act(act_id: int) -> None:
    """Keep others who are about to take an act back, or to appeal, waiting until the transaction ends: everybody holds the act first."""
    db.session.execute(select(ModerationAct.id).where(ModerationAct.id == act_id).with_for_update())


def take_back(actor: Viewer, ruling: Ruling, reason: str) -> None:
    """Undo an act, whenever that is; the caller asks whether `actor` may. Tells those concerned. Raises Conflict."""
    changed = db.session.execute(
        update(ModerationAct)
        .where(ModerationAct.id == ruling.id, ModerationAct.undone_at.is_(None))
        .values(undone_at=clock.now(), undone_by_id=actor.id, undo_reason=reason)
    )
    if rows_changed(changed) != 1:
        raise Conflict(_undone_already(ruling.id))
    act = acts.act_of(ruling.act)
    if act is not None and act.undo is not None:
        act.undo(actor, _undo_data(ruling.id))
    undone = {"act": ruling.act, "ruling": ruling.id}
    audit.record(actor, "act.undo", ruling.kind, ruling.subject_id, before=undone, reason=reason)
    _tell(actor, "undo", TAKEN_BACK, ruling.concerned, ruling, reason)
    db.session.flush()


TAKEN_BACK = lazy("Keputusan tentang “%(title)s” sudah dicabut. Semuanya kembali seperti semula.")


def _undo_data(act_id: int) -> dict[str, Any]:
    return dict(db.session.execute(select(ModerationAct.undo).where(ModerationAct.id == act_id)).scalar_one())


def _undone_already(act_id: int) -> str:
    at = db.session.scalar(select(ModerationAct.undone_at).where(ModerationAct.id == act_id))
    return _("Keputusan ini sudah dicabut pada %(time)s.", time=exact_time(at) if at else "-")


def forget_undo() -> int:
    """Let go of what undoing needed once nobody can undo any more; what waits for an appeal is kept. Returns how many."""
    waiting = exists().where(Appeal.act_id == ModerationAct.id, Appeal.state == "open")
    changed = db.session.execute(
        update(ModerationAct)
        .where(ModerationAct.at < clock.now() - UNDO_FOR, ModerationAct.has_undo, ~waiting)
        .values(undo={}, has_undo=False)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(changed)
