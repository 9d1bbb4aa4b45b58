"""Curators change the thesaurus: it takes effect at once, nobody's work is lost, and everything can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.audit.models import AuditEntry
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Denied, Invalid, NotFound
from forum.core.timing import Meter
from forum.core.viewer import NOBODY, Viewer
from forum.search.analysis import tokens
from forum.search.models import ThesaurusEntry
from forum.search.queries import thesaurus as queries
from forum.search.queries.thesaurus import State
from forum.search.services import thesaurus
from forum.search.services.thesaurus import Change
from forum.search.thesaurus import BROADER, MOST_TERMS, SYNONYMS, Thesaurus, shipped
from tests.factories.accounts import a_member, a_moderator, viewer_for
from tests.factories.argon2 import cheap_argon2

__all__ = ["cheap_argon2"]

CHANGE = Change(SYNONYMS, "", "gerobak, kaki lima\npedagang kecil", "0,8")


@pytest.fixture
def curator(app: Flask) -> Viewer:
    return viewer_for(a_moderator("kurator", name="Ibu Kurator"))


def finds(typed: str) -> set[str]:
    """What the words of `typed` find besides themselves, at this moment."""
    spans = thesaurus.current().spans(tokens(typed))
    return {" ".join(term.word for term in other.terms) for span in spans for other in span.alternatives}


def add(who: Viewer, change: Change = CHANGE) -> str:
    with transaction():
        return str(thesaurus.create(who, change))


def a_shipped() -> queries.EntryRow:
    return next(row for row in queries.all_rows() if row.entry.relation == SYNONYMS)


def test_before_any_edit_it_is_what_comes_with_the_program(app: Flask) -> None:
    rows = queries.all_rows()
    assert {row.entry for row in rows} == set(shipped())
    assert {row.state for row in rows} == {State.SHIPPED}
    assert thesaurus.current().words() == Thesaurus(shipped()).words()


def test_a_new_entry_takes_effect_at_once(curator: Viewer) -> None:
    assert finds("gerobak") == set()
    add(curator)
    assert finds("gerobak") == {"kaki lima", "pedagang kecil"}


def test_the_first_edit_keeps_everything_that_came_with_the_program(curator: Viewer) -> None:
    add(curator)
    assert db.session.scalar(select(func.count()).select_from(ThesaurusEntry)) == len(shipped()) + 1
    assert set(shipped()) <= set(queries.stored_entries())


def test_an_edit_that_fails_leaves_nothing_behind(curator: Viewer) -> None:
    with pytest.raises(Invalid), transaction():
        thesaurus.create(curator, replace(CHANGE, terms="pengaduan, pengadukan"))
    assert db.session.scalar(select(func.count()).select_from(ThesaurusEntry)) == 0
    assert queries.version_number() is None


def test_a_search_costs_one_statement_for_it_and_two_after_a_change(curator: Viewer, meter: Meter) -> None:
    add(curator)
    counts = []
    for _ in range(3):
        before = meter.statements
        thesaurus.current()
        counts.append(meter.statements - before)
    assert counts == [2, 1, 1]


def test_an_entry_is_changed_by_whoever_saw_it_as_it_is(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        assert thesaurus.update(curator, ref, replace(CHANGE, terms="gerobak, warung", note="Sebutan warga"), 1)
    assert finds("gerobak") == {"warung"}
    row = queries.entry_row(ref)
    assert (row.version, row.note, row.state, row.updated_by) == (2, "Sebutan warga", State.OWN, "Ibu Kurator")


def test_saving_without_a_change_is_no_change(curator: Viewer) -> None:
    ref = add(curator)
    number = queries.version_number()
    with transaction():
        assert not thesaurus.update(curator, ref, CHANGE, 1)
    assert queries.version_number() == number


def test_whoever_is_slower_is_told_what_happened(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        thesaurus.update(curator, ref, replace(CHANGE, terms="gerobak, warung"), 1)
    other = viewer_for(a_moderator())
    with pytest.raises(Conflict, match="Ibu Kurator mengubah"), transaction():
        thesaurus.update(other, ref, replace(CHANGE, terms="gerobak, kedai"), 1)
    with pytest.raises(Conflict), transaction():
        thesaurus.delete(other, ref, 1)
    with transaction():
        thesaurus.delete(curator, ref, 2)
    with pytest.raises(Conflict, match="Ibu Kurator menghapus"), transaction():
        thesaurus.update(other, ref, replace(CHANGE, terms="gerobak, kedai"), 3)
    assert finds("gerobak") == set()


def test_a_deleted_entry_comes_back(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        thesaurus.delete(curator, ref, 1)
    assert finds("gerobak") == set()
    assert queries.entry_row(ref).state is State.DELETED
    for _ in range(2):
        with transaction():
            thesaurus.undelete(curator, ref)
    assert finds("gerobak") == {"kaki lima", "pedagang kecil"}


def test_a_deleted_entry_does_not_come_back_beside_one_with_its_words(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        thesaurus.delete(curator, ref, 1)
    add(curator, replace(CHANGE, terms="gerobak, lapak"))
    with pytest.raises(Invalid, match="lapak"), transaction():
        thesaurus.undelete(curator, ref)


def test_a_word_is_in_one_group_only_and_the_other_is_named(curator: Viewer) -> None:
    add(curator)
    with pytest.raises(Invalid, match="gerobak, kaki lima, pedagang kecil") as refusal, transaction():
        thesaurus.create(curator, replace(CHANGE, terms="lapak, Kaki-Lima"))
    assert refusal.value.field == "terms"


def test_a_word_may_be_in_a_group_and_find_narrower_ones_too(curator: Viewer) -> None:
    add(curator)
    add(curator, Change(BROADER, "gerobak", "lapak keliling", "0.4"))
    assert "lapak keliling" in finds("gerobak")
    with pytest.raises(Invalid, match="sudah punya entri") as refusal, transaction():
        thesaurus.create(curator, Change(BROADER, "Gerobak", "gerobak es", "0.4"))
    assert refusal.value.field == "head"


def test_words_that_came_in_two_groups_may_stay_there(curator: Viewer) -> None:
    twice = next(row for row in queries.all_rows() if "kewenangan" in row.entry.terms)
    terms = ", ".join((*twice.entry.terms, "ranah tugas"))
    with transaction():
        assert thesaurus.update(curator, twice.ref, Change(SYNONYMS, "", terms, str(twice.entry.weight)), 1)
    assert "ranah tugas" in finds("kewenangan")


def test_an_entry_that_came_with_the_program_keeps_its_address_and_can_be_put_back(curator: Viewer) -> None:
    row = a_shipped()
    with transaction():
        thesaurus.update(curator, row.ref, Change(SYNONYMS, "", "gerobak, lapak", "0.5"), row.version)
    changed = queries.entry_row(row.ref)
    assert (changed.state, changed.entry.terms) == (State.CHANGED, ("gerobak", "lapak"))
    with transaction():
        thesaurus.restore_shipped(curator, row.ref)
    back = queries.entry_row(row.ref)
    assert (back.state, back.entry) == (State.SHIPPED, row.entry)
    with transaction():
        thesaurus.delete(curator, row.ref, back.version)
    with transaction():
        thesaurus.restore_shipped(curator, row.ref)
    assert queries.entry_row(row.ref).entry == row.entry


def test_an_entry_of_ones_own_has_nothing_to_be_put_back_to(curator: Viewer) -> None:
    ref = add(curator)
    with pytest.raises(Invalid), transaction():
        thesaurus.restore_shipped(curator, ref)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"relation": "apa saja"}, "relation"),
        ({"terms": ""}, "terms"),
        ({"terms": "sendirian"}, "terms"),
        ({"terms": "dua, dua"}, "terms"),
        ({"terms": "baik, !!!"}, "terms"),
        ({"terms": f"pendek, {'x' * 81}"}, "terms"),
        ({"terms": ", ".join(f"kata{i}" for i in range(MOST_TERMS + 1))}, "terms"),
        ({"relation": BROADER, "head": ""}, "head"),
        ({"relation": BROADER, "head": "dua, kata"}, "head"),
        ({"weight": ""}, "weight"),
        ({"weight": "0"}, "weight"),
        ({"weight": "1,01"}, "weight"),
        ({"weight": "nan"}, "weight"),
        ({"weight": "inf"}, "weight"),
        ({"weight": "1e400"}, "weight"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_what_is_no_entry_is_refused_at_its_field(curator: Viewer, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal, transaction():
        thesaurus.create(curator, replace(CHANGE, **changes))
    assert refusal.value.field == field


def test_there_is_a_most_to_the_number_of_entries(curator: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thesaurus, "MOST_ENTRIES", len(shipped()))
    with pytest.raises(Invalid, match="penuh"), transaction():
        thesaurus.create(curator, CHANGE)


def test_only_moderators_change_it(curator: Viewer) -> None:
    ref = add(curator)
    for who in (NOBODY, viewer_for(a_member())):
        for act in (
            lambda: thesaurus.create(who, CHANGE),  # noqa: B023 - called within the round
            lambda: thesaurus.update(who, ref, replace(CHANGE, weight="0.5"), 1),  # noqa: B023
            lambda: thesaurus.delete(who, ref, 1),  # noqa: B023
            lambda: thesaurus.undelete(who, ref),  # noqa: B023
            lambda: thesaurus.restore_shipped(who, ref),  # noqa: B023
        ):
            with pytest.raises(Denied), transaction():
                act()


@pytest.mark.parametrize("ref", ["0", "999", "-1", "x", "bawaan-", "bawaan-0000000000000000", "١", "9" * 30])
def test_an_entry_that_is_not_there_is_not_found(curator: Viewer, ref: str) -> None:
    for _ in range(2):  # before the first edit, and after it
        with pytest.raises(NotFound):
            queries.entry_row(ref)
        with pytest.raises(NotFound), transaction():
            thesaurus.delete(curator, ref, 1)
        add(curator) if queries.version_number() is None else None


def test_each_act_is_in_the_audit_log(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        thesaurus.update(curator, ref, replace(CHANGE, weight="0.5"), 1)
    with transaction():
        thesaurus.delete(curator, ref, 2)
    with transaction():
        thesaurus.undelete(curator, ref)
    entries = list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.action for entry in entries] == [
        "thesaurus.create", "thesaurus.update", "thesaurus.delete", "thesaurus.restore",
    ]  # fmt: skip
    assert {(entry.actor_id, entry.object_kind, str(entry.object_id)) for entry in entries} == {
        (curator.id, "thesaurus_entry", ref)
    }
    assert entries[1].before is not None
    assert entries[1].after is not None
    assert (entries[1].before["weight"], entries[1].after["weight"]) == (0.8, 0.5)


def test_entries_are_listed_by_their_words_and_state(curator: Viewer) -> None:
    ref = add(curator)
    with transaction():
        thesaurus.delete(curator, a_shipped().ref, 1)
    assert [row.ref for row in queries.listing("GeroBak").rows] == [ref]
    assert [row.ref for row in queries.listing(only="sendiri").rows] == [ref]
    assert len(queries.listing(only="dihapus").rows) == 1
    everything = queries.listing()
    assert everything.total == everything.everything == len(shipped())
    pages = [queries.listing(page=number).rows for number in range(1, everything.pages + 1)]
    assert len({row.ref for rows in pages for row in rows}) == everything.total
    with pytest.raises(NotFound):
        queries.listing(page=everything.pages + 1)
