"""Many accounts from one CSV file: read, checked line by line, and made all together or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from forum.accounts import identity, policy
from forum.accounts.models import User
from forum.accounts.queries import UnitNames, all_units, find_unit
from forum.accounts.services.links import issue_link
from forum.accounts.services.people import flush_unique, snapshot
from forum.audit import services as audit
from forum.core import clock, outbox
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.i18n import _, lazy
from forum.core.text import fold
from forum.core.viewer import Viewer

MAX_ROWS = 5000
MAX_BYTES = 2_000_000
WELCOME = "mail.welcome"
COLUMNS = ("name", "username", "email", "unit", "position", "status", "nip", "role")
REQUIRED = ("name", "username", "email")
_ALSO_CALLED = {
    "nama": "name",
    "nama lengkap": "name",
    "nama pengguna": "username",
    "surel": "email",
    "e mail": "email",
    "perangkat daerah": "unit",
    "opd": "unit",
    "jabatan": "position",
    "peran": "role",
}
# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Problem:
    """What to mend, and where: the line of the file (the heading is line 1; 0 = the file as a whole) and the column."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A line that holds. `nip` is here to be stored, never to be shown."""

    line: int
    name: str
    username: str
    email: str
    unit_id: int | None
    position: str
    status: str
    nip: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. With problems it does nothing."""

    people: tuple[NewPerson, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """An account that was made; `token` of its one-time link, '' where the link goes out by mail."""

    name: str
    username: str
    email: str
    token: str


class _Unreadable(Exception):
    """The file as a whole is not what it should be; `str()` says how to mend it."""


def plan_import(actor: Viewer, data: bytes) -> Plan:
    """Read and check a file. Nothing is written. Raises Denied. Problems never repeat a NIP."""
    policy.require_admin(actor)
    try:
        lines = list(_lines(_decode(data)))
    except _Unreadable as error:
        return Plan((), (Problem(0, "", str(error)),))
    check = _Check(all_units(), _taken())
    for line, cells in lines:
        check.line(line, cells)
    return Plan(tuple(check.people), tuple(check.problems))


def import_people(actor: Viewer, plan: Plan, *, by_mail: bool, has_links: bool = True) -> tuple[Imported, ...]:
    """Make every account of `plan`. Their one-time links come back with them, or go out by mail, or are not made at all.

    Raises Denied; Invalid when the plan has problems, or somebody took a name since it was made.
    """
    policy.require_admin(actor)
    if plan.problems:
        raise Invalid(lazy("Perbaiki dahulu semua baris yang ditandai: belum ada akun yang dibuat."))
    now = clock.now()
    users = [
        User(
            username=person.username,
            email=person.email,
            name=person.name,
            role=person.role,
            unit_id=person.unit_id,
            position=person.position,
            status=person.status,
            nip=person.nip,
            is_active=True,
            created_at=now,
        )
        for person in plan.people
    ]
    db.session.add_all(users)
    flush_unique()
    made = []
    for user in users:
        audit.record(actor, "user.create", "user", user.id, after=snapshot(user), reason="import")
        if by_mail and has_links:
            outbox.put(WELCOME, user.id)
        token = issue_link(user.id) if has_links and not by_mail else ""
        made.append(Imported(user.name, user.username, user.email, token))
    return tuple(made)


def result_file(made: tuple[Imported, ...], address: Callable[[str], str]) -> str:
    """The links as a CSV file for spreadsheets (semicolons, BOM, Windows line ends; no cell is taken for a formula)."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("name", "username", "email", "link"))
    for person in made:
        link = address(person.token) if person.token else ""
        writer.writerow([_plain(cell) for cell in (person.name, person.username, person.email, link)])
    return "\ufeff" + text.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Unreadable(_("Berkas terlalu besar: paling banyak 2 MB. Bagilah menjadi beberapa berkas."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _Unreadable(_("Berkas ini bukan CSV UTF-8. Di Excel pilih Simpan sebagai, lalu “CSV UTF-8”."))
    if not text.strip():
        raise _Unreadable(_("Berkas ini kosong."))
    return text


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each filled line with its number and its cells by column. Raises _Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns: tuple[str, ...] = ()
    number = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            number += 1
            if number > MAX_ROWS:
                raise _Unreadable(
                    _("Paling banyak %(most)d orang dalam satu berkas. Bagilah berkasnya.", most=MAX_ROWS)
                )
            row = dict(zip(columns, cells, strict=False))
            if any(cell.strip() for cell in cells[len(columns) :]):
                row["?"] = "?"
            yield reader.line_num, row
    except csv.Error:
        raise _Unreadable(
            _("Baris %(line)d tidak terbaca: periksa tanda kutip di sekitarnya.", line=reader.line_num)
        ) from None
    if not number:
        raise _Unreadable(_("Berkas ini belum memuat seorang pun di bawah judul kolomnya."))


def _delimiter(text: str) -> str:
    heading = next(line for line in text.splitlines() if line.strip())
    return max(";,\t", key=heading.count)


def _columns(cells: list[str]) -> tuple[str, ...]:
    names = [fold(cell) for cell in cells]
    columns = tuple(_ALSO_CALLED.get(name, name) for name in names)
    unknown = [cell.strip()[:40] for cell, name in zip(cells, columns, strict=True) if name and name not in COLUMNS]
    if unknown:
        raise _Unreadable(
            _(
                "Kolom ini tidak dikenal: %(names)s. Yang dipakai: %(known)s.",
                names=", ".join(unknown),
                known=", ".join(COLUMNS),
            )
        )
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise _Unreadable(
            _("Baris pertama harus berisi judul kolom; yang belum ada: %(names)s.", names=", ".join(missing))
        )
    if len(set(columns) - {""}) != len([name for name in columns if name]):
        raise _Unreadable(_("Ada judul kolom yang muncul dua kali."))
    return columns


Taken = dict[str, dict[str, int]]


def _taken() -> Taken:
    """What accounts have already, by field; line 0 = an account that exists."""
    rows = db.session.execute(select(User.username, User.email, User.nip)).all()
    return {
        "username": {row.username: 0 for row in rows},
        "email": {row.email: 0 for row in rows},
        "nip": {row.nip: 0 for row in rows if row.nip},
    }


class _Check:
    """Goes through the lines, and gathers people and problems."""

    def __init__(self, units: tuple[UnitNames, ...], taken: Taken) -> None:
        self.units = units
        self.taken = taken
        self.people: list[NewPerson] = []
        self.problems: list[Problem] = []

    def line(self, number: int, cells: dict[str, str]) -> None:
        """One person: every cell is looked at, so that all that is wrong can be mended at once."""
        before = len(self.problems)
        if "?" in cells:
            self.problems.append(Problem(number, "", _("Baris ini punya lebih banyak sel daripada judul kolomnya.")))

        def cell(column: str, parse: Callable[[str], str | None]) -> str:
            try:
                return parse(cells.get(column, "")) or ""
            except Invalid as error:
                self.problems.append(Problem(number, column, str(error)))
                return ""

        name, position = cell("name", identity.name), cell("position", identity.position)
        username, email = cell("username", identity.username), cell("email", identity.email)
        nip = cell("nip", self._nip)
        status, role = cell("status", lambda text: identity.status(text or "pns")), cell("role", identity.role)
        unit_id = cell("unit", self._unit)
        for column, value in (("username", username), ("email", email), ("nip", nip)):
            self._claim(number, column, value)
        if len(self.problems) == before:
            self.people.append(
                NewPerson(
                    number,
                    name,
                    username,
                    email,
                    int(unit_id) if unit_id else None,
                    position,
                    status,
                    nip or None,
                    role,
                )
            )

    def _unit(self, text: str) -> str | None:
        return str(find_unit(self.units, text)) if text.strip() else None

    def _nip(self, text: str) -> str | None:
        if "E+" in text.upper():
            raise Invalid(
                lazy("Lembar kerja menyingkat NIP ini. Jadikan kolomnya teks, lalu isi kembali ke-18 angkanya.")
            )
        return identity.nip(text.strip().lstrip("'"))

    def _claim(self, number: int, column: str, value: str) -> None:
        if not value:
            return
        earlier = self.taken[column].setdefault(value, number)
        if earlier == 0:
            message = {
                "username": _("Nama pengguna ini sudah dipakai akun lain."),
                "email": _("Alamat surel ini sudah dipakai akun lain."),
                "nip": _("NIP ini sudah dipakai akun lain."),
            }[column]
            self.problems.append(Problem(number, column, message))
        elif earlier != number:
            self.problems.append(Problem(number, column, _("Sama dengan baris %(line)d.", line=earlier)))
