"""The audit log for the admin's page: what was asked for, and the entries with the names of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forum.accounts import queries as accounts
from forum.audit import queries, words
from forum.audit.queries import Entry, Search
from forum.core.i18n import DEFAULT_ZONE, _
from forum.core.paging import MAX_ID, decode_cursor, with_query
from forum.core.text import one_line

LOG = "/admin/catatan"
FIELDS = ("pelaku", "tindakan", "jenis", "nomor", "kata", "dari", "sampai")
MAX_WORDS, MAX_TEXT = 8, 200
YEARS = range(2000, 3000)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the search form says: `fields` as they were typed, `faults` with a sentence for each that cannot be used."""

    fields: Mapping[str, str]
    search: Search
    faults: Mapping[str, str]

    def address(self, cursor: str | None = None) -> str:
        """The page that shows it."""
        return with_query(LOG, **self.filled(), setelah=cursor)

    def filled(self) -> dict[str, str]:
        """The fields that say something."""
        return {name: text for name, text in self.fields.items() if text}


@dataclass(frozen=True, slots=True)
class Change:
    """A value of an entry: what it was and what it is; '' where the entry does not say."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry as it is shown. `actor` is '' where nobody is named."""

    number: int
    at: datetime
    actor: str
    actor_url: str
    action: str
    object: str
    object_url: str
    reason: str
    changes: tuple[Change, ...]
    hash: str

    @property
    def has_before(self) -> bool:
        return any(change.before for change in self.changes)


@dataclass(frozen=True, slots=True)
class LogPage:
    """`/admin/catatan`. `count` and `hash` are those of the whole log; `first` leads back to the beginning, `older` on."""

    asked: Asked
    actions: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    lines: tuple[LogLine, ...]
    first: str | None
    older: str | None
    count: int
    hash: str


def asked(given: Mapping[str, str]) -> Asked:
    """What `given` (an address, or a form) asks for. One statement if it names somebody."""
    fields = {name: one_line(given.get(name, ""))[:MAX_TEXT] for name in FIELDS}
    since, until = _day(fields["dari"]), _day(fields["sampai"])
    number = fields["nomor"]
    faults = {}
    for name, day in (("dari", since), ("sampai", until)):
        if fields[name] and day is None:
            faults[name] = _("Tulis tanggalnya sebagai tahun-bulan-hari, misalnya 2026-11-24.")
    if number and not _is_number(number):
        faults["nomor"] = _("Isi nomor dengan angka saja.")
    search = Search(
        actors=accounts.ids_matching(fields["pelaku"]) if fields["pelaku"] else None,
        action=fields["tindakan"],
        object_kind=fields["jenis"],
        object_id=int(number) if number and _is_number(number) else None,
        words=tuple(fields["kata"].split()[:MAX_WORDS]),
        since=_beginning(since) if since else None,
        until=_beginning(until + timedelta(days=1)) if until else None,
    )
    return Asked(fields, search, faults)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:20]) <= MAX_ID


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _beginning(day: date) -> datetime:
    """When a day begins in the city."""
    return datetime.combine(day, time.min, ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)


def log_page(what: Asked, after: str | None) -> LogPage:
    """A page of what was asked for; nothing while there is something to mend. Three statements. Raises NotFound (cursor)."""
    entries, cursor = ((), None) if what.faults else queries.page(what.search, decode_cursor(after))
    people = accounts.names_of(_people(entries))
    count, last = queries.head()
    return LogPage(
        asked=what,
        actions=_choices(words.ACTIONS, what.fields["tindakan"]),
        kinds=_choices(words.KINDS, what.fields["jenis"]),
        lines=tuple(_line(entry, people) for entry in entries),
        first=what.address() if after else None,
        older=what.address(cursor.encode()) if cursor else None,
        count=count,
        hash=last,
    )


def _choices(known: Mapping[str, object], chosen: str) -> tuple[tuple[str, str], ...]:
    """Everything that can be chosen, by its words; what was asked for is among it."""
    names = {name: str(label) for name, label in known.items()}
    if chosen:
        names.setdefault(chosen, chosen)
    return (("", _("(semua)")), *sorted(names.items(), key=lambda item: item[1].casefold()))


def _people(entries: tuple[Entry, ...]) -> frozenset[int]:
    actors = {entry.content.actor_id for entry in entries}
    told = {entry.content.object_id for entry in entries if entry.content.object_kind == "user"}
    return frozenset(key for key in actors | told if key is not None)


def _line(entry: Entry, people: Mapping[int, tuple[str, str]]) -> LogLine:
    content = entry.content
    name, username = people.get(content.actor_id or 0, ("", ""))
    label, url = _object(content.object_kind, content.object_id, people)
    return LogLine(
        number=content.id,
        at=content.at,
        actor=name,
        actor_url=f"/admin/pengguna/{username}" if username else "",
        action=words.action(content.action),
        object=label,
        object_url=url,
        reason=content.reason,
        changes=_changes(content.before, content.after),
        hash=entry.hash,
    )


def _object(kind: str, key: int | None, people: Mapping[int, tuple[str, str]]) -> tuple[str, str]:
    """What an entry is about, in words, and its address where one is known by the number."""
    label = words.kind(kind)
    if key is None:
        return label, ""
    if kind == "user" and key in people:
        name, username = people[key]
        return f"{label} {name}", f"/admin/pengguna/{username}"
    return f"{label} {key}", f"/diskusi/{key}" if kind == "thread" else ""


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[Change, ...]:
    """The values by name; of those that stand on both sides only what differs."""
    was, now = before or {}, after or {}
    return tuple(
        Change(
            words.field(name),
            words.value(was[name]) if name in was else "",
            words.value(now[name]) if name in now else "",
        )
        for name in dict.fromkeys((*was, *now))
        if name not in was or name not in now or was[name] != now[name]
    )
