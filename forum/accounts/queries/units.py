"""Reads of units (perangkat daerah)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from forum.accounts.models import Unit, UnitAlias, User
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.text import fold, one_line


@dataclass(frozen=True, slots=True)
class UnitNames:
    """A unit to choose from. `aliases`: folded old names."""

    id: int
    slug: str
    name: str
    short_name: str
    is_active: bool
    aliases: frozenset[str]

    def is_called(self, key: str) -> bool:
        """Is `key` (folded) what the unit is called today?"""
        return key in (fold(self.slug), fold(self.name), fold(self.short_name))


def all_units() -> tuple[UnitNames, ...]:
    """Every unit with its old names, by name. One statement."""
    rows = db.session.execute(
        select(Unit.id, Unit.slug, Unit.name, Unit.short_name, Unit.is_active, UnitAlias.key)
        .outerjoin(UnitAlias, UnitAlias.unit_id == Unit.id)
        .order_by(Unit.name, Unit.id)
    ).all()
    aliases: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.key:
            aliases[row.id].add(row.key)
    return tuple(
        UnitNames(*row[:5], aliases=frozenset(aliases[row.id])) for row in {row.id: row for row in rows}.values()
    )


def unit_choices(chosen: int | None = None) -> tuple[tuple[str, str], ...]:
    """(id, name) of the units in use, and of `chosen` even when it is not."""
    rows = db.session.execute(
        select(Unit.id, Unit.name).where(or_(Unit.is_active, Unit.id == chosen)).order_by(Unit.name, Unit.id)
    )
    return tuple((str(row.id), row.name) for row in rows)


def find_unit(units: tuple[UnitNames, ...], text: str) -> int:
    """The unit that `text` names: by slug, name, short name or an old name; today's names come first.

    Raises Invalid (field 'unit') for none, and for an old name that several units share.
    """
    key = fold(text)
    if one_line(text):
        today = [unit.id for unit in units if unit.is_called(key)]
        found = today or [unit.id for unit in units if key and key in unit.aliases]
        if len(found) == 1:
            return found[0]
        if found:
            raise Invalid(lazy("Beberapa perangkat daerah pernah bernama begitu: tulis namanya yang sekarang."), "unit")
    raise Invalid(lazy("Perangkat daerah ini tidak dikenal."), "unit")


def unit_id_of(text: str) -> int:
    """`find_unit` among all units."""
    return find_unit(all_units(), text)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the admin's list."""

    slug: str
    name: str
    short_name: str
    is_active: bool
    people: int
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as its form shows it. `aliases` without today's names."""

    id: int
    slug: str
    name: str
    short_name: str
    is_active: bool
    aliases: tuple[str, ...]


def unit_lines() -> tuple[UnitLine, ...]:
    """All units with how many people they have, by name. Three statements."""
    people: dict[int | None, int] = {
        unit_id: number
        for unit_id, number in db.session.execute(select(User.unit_id, func.count()).group_by(User.unit_id))
    }
    aliases = _aliases()
    rows = db.session.scalars(select(Unit).order_by(Unit.is_active.desc(), Unit.name, Unit.id))
    return tuple(
        UnitLine(
            unit.slug,
            unit.name,
            unit.short_name,
            unit.is_active,
            people.get(unit.id, 0),
            _old_names(unit, aliases[unit.id]),
        )
        for unit in rows
    )


def unit_entry(slug: str) -> UnitEntry:
    """One unit by its slug. Raises NotFound."""
    unit = db.session.scalar(select(Unit).where(Unit.slug == one_line(slug)))
    if unit is None:
        raise NotFound
    aliases = _aliases(unit.id)[unit.id]
    return UnitEntry(unit.id, unit.slug, unit.name, unit.short_name, unit.is_active, _old_names(unit, aliases))


def _aliases(unit_id: int | None = None) -> dict[int, list[tuple[str, str]]]:
    statement = select(UnitAlias.unit_id, UnitAlias.name, UnitAlias.key).order_by(UnitAlias.name)
    if unit_id is not None:
        statement = statement.where(UnitAlias.unit_id == unit_id)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.unit_id].append((row.name, row.key))
    return found


def _old_names(unit: Unit, aliases: list[tuple[str, str]]) -> tuple[str, ...]:
    today = (fold(unit.name), fold(unit.short_name))
    return tuple(name for name, key in aliases if key not in today)
