"""Reading the thesaurus: the entries of the database, or those that come with the program as long as nobody changed one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Select, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.paging import parse_id
from forum.core.text import fold
from forum.search.models import SearchCounter, ThesaurusEntry
from forum.search.thesaurus import BROADER, SYNONYMS, Entry, parse_terms, shipped

COUNTER = "thesaurus"
PER_PAGE = 50
_SHIPPED = "bawaan-"


class State(StrEnum):
    """Where an entry comes from: with the program, changed since, of the site's own, or deleted."""

    SHIPPED = "bawaan"
    CHANGED = "diubah"
    OWN = "sendiri"
    DELETED = "dihapus"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry. `ref` names it in addresses; `version` moves with each change of it. `entry_id`: None before the first edit."""

    ref: str
    entry: Entry
    note: str = ""
    version: int = 1
    state: State = State.SHIPPED
    entry_id: int | None = None
    updated_at: datetime | None = None
    updated_by: str = ""
    origin: str = ""

    @property
    def is_broader(self) -> bool:
        return self.entry.relation == BROADER

    @property
    def url(self) -> str:
        return f"/moderasi/tesaurus/{self.ref}"


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """Entries by their first word. `total`: how many there are for this query and filter; `everything`: how many there are at all."""

    rows: tuple[EntryRow, ...]
    query: str
    only: str
    total: int
    everything: int
    page: int
    pages: int


def origin_of(entry: Entry) -> str:
    """What identifies an entry that comes with the program, however the others are ordered."""
    text = "\n".join((entry.relation, entry.head, *entry.terms))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@cache
def shipped_by_origin() -> dict[str, Entry]:
    return {origin_of(entry): entry for entry in shipped()}


def version_number() -> int | None:
    """The number that moves with every change of the thesaurus; None before the first. One statement."""
    return db.session.scalar(select(SearchCounter.value).where(SearchCounter.name == COUNTER))


def stored_entries() -> tuple[Entry, ...]:
    """The entries of the database that are not deleted. One statement."""
    rows = db.session.execute(
        select(ThesaurusEntry.relation, ThesaurusEntry.head, ThesaurusEntry.terms, ThesaurusEntry.weight)
        .where(ThesaurusEntry.deleted_at.is_(None))
        .order_by(ThesaurusEntry.id)
    )
    return tuple(Entry(row.relation, row.head, parse_terms(row.terms), row.weight) for row in rows)


def all_rows() -> tuple[EntryRow, ...]:
    """All entries, deleted ones too. Two statements."""
    if version_number() is None:
        return _shipped_rows()
    return tuple(_row(entry, name) for entry, name in db.session.execute(_with_names()))


def listing(query: str = "", only: str = "", page: int = 1) -> EntriesPage:
    """Entries with `query` in one of their words, of one state if `only` names one. Raises NotFound beyond the last page."""
    rows = all_rows()
    wanted = fold(query)
    found = [row for row in rows if _is_wanted(row, wanted, only)]
    found.sort(key=_first_word)
    pages = max(1, -(-len(found) // PER_PAGE))
    if page > pages:
        raise NotFound
    shown = tuple(found[(page - 1) * PER_PAGE : page * PER_PAGE])
    kept = sum(row.state is not State.DELETED for row in rows)
    return EntriesPage(shown, query.strip(), only, len(found), kept, page, pages)


def entry_row(ref: str) -> EntryRow:
    """The entry that `ref` names, deleted or not. Raises NotFound."""
    if version_number() is None:
        row = next((row for row in _shipped_rows() if row.ref == ref), None)
        if row is None:
            raise NotFound
        return row
    found = db.session.execute(_with_names().where(_named(ref))).first()
    if found is None:
        raise NotFound
    return _row(found[0], found[1])


def record_of(ref: str) -> ThesaurusEntry:
    """The row of the table that `ref` names, deleted or not; there must have been an edit. Raises NotFound."""
    record = db.session.scalars(select(ThesaurusEntry).where(_named(ref))).first()
    if record is None:
        raise NotFound
    return record


def _named(ref: str) -> ColumnElement[bool]:
    """An entry that comes with the program keeps the address that it had before the first edit."""
    if ref.startswith(_SHIPPED):
        origin = ref.removeprefix(_SHIPPED)
        if origin not in shipped_by_origin():
            raise NotFound
        return ThesaurusEntry.origin == origin
    return ThesaurusEntry.id == parse_id(ref)


def _with_names() -> Select[ThesaurusEntry, str]:
    return (
        select(ThesaurusEntry, User.name)
        .outerjoin(User, User.id == ThesaurusEntry.updated_by_id)
        .order_by(ThesaurusEntry.id)
    )


def _shipped_rows() -> tuple[EntryRow, ...]:
    return tuple(EntryRow(_SHIPPED + origin, entry, origin=origin) for origin, entry in shipped_by_origin().items())


def _row(record: ThesaurusEntry, name: str | None) -> EntryRow:
    return EntryRow(
        ref=_SHIPPED + record.origin if record.origin in shipped_by_origin() else str(record.id),
        entry=entry_of(record),
        note=record.note,
        version=record.version,
        state=_state(record),
        entry_id=record.id,
        updated_at=record.updated_at,
        updated_by=name or "",
        origin=record.origin,
    )


def entry_of(record: ThesaurusEntry) -> Entry:
    return Entry(record.relation, record.head, parse_terms(record.terms), record.weight)


def _state(record: ThesaurusEntry) -> State:
    if record.deleted_at is not None:
        return State.DELETED
    origin = shipped_by_origin().get(record.origin)
    if origin is None:
        return State.OWN
    return State.SHIPPED if entry_of(record) == origin else State.CHANGED


def _is_wanted(row: EntryRow, wanted: str, only: str) -> bool:
    if only:
        return row.state == only and _holds(row, wanted)
    return row.state is not State.DELETED and _holds(row, wanted)


def _holds(row: EntryRow, wanted: str) -> bool:
    return not wanted or any(wanted in fold(text) for text in _texts(row))


def _texts(row: EntryRow) -> Iterable[str]:
    return (row.entry.head, *row.entry.terms, row.note)


def _first_word(row: EntryRow) -> str:
    return fold(row.entry.head if row.entry.relation != SYNONYMS else row.entry.terms[0])
