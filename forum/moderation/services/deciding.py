"""What moderators do with a case: take it, hand it over, talk about it, decide. Who was slower is told what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.i18n import _, exact_time, lazy
from forum.core.viewer import Viewer
from forum.moderation import acts
from forum.moderation.models import Case, CaseNote, Flag
from forum.moderation.queries.cases import CaseRecord, case_for, moderators_for, subject_of
from forum.moderation.services.acting import perform
from forum.moderation.services.texts import long_text, reason_text
from forum.notifications import services as notifications

NO_ACTION = "none"
TOLD_NONE = lazy("Laporan Anda tentang “%(title)s” sudah diperiksa. Moderator menilai tulisan itu dapat tetap ada.")
TOLD_ACT = lazy("Laporan Anda tentang “%(title)s” sudah diperiksa dan ditindaklanjuti. Terima kasih.")
HANDED_OVER = lazy("Sebuah kasus diserahkan kepada Anda: “%(title)s”.")


def hand_over(actor: Viewer, case_id: int, version: int, to: str) -> None:
    """Give an open case to the moderator with username `to`, who may be the actor; '' lets go of it.

    Raises NotFound, Conflict (decided or handed over meanwhile), Invalid (nobody who may decide it).
    """
    case = _open_case(actor, case_id, version)
    new = None
    if to:
        new = next((person for person in moderators_for(case.board_id) if person.username == to), None)
        if new is None:
            raise Invalid(_("Pilih moderator yang dapat memutuskan kasus ini."), "to")
    _move_on(case, assignee_id=new.id if new else None)
    audit.record(
        actor, "case.assign", "case", case.id,
        before={"assignee": case.assignee_id}, after={"assignee": new.id if new else None},
    )  # fmt: skip
    if new:
        notifications.notify([new.id], "case.assigned", HANDED_OVER, {"title": case.title}, url=case.url, actor=actor)


def add_note(actor: Viewer, case_id: int, body: str) -> None:
    """Say something to the other moderators of a case, open or decided. Raises NotFound, Invalid."""
    case = case_for(actor, case_id)
    db.session.add(CaseNote(case_id=case.id, author_id=actor.id, body=long_text(body), at=clock.now()))
    db.session.flush()


def decide(actor: Viewer, case_id: int, version: int, choice: str, values: Mapping[str, Any], reason: str) -> None:
    """Close a case: with NO_ACTION, or with the act of that name, done to the part of the subject that it is for.

    `version`: as of which the actor read it. Raises NotFound, Denied (about the actor's own text), Invalid, Conflict (decided, or in
    another's hands, meanwhile).
    """
    case = _open_case(actor, case_id, version)
    if case.author_id == actor.id:
        raise Denied(_("Kasus ini tentang tulisan Anda sendiri, jadi moderator lain yang memutuskannya."))
    if case.assignee_id not in (None, actor.id):
        raise Conflict(_("Kasus ini dipegang %(name)s. Ambil alih dahulu bila perlu.", name=case.assignee_name))
    reason = reason_text(reason)
    outcome = "none" if choice == NO_ACTION else "act"
    act = "" if outcome == "none" else choice
    if act:  # before the case is touched: whoever writes in a thread holds that first, and then perhaps a case about it
        perform(actor, act, _part(actor, case, act), values, reason, case.id)
    _move_on(
        case, state="closed", outcome=outcome, act=act, reason=reason, decided_at=clock.now(), decided_by_id=actor.id
    )
    audit.record(actor, "case.decide", "case", case.id, after={"outcome": outcome, "act": act}, reason=reason)
    _tell_reporters(actor, case, TOLD_ACT if act else TOLD_NONE, "" if act else reason)
    db.session.flush()


def _part(actor: Viewer, case: CaseRecord, act: str) -> int:
    """The id of what the act is done to. Raises NotFound (no such act or nothing here that it is for)."""
    known, subject = acts.act_of(act), subject_of(actor, case)
    if known is None or subject is None or known.kind not in subject.parts:
        raise NotFound
    return subject.parts[known.kind]


def _open_case(actor: Viewer, case_id: int, version: int) -> CaseRecord:
    case = case_for(actor, case_id)
    if case.state != "open" or case.version != version:
        raise Conflict(_stale(case))
    return case


def _stale(case: CaseRecord) -> str:
    if case.state == "open":
        if case.assignee_name:
            return _("Kasus ini baru saja diambil %(name)s. Muat ulang untuk melihatnya.", name=case.assignee_name)
        return _("Kasus ini berubah sejak Anda membacanya. Baca lagi, lalu putuskan.")
    if case.decided_at is None or not case.decided_by_name:
        return _("Kasus ini sudah ditutup, karena laporannya ditarik.")
    known = acts.act_of(case.act)
    return _(
        "Kasus ini sudah diputuskan oleh %(name)s pada %(time)s: %(outcome)s. Alasannya: %(reason)s",
        name=case.decided_by_name,
        time=exact_time(case.decided_at),
        outcome=known.label if known else _("tanpa tindakan"),
        reason=case.reason,
    )


def _move_on(case: CaseRecord, **values: Any) -> None:
    """Change a case if it is still what was read. Raises Conflict."""
    changed = db.session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == case.version, Case.state == "open")
        .values(version=Case.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if rows_changed(changed) != 1:
        raise Conflict(_("Kasus ini berubah sejak Anda membacanya. Baca lagi, lalu putuskan."))


def _tell_reporters(actor: Viewer, case: CaseRecord, text: object, note: str) -> None:
    reporters = db.session.scalars(
        select(Flag.user_id)
        .join(User, User.id == Flag.user_id)
        .where(Flag.case_id == case.id, Flag.withdrawn_at.is_(None), User.is_active)
    )
    subject = subject_of(actor, case)
    notifications.notify(
        reporters,
        "case.decided",
        text,
        {"title": case.title},
        url=subject.url if subject else "",
        note=note,
        actor=actor,
    )
