"""The workflow table, walked whole."""

from __future__ import annotations

from itertools import product

import pytest

from forum.library.workflow import TRANSITIONS, Action, State, Who, after, allowed
from scripts.workflow import PATH, document

EVERY = list(product(State, Action, Who))
# Said once more and in another way than the table says it, so that a slip in either shows.
BY_ANYBODY = {
    (State.NONE, Action.START): State.DRAFT,
    (State.PUBLISHED, Action.REVISE): State.DRAFT,
    (State.FORMER, Action.REVISE): State.DRAFT,
    (State.PUBLISHED, Action.SUPERSEDE): State.FORMER,
}
BY_AUTHOR = {
    (State.DRAFT, Action.SAVE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.PENDING,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Action.SAVE): State.RETURNED,
    (State.RETURNED, Action.SUBMIT): State.PENDING,
    (State.RETURNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.PENDING, Action.WITHDRAW): State.WITHDRAWN,
}
BY_CURATOR = {
    (State.PENDING, Action.APPROVE): State.PUBLISHED,
    (State.PENDING, Action.SEND_BACK): State.RETURNED,
    (State.PENDING, Action.EDIT_PENDING): State.PENDING,
    (State.PENDING, Action.REJECT): State.REJECTED,
}


def expected(state: State, action: Action, who: Who) -> State | None:
    own = {Who.AUTHOR: BY_AUTHOR, Who.CURATOR: BY_CURATOR, Who.READER: {}}[who]
    return BY_ANYBODY.get((state, action)) or own.get((state, action))


@pytest.mark.parametrize(("state", "action", "who"), EVERY)
def test_every_combination_leads_where_it_should_or_nowhere(state: State, action: Action, who: Who) -> None:
    assert after(state, action, who) is expected(state, action, who)
    assert (action in allowed(state, who)) is (expected(state, action, who) is not None)


def test_nobody_decides_about_their_own_text() -> None:
    decisions = {Action.APPROVE, Action.SEND_BACK, Action.REJECT}
    assert not [key for key in TRANSITIONS if key[1] in decisions and key[2] is not Who.CURATOR]


def test_every_state_can_be_reached_and_the_final_ones_are_final() -> None:
    assert {State.NONE, *TRANSITIONS.values()} == set(State)
    assert not [key for key in TRANSITIONS if key[0] in (State.REJECTED, State.WITHDRAWN)]


def test_the_document_prints_the_table_of_today() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert text == document(text), "run python -m scripts.workflow --write"
