"""Operators of a query and facets of an address -> what narrows a search, as far as the viewer may know of it.

A value that is not known (or that the viewer may not know of: both look the same) narrows nothing. Of an operator it is read as plain
words; of an address it is dropped; both are said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forum.accounts.queries import UnitNames, all_units, find_unit, ids_of_usernames
from forum.core.errors import Invalid
from forum.core.i18n import lazy
from forum.core.text import fold, one_line
from forum.core.viewer import Viewer
from forum.search import sources
from forum.search.documents import Filters, Kind, Status
from forum.search.language import Operator, Parsed
from forum.search.services.dates import first_and_last
from forum.search.services.results import Chip, Request
from forum.search.sources import Choice

# Values of an address that are read for each facet, and tags of a query: each costs something.
MOST_VALUES = 20
MOST_TAGS = 3
MOST_NOTES = 6

KINDS = {"panduan": Kind.GUIDE, "diskusi": Kind.THREAD, "balasan": Kind.REPLY}
STATUSES = {
    "selesai": Status.SOLVED,
    "terbuka": Status.OPEN,
    "divalidasi": Status.VALIDATED,
    "belum-divalidasi": Status.UNVALIDATED,
    "perlu-ditinjau": Status.REVIEW_DUE,
    "arsip": Status.ARCHIVED,
}
KIND_LABELS = {
    Kind.GUIDE: lazy("Panduan"),
    Kind.THREAD: lazy("Diskusi"),
    Kind.REPLY: lazy("Balasan"),
}
STATUS_LABELS = {
    Status.SOLVED: lazy("Selesai"),
    Status.OPEN: lazy("Terbuka"),
    Status.VALIDATED: lazy("Tervalidasi"),
    Status.UNVALIDATED: lazy("Belum divalidasi"),
    Status.REVIEW_DUE: lazy("Perlu ditinjau"),
    Status.ARCHIVED: lazy("Diarsipkan"),
}
_OTHER_WORDS = {
    "guide": "panduan", "thread": "diskusi", "discussion": "diskusi", "reply": "balasan", "jawaban": "balasan",
    "solved": "selesai", "terjawab": "selesai", "open": "terbuka", "belum-selesai": "terbuka", "validated": "divalidasi",
    "tervalidasi": "divalidasi", "resmi": "divalidasi", "unvalidated": "belum-divalidasi", "tinjau": "perlu-ditinjau",
    "review": "perlu-ditinjau", "archived": "arsip", "diarsipkan": "arsip",
}  # fmt: skip
LABELS = {
    "jenis": lazy("Jenis"),
    "status": lazy("Status"),
    "papan": lazy("Papan"),
    "opd": lazy("Perangkat daerah"),
    "tahun": lazy("Tahun"),
    "tag": lazy("Tag"),
    "oleh": lazy("Oleh"),
    "sejak": lazy("Sejak"),
    "sampai": lazy("Sampai"),
}
_ME = frozenset(("saya", "me"))


@dataclass(frozen=True, slots=True)
class Known:
    """What can be filtered by, as far as the viewer may know."""

    viewer: Viewer
    today: date
    boards: tuple[Choice, ...]
    units: tuple[UnitNames, ...]
    tag_leads: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`chips`: one for each active filter; `active`: its name and what it stands for. `words`: values of operators that meant nothing."""

    chips: tuple[Chip, ...] = ()
    active: tuple[tuple[str, Any], ...] = ()
    notes: tuple[object, ...] = ()
    words: str = ""

    @property
    def filters(self) -> Filters:
        return _filters(self.active)

    def without(self, chip: Chip) -> Filters:
        """The filters that are left when one is taken away."""
        at = self.chips.index(chip)
        return _filters(self.active[:at] + self.active[at + 1 :])


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a value stands for, and how it is called."""

    value: Any
    label: object


@dataclass(slots=True)
class _Collected:
    active: list[tuple[str, Any]] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    notes: list[object] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def add(self, name: str, meant: _Meant, parameter: str, value: str, text: str) -> None:
        self.active.append((name, meant.value))
        self.chips.append(Chip(parameter, value, f"{LABELS[name]}: {meant.label}", text))

    def note(self, sentence: object) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(sentence)


def known(viewer: Viewer, today: date, tag_leads: Callable[[str], bool]) -> Known:
    """`tag_leads`: whether the viewer would find anything under the tag with this slug."""
    return Known(viewer, today, sources.places().boards(viewer), all_units(), tag_leads)


def narrow(parsed: Parsed, request: Request, choices: Known) -> Narrowing:
    """What the operators in the text and the facets of the address ask for together. A constant number of statements."""
    collected = _Collected()
    readers = {**_READERS, "oleh": _people_reader(parsed.operators, choices)}
    tags = [operator for operator in parsed.operators if operator.name == "tag"][:MOST_TAGS]
    for operator in parsed.operators:
        is_read = operator.name != "tag" or operator in tags
        meant = readers[operator.name](operator.value, choices) if is_read else None
        if meant is None:
            collected.words.append(operator.value)
            collected.note(
                lazy(
                    "“%(value)s” tidak dikenal sebagai isi “%(name)s:”: dibaca sebagai kata biasa.",
                    value=operator.value,
                    name=operator.name,
                )
            )
        else:
            collected.add(operator.name, meant, "", "", parsed.without(operator))
    for name, values in _facets(request).items():
        for value in list(dict.fromkeys(values))[:MOST_VALUES]:
            _add_facet(collected, name, one_line(value[:200]), parsed.text, choices)
    return Narrowing(tuple(collected.chips), tuple(collected.active), tuple(collected.notes), " ".join(collected.words))


def _add_facet(collected: _Collected, name: str, value: str, text: str, choices: Known) -> None:
    meant = _READERS[name](value, choices) if value else None
    if meant is not None:
        collected.add(name, meant, name, value, text)
    elif value:
        collected.note(lazy("Saringan “%(value)s” tidak dikenal: tidak dipakai.", value=value))


def _facets(request: Request) -> dict[str, Sequence[str]]:
    return {
        "jenis": request.kinds,
        "status": request.statuses,
        "papan": request.boards,
        "opd": request.units,
        "tahun": request.years,
    }


def _filters(active: Iterable[tuple[str, Any]]) -> Filters:
    values: dict[str, list[Any]] = {}
    for name, value in active:
        values.setdefault(name, []).append(value)

    def of(name: str) -> frozenset[Any]:
        return frozenset(values.get(name, ()))

    return Filters(
        kinds=of("jenis"),
        statuses=of("status"),
        boards=of("papan"),
        units=of("opd"),
        years=of("tahun"),
        tags=tuple(dict.fromkeys(values.get("tag", ()))),
        authors=of("oleh"),
        since=max(values.get("sejak", ()), default=None),
        until=min(values.get("sampai", ()), default=None),
    )


def _word(value: str) -> str:
    word = fold(value).replace(" ", "-")
    return _OTHER_WORDS.get(word, word)


def _kind(value: str, choices: Known) -> _Meant | None:
    kind = KINDS.get(_word(value))
    return _Meant(kind, KIND_LABELS[kind]) if kind else None


def _status(value: str, choices: Known) -> _Meant | None:
    status = STATUSES.get(_word(value))
    return _Meant(status, STATUS_LABELS[status]) if status else None


def _board(value: str, choices: Known) -> _Meant | None:
    key = fold(value)
    boards = choices.boards
    found = next((board for board in boards if value == board.slug), None) or next(
        (board for board in boards if key and key in (fold(board.slug), fold(board.name))), None
    )
    return _Meant(found.id, found.name) if found else None


def _unit(value: str, choices: Known) -> _Meant | None:
    try:
        number = find_unit(choices.units, value)
    except Invalid:
        return None
    return _Meant(number, next(unit.short_name or unit.name for unit in choices.units if unit.id == number))


def _year(value: str, choices: Known) -> _Meant | None:
    is_year = len(value) == 4 and value.isascii() and value.isdigit()
    return _Meant(int(value), value) if is_year else None


def _since(value: str, choices: Known) -> _Meant | None:
    days = first_and_last(value, choices.today)
    return _Meant(days[0], value) if days else None


def _until(value: str, choices: Known) -> _Meant | None:
    days = first_and_last(value, choices.today)
    return _Meant(days[1], value) if days else None


def _tag(value: str, choices: Known) -> _Meant | None:
    slug = sources.places().tag(value)
    return _Meant(slug, value) if slug and choices.tag_leads(slug) else None


def _people_reader(operators: Sequence[Operator], choices: Known) -> Callable[[str, Known], _Meant | None]:
    """Reads values of `oleh:`. The people of all of them are looked up at once."""
    names = {_username(operator.value) for operator in operators if operator.name == "oleh"}
    ids = ids_of_usernames(names) if names else {}

    def read(value: str, choices: Known) -> _Meant | None:
        name = _username(value)
        if name in _ME and name not in ids and choices.viewer.id is not None:
            return _Meant(choices.viewer.id, choices.viewer.name)
        return _Meant(ids[name], f"@{name}") if name in ids else None

    return read


def _username(value: str) -> str:
    return one_line(value).removeprefix("@").lower()


_READERS: dict[str, Callable[[str, Known], _Meant | None]] = {
    "jenis": _kind,
    "status": _status,
    "papan": _board,
    "opd": _unit,
    "tahun": _year,
    "tag": _tag,
    "sejak": _since,
    "sampai": _until,
}
