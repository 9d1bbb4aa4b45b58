"""Flags, cases, rulings and appeals for tests, made through the services; each is committed at once."""

from __future__ import annotations

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.db import db, transaction
from forum.moderation.models import Case
from forum.moderation.services import appealing, deciding, open_case, opening, perform
from forum.moderation.services.acting import REPHRASE
from forum.notifications.models import Notice
from tests.factories.accounts import viewer_for
from tests.factories.discussions import fresh


def a_flag(reader: User, subject_id: int, kind: str = "post", *, reason: str = "rude", note: str = "") -> int:
    """A report; gives the id of its case."""
    by = viewer_for(reader)
    with transaction():
        return opening.flag(by, kind, subject_id, reason, note)


def a_case(subject_id: int, kind: str = "post", *, cause: str = "word", note: str = "sabun") -> int:
    """A case that the machine opened."""
    with transaction():
        case_id = open_case(kind, subject_id, cause, note)
    assert case_id is not None
    return case_id


def case_row(case_id: int) -> Case:
    row: Case = fresh(Case, case_id)
    return row


def decided(moderator: User, case_id: int, choice: str = deciding.NO_ACTION, reason: str = "Sudah diperiksa.") -> None:
    by, version = viewer_for(moderator), case_row(case_id).version
    with transaction():
        deciding.decide(by, case_id, version, choice, {}, reason)


def a_ruling(
    moderator: User, subject_id: int, act: str = REPHRASE.name, reason: str = "Mohon lebih santun.", **values: str
) -> int:
    by = viewer_for(moderator)
    with transaction():
        return perform(by, act, subject_id, values, reason)


def an_appeal(person: User, act_id: int, body: str = "Saya rasa ini keliru, mohon dilihat lagi.") -> int:
    by = viewer_for(person)
    with transaction():
        return appealing.appeal(by, act_id, body)


def newest_notice(person: User) -> int:
    return db.session.scalar(select(func.max(Notice.id)).where(Notice.user_id == person.id)) or 0


def notices(person: User) -> list[Notice]:
    """What a person was told, the newest first."""
    db.session.rollback()
    return list(db.session.scalars(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id.desc())))
