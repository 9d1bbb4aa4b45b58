"""Columns that make a Person, for any statement that joins users."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import Unit, User
from forum.core.db import db
from forum.discussions.addresses import person_url
from forum.discussions.queries.shapes import Person

MAX_SUGGESTIONS = 8


def person_columns(user: Any = User, unit: Any = Unit) -> tuple[Any, ...]:
    """The columns, in the order in which `person_of` reads them."""
    return (user.id, user.username, user.name, user.position, user.role, unit.short_name)


def person_of(row: Any, start: int = 0) -> Person:
    """The Person whose columns begin at `start` of `row`."""
    user_id, username, name, position, role, unit = row[start : start + 6]
    return Person(user_id, username, name, position, unit or "", role, person_url(username))


def all_usernames() -> frozenset[str]:
    """Every username there is."""
    return frozenset(db.session.scalars(select(User.username)))


def suggest_people(prefix: str) -> list[Person]:
    """Up to MAX_SUGGESTIONS active people whose username, or a word of whose name, begins with `prefix`."""
    folded = prefix.casefold().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    unit = aliased(Unit)
    rows = db.session.execute(
        select(*person_columns(User, unit))
        .outerjoin(unit, unit.id == User.unit_id)
        .where(
            User.is_active,
            User.username.like(f"{folded}%", escape="\\")
            | User.name.ilike(f"{folded}%", escape="\\")
            | User.name.ilike(f"% {folded}%", escape="\\"),
        )
        .order_by(User.name, User.id)
        .limit(MAX_SUGGESTIONS)
    )
    return [person_of(row) for row in rows]
