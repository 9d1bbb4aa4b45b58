"""Units (perangkat daerah): add, rename, take out of use. Old names stay as aliases, so that lists with them can be imported."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from forum.accounts import policy
from forum.accounts.models import Unit, UnitAlias
from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.text import fold, one_line, slugify
from forum.core.viewer import Viewer

NAME_LENGTH, SHORT_LENGTH, SLUG_LENGTH = 160, 60, 60
MAX_ALIASES = 30


def create_unit(actor: Viewer, *, name: str, short_name: str = "", slug: str = "", aliases: Iterable[str] = ()) -> int:
    """A new unit; returns its id. Without a short name it is the name; the slug is made of the short name.

    Raises Denied, or Invalid (with the field).
    """
    policy.require_admin(actor)
    name, short_name = _names(name, short_name)
    _require_free_names(name, short_name)
    unit = Unit(name=name, short_name=short_name, slug=_free_slug(slug or short_name), is_active=True)
    db.session.add(unit)
    db.session.flush()
    _set_aliases(unit, aliases)
    audit.record(actor, "unit.create", "unit", unit.id, after=_snapshot(unit))
    return unit.id


def update_unit(
    actor: Viewer, unit_id: int, *, name: str, short_name: str = "", aliases: Iterable[str] = (), is_active: bool = True
) -> bool:
    """Change a unit; tells whether anything was different. A name that is given up becomes an alias.

    Raises Denied, NotFound, or Invalid (with the field).
    """
    policy.require_admin(actor)
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    before = _snapshot(unit)
    name, short_name = _names(name, short_name)
    _require_free_names(name, short_name, but=unit.id)
    given_up = [old for old, new in ((unit.name, name), (unit.short_name, short_name)) if fold(old) != fold(new)]
    unit.name, unit.short_name, unit.is_active = name, short_name, is_active
    db.session.flush()
    _set_aliases(unit, [*aliases, *given_up])
    after = _snapshot(unit)
    if before == after:
        return False
    audit.record(actor, "unit.update", "unit", unit.id, before=before, after=after)
    return True


def _names(name: str, short_name: str) -> tuple[str, str]:
    name, short_name = one_line(name), one_line(short_name)
    if len(fold(name)) < 3:
        raise Invalid(lazy("Isi nama perangkat daerah, sedikitnya tiga huruf."), "name")
    if len(name) > NAME_LENGTH:
        raise Invalid(lazy("Nama terlalu panjang: paling banyak %(most)d karakter.", most=NAME_LENGTH), "name")
    short_name = short_name or name
    if not fold(short_name) or len(short_name) > SHORT_LENGTH:
        raise Invalid(
            lazy(
                "Isi nama singkat, paling banyak %(most)d karakter: itu yang tampil di samping nama orang.",
                most=SHORT_LENGTH,
            ),
            "short_name",
        )
    return name, short_name


def _require_free_names(name: str, short_name: str, but: int | None = None) -> None:
    for unit in db.session.scalars(select(Unit).where(Unit.id != (but or 0))):
        taken = {fold(unit.name), fold(unit.short_name)}
        for field, value in (("name", name), ("short_name", short_name)):
            if fold(value) in taken:
                raise Invalid(lazy("Nama ini sudah dipakai oleh %(unit)s.", unit=unit.name), field)


def _free_slug(text: str) -> str:
    base = slugify(text, SLUG_LENGTH - 4) or "unit"
    taken = set(db.session.scalars(select(Unit.slug).where(Unit.slug.startswith(base, autoescape=True))))
    reserved = {"baru"}
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 3))
    return next(slug for slug in candidates if slug not in taken | reserved)


def _set_aliases(unit: Unit, aliases: Iterable[str]) -> None:
    """Every name by which the unit is found, its present ones included."""
    wanted: dict[str, str] = {}
    for alias in (unit.name, unit.short_name, *aliases):
        text = one_line(alias)
        if len(text) > NAME_LENGTH:
            raise Invalid(
                lazy("Nama lama terlalu panjang: paling banyak %(most)d karakter.", most=NAME_LENGTH), "aliases"
            )
        if fold(text):
            wanted.setdefault(fold(text), text)
    if len(wanted) > MAX_ALIASES:
        raise Invalid(lazy("Paling banyak %(most)d nama lama.", most=MAX_ALIASES), "aliases")
    present = {row.key: row for row in db.session.scalars(select(UnitAlias).where(UnitAlias.unit_id == unit.id))}
    gone = [row.id for key, row in present.items() if key not in wanted]
    db.session.execute(delete(UnitAlias).where(UnitAlias.id.in_(gone)))
    for key, text in wanted.items():
        if key in present:
            present[key].name = text
        else:
            db.session.add(UnitAlias(unit_id=unit.id, name=text, key=key))
    db.session.flush()


def _snapshot(unit: Unit) -> dict[str, object]:
    own = {fold(unit.name), fold(unit.short_name)}
    rows = db.session.execute(
        select(UnitAlias.name, UnitAlias.key).where(UnitAlias.unit_id == unit.id).order_by(UnitAlias.key)
    )
    return {
        "slug": unit.slug,
        "name": unit.name,
        "short_name": unit.short_name,
        "aliases": [row.name for row in rows if row.key not in own],
        "is_active": unit.is_active,
    }
