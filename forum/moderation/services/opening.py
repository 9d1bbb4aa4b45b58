"""How cases come to be: readers' flags, and what the machine or another room noticed. One open case a subject gathers them all."""

from __future__ import annotations

from sqlalchemy import func, select, text, update

from forum.core import clock
from forum.core.db import db, insert, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _
from forum.core.viewer import Viewer
from forum.moderation import subjects
from forum.moderation.causes import FLAG_REASONS, Cause
from forum.moderation.models import Case, CaseCause, Flag
from forum.moderation.services.texts import note_text
from forum.moderation.subjects import Subject


def open_case(kind: str, subject_id: int, cause: str, note: str = "") -> int | None:
    """Bring a subject before moderators because of `cause` (see `causes.Cause`); returns the case's id. Done again it changes nothing.

    None where there is nothing to decide: the subject is gone, or moderators have decided about it for the same cause and note already.
    Call it in the transaction that has the subject.
    """
    cause, note = Cause(cause), note[:500]
    try:
        subject = subjects.read(None, kind, subject_id)
    except NotFound:
        return None
    if subject.is_gone or _was_decided(subject, cause, note):
        return None
    case_id = _open_case_of(subject)
    _add_cause(case_id, cause, note)
    return case_id


def _was_decided(subject: Subject, cause: str, note: str) -> bool:
    same = (
        select(Case.id)
        .join(CaseCause, CaseCause.case_id == Case.id)
        .where(
            Case.kind == subject.kind,
            Case.subject_id == subject.id,
            Case.state == "closed",
            CaseCause.cause == cause,
            CaseCause.note == note,
        )
    )
    return db.session.scalar(same.limit(1)) is not None


def _open_case_of(subject: Subject) -> int:
    """The id of the open case about a subject, made if there is none; its row is held until the transaction ends."""
    db.session.execute(
        insert(db.session(), Case)
        .values(
            kind=subject.kind,
            subject_id=subject.id,
            author_id=subject.author_id,
            title=subject.title[:200],
            state="open",
            version=1,
            opened_at=clock.now(),
            outcome="",
            act="",
            reason="",
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject_id"], index_where=text("state = 'open'"))
    )
    held = select(Case.id).where(Case.kind == subject.kind, Case.subject_id == subject.id, Case.state == "open")
    return db.session.execute(held.with_for_update()).scalar_one()


def _add_cause(case_id: int, cause: str, note: str = "") -> None:
    db.session.execute(
        insert(db.session(), CaseCause)
        .values(case_id=case_id, cause=cause, note=note, at=clock.now())
        .on_conflict_do_update(index_elements=["case_id", "cause"], set_={"note": note})
    )


def flag(actor: Viewer, kind: str, subject_id: int, reason: str, note: str = "") -> int:
    """Report a subject; returns the id of the case that it goes into.

    Raises NotFound, Denied (one's own), Conflict (gone, or reported by the actor already), Invalid.
    """
    subject = flaggable(actor, kind, subject_id)
    if reason not in FLAG_REASONS:
        raise Invalid(_("Pilih apa yang menurut Anda tidak pada tempatnya."), "reason")
    note = note_text(note)
    if reason == "other" and not note:
        raise Invalid(_("Jelaskan dengan singkat apa yang tidak pada tempatnya."), "note")
    case_id = _open_case_of(subject)
    if _standing(actor, case_id) is not None:
        raise Conflict(_("Anda sudah melaporkan tulisan ini. Moderator akan memeriksanya."))
    db.session.add(Flag(case_id=case_id, user_id=actor.id, reason=reason, note=note, at=clock.now()))
    _add_cause(case_id, Cause.FLAG)
    db.session.flush()
    return case_id


def flaggable(actor: Viewer, kind: str, subject_id: int) -> Subject:
    """The subject, if `actor` may report it. Raises NotFound, Denied (one's own), Conflict (gone)."""
    if not subjects.kind_of(kind).may_be_flagged:
        raise NotFound
    subject = subjects.read(actor, kind, subject_id)
    if subject.author_id == actor.id:
        raise Denied(_("Ini tulisan Anda sendiri. Anda dapat menyunting atau menghapusnya."))
    if subject.is_gone:
        raise Conflict(_("Tulisan ini sudah tidak ditampilkan."))
    return subject


def _standing(actor: Viewer, case_id: int) -> int | None:
    return db.session.scalar(
        select(Flag.id).where(Flag.case_id == case_id, Flag.user_id == actor.id, Flag.withdrawn_at.is_(None))
    )


def withdraw(actor: Viewer, kind: str, subject_id: int) -> None:
    """Take one's report back. A case that nobody took and nothing else speaks for ends with its last report.

    Raises NotFound (nothing of the actor's is open).
    """
    subject = subjects.read(actor, kind, subject_id)
    case = db.session.scalar(
        select(Case)
        .where(Case.kind == subject.kind, Case.subject_id == subject.id, Case.state == "open")
        .with_for_update()
    )
    if case is None:
        raise NotFound
    changed = db.session.execute(
        update(Flag)
        .where(Flag.case_id == case.id, Flag.user_id == actor.id, Flag.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
    if rows_changed(changed) != 1:
        raise NotFound
    if case.assignee_id is None and not _speaks_for(case.id):
        case.state, case.outcome, case.decided_at = "closed", "withdrawn", clock.now()
        case.version += 1
        db.session.flush()


def _speaks_for(case_id: int) -> int:
    """How many standing flags and other causes a case has."""
    flags = select(func.count()).where(Flag.case_id == case_id, Flag.withdrawn_at.is_(None)).scalar_subquery()
    causes = select(func.count()).where(CaseCause.case_id == case_id, CaseCause.cause != Cause.FLAG).scalar_subquery()
    return int(db.session.execute(select(flags + causes)).scalar_one())
