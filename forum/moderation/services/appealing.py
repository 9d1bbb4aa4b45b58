"""Appeals: whoever is concerned by an act may ask once for another moderator's eyes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, rows_changed
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.i18n import _, lazy
from forum.core.viewer import Viewer
from forum.moderation import policy
from forum.moderation.addresses import ruling_url
from forum.moderation.models import Appeal
from forum.moderation.queries.appeals import AppealRecord, appeal_for
from forum.moderation.queries.rulings import ruling_for
from forum.moderation.services.acting import hold_act, take_back
from forum.moderation.services.texts import long_text, reason_text
from forum.notifications import services as notifications

APPEAL_FOR = timedelta(days=30)
UPHELD = lazy("Banding Anda tentang “%(title)s” sudah diperiksa moderator lain. Keputusannya tetap berlaku.")
GRANTED = lazy("Banding Anda tentang “%(title)s” diterima. Keputusan itu dicabut.")


def appeal(actor: Viewer, act_id: int, body: str) -> int:
    """Appeal against an act; returns the appeal's id.

    Raises NotFound, Denied (not concerned), Invalid, Conflict (once only, too late, or taken back already).
    """
    hold_act(act_id)
    ruling = ruling_for(actor, act_id)
    if actor.id not in ruling.concerned:
        raise Denied(_("Hanya yang terkait keputusan ini yang dapat mengajukan banding."))
    if ruling.undone_at is not None:
        raise Conflict(_("Keputusan ini sudah dicabut."))
    if clock.now() - ruling.at > APPEAL_FOR:
        raise Conflict(_("Banding dapat diajukan paling lambat %(days)d hari setelah keputusan.", days=APPEAL_FOR.days))
    if db.session.scalar(select(Appeal.id).where(Appeal.act_id == act_id, Appeal.user_id == actor.id)) is not None:
        raise Conflict(_("Anda sudah mengajukan banding atas keputusan ini."))
    row = Appeal(act_id=act_id, user_id=actor.id, body=long_text(body), at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "appeal.open",
        ruling.kind,
        ruling.subject_id,
        after={"act": ruling.act, "ruling": act_id, "appeal": row.id},
    )
    return row.id


def decide(actor: Viewer, appeal_id: int, outcome: str, answer: str) -> None:
    """Uphold an act, or take it back, with an answer to the one who appealed.

    Raises NotFound, Denied (acted themselves, or appealed), Invalid, Conflict (decided meanwhile, or it cannot be taken back any more).
    """
    record = appeal_for(actor, appeal_id)
    if not policy.may_decide_appeal(actor, record.ruling.actor_id, record.user_id, record.ruling.board_id):
        raise Denied(_("Banding diputuskan moderator lain, bukan yang membuat keputusan atau yang mengajukan banding."))
    if outcome not in ("upheld", "taken_back"):
        raise Invalid(_("Pilih apakah keputusan tetap berlaku atau dicabut."), "outcome")
    answer = reason_text(answer, "answer")
    hold_act(record.ruling.id)
    _close(actor, record, outcome, answer)
    if outcome == "taken_back":
        take_back(actor, record.ruling, answer)
    audit.record(
        actor, "appeal.decide", record.ruling.kind, record.ruling.subject_id,
        after={"appeal": appeal_id, "outcome": outcome}, reason=answer,
    )  # fmt: skip
    notifications.notify(
        [record.user_id], "appeal.decided", GRANTED if outcome == "taken_back" else UPHELD,
        {"title": record.ruling.title}, url=ruling_url(record.ruling.id), note=answer, actor=actor,
    )  # fmt: skip
    db.session.flush()


def _close(actor: Viewer, record: AppealRecord, outcome: str, answer: str) -> None:
    changed = db.session.execute(
        update(Appeal)
        .where(Appeal.id == record.id, Appeal.state == "open")
        .values(state=outcome, answer=answer, decided_at=clock.now(), decided_by_id=actor.id)
        .execution_options(synchronize_session=False)
    )
    if rows_changed(changed) != 1:
        raise Conflict(_("Banding ini sudah diputuskan: %(answer)s", answer=record.answer))
