"""Where moderators begin: everything that they look after, with how much of it waits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from forum.accounts.login import viewer
from forum.core import content
from forum.moderation import policy
from forum.moderation.queries.appeals import open_appeals
from forum.moderation.queries.cases import counts


@dataclass(frozen=True, slots=True)
class DutyLine:
    label: object
    hint: object
    url: str
    count: int | None


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/moderasi", view_func=start)


def start() -> str:
    actor = viewer()
    policy.require_moderator(actor)
    duties = [
        DutyLine(duty.label, duty.hint, duty.url, duty.count(actor) if duty.count else None)
        for duty in content.duties()
    ]
    return render_template(
        "moderation/start.html",
        counts=counts(actor),
        appeals=open_appeals(actor),
        duties=duties,
        may_edit_words=policy.may_edit_words(actor),
    )
