"""What may become of a revision, and of a guide: one table of (state, action, who) -> state, and nothing else.

Pure: it knows no database and no viewer. `who` is what the actor is to the revision at hand: whoever wrote any of it is its AUTHOR,
however high their role, so that nobody decides about their own text. docs/library.md prints the table; a test walks it whole.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Of a revision. NONE: before there is one."""

    NONE = "none"
    DRAFT = "draft"
    PENDING = "pending"
    RETURNED = "returned"
    PUBLISHED = "published"
    FORMER = "former"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Who(StrEnum):
    """AUTHOR: wrote some of the revision. CURATOR: a moderator who did not. READER: anybody else who may read the guide."""

    AUTHOR = "author"
    CURATOR = "curator"
    READER = "reader"


class Action(StrEnum):
    """REVISE makes a revision of one's own from a published or former one; SUPERSEDE happens when another is published."""

    START = "start"
    REVISE = "revise"
    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    EDIT_PENDING = "edit_pending"
    REJECT = "reject"
    SUPERSEDE = "supersede"


ANYBODY = (Who.AUTHOR, Who.CURATOR, Who.READER)

TRANSITIONS: dict[tuple[State, Action, Who], State] = {
    **{(State.NONE, Action.START, who): State.DRAFT for who in ANYBODY},
    **{(State.PUBLISHED, Action.REVISE, who): State.DRAFT for who in ANYBODY},
    **{(State.FORMER, Action.REVISE, who): State.DRAFT for who in ANYBODY},
    (State.DRAFT, Action.SAVE, Who.AUTHOR): State.DRAFT,
    (State.DRAFT, Action.SUBMIT, Who.AUTHOR): State.PENDING,
    (State.DRAFT, Action.WITHDRAW, Who.AUTHOR): State.WITHDRAWN,
    (State.RETURNED, Action.SAVE, Who.AUTHOR): State.RETURNED,
    (State.RETURNED, Action.SUBMIT, Who.AUTHOR): State.PENDING,
    (State.RETURNED, Action.WITHDRAW, Who.AUTHOR): State.WITHDRAWN,
    (State.PENDING, Action.WITHDRAW, Who.AUTHOR): State.WITHDRAWN,
    (State.PENDING, Action.APPROVE, Who.CURATOR): State.PUBLISHED,
    (State.PENDING, Action.SEND_BACK, Who.CURATOR): State.RETURNED,
    # The curator becomes one of its authors, so another one has to approve it.
    (State.PENDING, Action.EDIT_PENDING, Who.CURATOR): State.PENDING,
    (State.PENDING, Action.REJECT, Who.CURATOR): State.REJECTED,
    **{(State.PUBLISHED, Action.SUPERSEDE, who): State.FORMER for who in ANYBODY},
}

NEEDS_REASON = frozenset({Action.SEND_BACK, Action.REJECT})


def after(state: State, action: Action, who: Who) -> State | None:
    """The state that `action` by `who` leads to; None where it is not allowed."""
    return TRANSITIONS.get((state, action, who))


def allowed(state: State, who: Who) -> tuple[Action, ...]:
    """What `who` may do with a revision in `state`, in the order of the table."""
    return tuple(action for (at, action, by) in TRANSITIONS if at is state and by is who)
