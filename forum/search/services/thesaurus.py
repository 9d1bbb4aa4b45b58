"""The thesaurus as curators keep it. Edits take effect at once, everywhere: every process asks for its number at each search.

Before the first edit it is what comes with the program. That edit copies it into the database, in the same transaction; from then on an
entry that came with the program can be changed, deleted, and put back as it was.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache

from sqlalchemy import func, select, true

from forum.accounts.models import User
from forum.audit import services as audit
from forum.core import clock
from forum.core.db import db, insert
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import _, exact_time, lazy
from forum.core.text import fold, one_line
from forum.core.viewer import Viewer
from forum.search import policy
from forum.search.analysis import tokens
from forum.search.models import SearchCounter, ThesaurusEntry
from forum.search.queries import thesaurus as queries
from forum.search.queries.thesaurus import COUNTER, entry_of, origin_of, record_of, shipped_by_origin
from forum.search.thesaurus import BROADER, LONGEST_TERM, MOST_TERMS, SYNONYMS, Entry, Thesaurus, parse_terms, shipped

MOST_ENTRIES = 3000
LONGEST_NOTE = 300
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """An entry as somebody typed it. `terms`: separated by commas or lines; `weight`: a number, also with a decimal comma."""

    relation: str
    head: str
    terms: str
    weight: str
    note: str = ""


_cached: tuple[int, Thesaurus] | None = None


def current() -> Thesaurus:
    """The thesaurus of this moment. One statement, a second one in each process after a change."""
    global _cached  # one for each process: built anew when the number in the database is another
    number = queries.version_number()
    if number is None:
        return _as_shipped()
    if _cached is None or _cached[0] != number:
        _cached = (number, Thesaurus(queries.stored_entries()))
    return _cached[1]


@cache
def _as_shipped() -> Thesaurus:
    return Thesaurus(shipped())


def checked(change: Change) -> Entry:
    """The entry that `change` describes. Raises Invalid (field: relation, head, terms, weight or note)."""
    if change.relation not in (SYNONYMS, BROADER):
        raise Invalid(lazy("Pilih salah satu hubungan."), "relation")
    head = _term(change.head, "head") if change.relation == BROADER else ""
    if "," in head:
        raise Invalid(lazy("Tulis satu kata atau frasa, tanpa koma."), "head")
    terms = _terms(change.terms)
    if change.relation == SYNONYMS and len(terms) < 2:
        raise Invalid(lazy("Tulis sedikitnya dua kata yang sama artinya."), "terms")
    if len(change.note) > LONGEST_NOTE:
        raise Invalid(lazy("Catatan paling banyak %(most)d huruf.", most=LONGEST_NOTE), "note")
    return Entry(change.relation, head, terms, _weight(change.weight))


def create(actor: Viewer, change: Change) -> int:
    """A new entry; returns its id. Raises Denied, or Invalid (with the field)."""
    policy.require_curator(actor)
    entry = checked(change)
    _begin()
    count = db.session.scalar(select(func.count()).where(ThesaurusEntry.deleted_at.is_(None))) or 0
    if count >= MOST_ENTRIES:
        raise Invalid(lazy("Tesaurus sudah penuh: paling banyak %(most)d entri.", most=MOST_ENTRIES))
    _require_free(entry, None, ())
    record = ThesaurusEntry(version=0, origin="")
    db.session.add(record)
    _write(actor, record, entry, one_line(change.note))
    audit.record(actor, "thesaurus.create", "thesaurus_entry", record.id, after=_snapshot(record))
    return record.id


def update(actor: Viewer, ref: str, change: Change, version: int) -> bool:
    """Change the entry `ref`, seen as of `version`; tells whether anything is different.

    Raises Denied, NotFound, Invalid (with the field), and Conflict when somebody was faster.
    """
    policy.require_curator(actor)
    entry, note = checked(change), one_line(change.note)
    _begin()
    record = _unchanged(ref, version)
    before = _snapshot(record)
    if (entry_of(record), record.note) == (entry, note):
        return False
    _require_free(entry, record.id, parse_terms(record.terms))
    _write(actor, record, entry, note)
    audit.record(actor, "thesaurus.update", "thesaurus_entry", record.id, before=before, after=_snapshot(record))
    return True


def delete(actor: Viewer, ref: str, version: int) -> None:
    """Take the entry `ref` out, seen as of `version`. Raises Denied, NotFound, Conflict."""
    policy.require_curator(actor)
    _begin()
    record = _unchanged(ref, version)
    record.deleted_at = clock.now()
    audit.record(actor, "thesaurus.delete", "thesaurus_entry", record.id, before=_snapshot(record))
    _touch(actor, record)


def undelete(actor: Viewer, ref: str) -> None:
    """Bring a deleted entry back; one that is there stays. Raises Denied, NotFound, Invalid when its words have another group now."""
    policy.require_curator(actor)
    _begin()
    record = record_of(ref)
    if record.deleted_at is None:
        return
    _require_free(entry_of(record), record.id, ())
    record.deleted_at = None
    _touch(actor, record)
    audit.record(actor, "thesaurus.restore", "thesaurus_entry", record.id, after=_snapshot(record))


def restore_shipped(actor: Viewer, ref: str) -> None:
    """Make an entry what it was when it came with the program. Raises Denied, NotFound, Invalid for one that did not come with it."""
    policy.require_curator(actor)
    _begin()
    record = record_of(ref)
    entry = shipped_by_origin().get(record.origin)
    if entry is None:
        raise Invalid(lazy("Entri ini bukan bawaan, jadi tidak ada asal yang dapat dipulihkan."))
    if record.deleted_at is None and entry_of(record) == entry:
        return
    before = _snapshot(record)
    _require_free(entry, record.id, entry.terms)
    record.deleted_at = None
    _write(actor, record, entry, record.note)
    audit.record(actor, "thesaurus.reset", "thesaurus_entry", record.id, before=before, after=_snapshot(record))


def _begin() -> None:
    """One edit at a time; before the first of all, what comes with the program becomes the database's."""
    # Asked for what was inserted: drivers do not agree on how many rows a conflict changes.
    made = db.session.scalar(
        insert(db.session(), SearchCounter)
        .values(name=COUNTER, value=_number())
        .on_conflict_do_nothing()
        .returning(SearchCounter.name)
    )
    db.session.scalars(select(SearchCounter).where(SearchCounter.name == COUNTER).with_for_update()).one()
    if made is not None:
        now = clock.now()
        db.session.add_all(
            ThesaurusEntry(
                relation=entry.relation,
                head=entry.head,
                terms=", ".join(entry.terms),
                weight=entry.weight,
                note="",
                version=1,
                origin=origin_of(entry),
                updated_at=now,
            )
            for entry in shipped()
        )
        db.session.flush()


def _number() -> int:
    """Not the next one: a database that was put back to an earlier state would get a number that stands for other entries."""
    return secrets.randbits(60)


def _unchanged(ref: str, version: int) -> ThesaurusEntry:
    """The row as it was when it was opened. Raises NotFound, Conflict."""
    record = record_of(ref)
    if record.deleted_at is None and record.version == version:
        return record
    name = db.session.scalar(select(User.name).where(User.id == record.updated_by_id)) or _("Seseorang")
    happened = _("menghapus") if record.deleted_at else _("mengubah")
    raise Conflict(
        _(
            "%(name)s %(happened)s entri ini pada %(time)s, setelah Anda membukanya. Muat ulang halamannya, lalu ulangi perubahan Anda.",
            name=name,
            happened=happened,
            time=exact_time(record.updated_at),
        )
    )


def _write(actor: Viewer, record: ThesaurusEntry, entry: Entry, note: str) -> None:
    record.relation, record.head, record.weight = entry.relation, entry.head, entry.weight
    record.terms, record.note = ", ".join(entry.terms), note
    _touch(actor, record)


def _touch(actor: Viewer, record: ThesaurusEntry) -> None:
    """A new version of the entry and a new number for the whole."""
    record.version += 1
    record.updated_at, record.updated_by_id = clock.now(), actor.id
    counter = db.session.get_one(SearchCounter, COUNTER)
    counter.value = _number()
    db.session.flush()


def _snapshot(record: ThesaurusEntry) -> dict[str, object]:
    names = ("relation", "head", "terms", "weight", "note")
    return {name: getattr(record, name) for name in names}


def _term(text: str, field: str) -> str:
    """One term, lower case. Raises Invalid where nothing of it can be looked for."""
    term = " ".join(one_line(text).lower().split())
    if not tokens(term):
        raise Invalid(lazy("Tulis kata yang dapat dicari, dengan huruf atau angka."), field)
    if len(term) > LONGEST_TERM:
        raise Invalid(lazy("Tiap kata atau frasa paling banyak %(most)d huruf.", most=LONGEST_TERM), field)
    return term


def _terms(text: str) -> tuple[str, ...]:
    pieces = [piece for piece in text.replace("\n", ",").split(",") if piece.strip()]
    if len(pieces) > MOST_TERMS:
        raise Invalid(lazy("Paling banyak %(most)d kata dalam satu entri.", most=MOST_TERMS), "terms")
    if not pieces:
        raise Invalid(lazy("Tulis sedikitnya satu kata."), "terms")
    return parse_terms(",".join(_term(piece, "terms") for piece in pieces))


def _weight(text: str) -> float:
    try:
        weight = round(float(text.strip().replace(",", ".")[:12]), 2)
    except ValueError:
        weight = 0.0
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        raise Invalid(lazy("Bobot adalah angka dari 0,1 sampai 1."), "weight")
    return weight


def _require_free(entry: Entry, own_id: int | None, held: tuple[str, ...]) -> None:
    """Raises Invalid when a word that is new to the entry is in another of its kind. Some words come with the program in two groups; what
    an entry held before may stay."""
    is_other = ThesaurusEntry.id != own_id if own_id is not None else true()
    others = db.session.execute(
        select(ThesaurusEntry.head, ThesaurusEntry.terms).where(
            ThesaurusEntry.relation == entry.relation, ThesaurusEntry.deleted_at.is_(None), is_other
        )
    )
    if entry.relation == BROADER:
        if any(fold(other.head) == fold(entry.head) for other in others):
            raise Invalid(
                lazy("“%(word)s” sudah punya entri. Tambahkan katanya di sana.", word=entry.head),
                "head",
            )
        return
    fresh = {fold(term): term for term in entry.terms if term not in held}
    for other in others:
        for term in parse_terms(other.terms):
            if fold(term) in fresh:
                raise Invalid(
                    lazy(
                        "“%(word)s” sudah ada dalam kelompok “%(group)s”. Tambahkan kata Anda di sana, atau hapus dulu dari sana.",
                        word=fresh[fold(term)],
                        group=_shortened(other.terms),
                    ),
                    "terms",
                )


def _shortened(terms: str) -> str:
    return terms if len(terms) <= LONGEST_TERM else f"{terms[:LONGEST_TERM].rsplit(',', 1)[0]}, …"
