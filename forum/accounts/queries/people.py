"""Reads of people: as others see them, and as they see themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from forum.accounts.models import Status, Unit, User
from forum.core import content
from forum.core.content import Contribution
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Person:
    """A person as others may see them: never the NIP, never the e-mail address."""

    id: int
    username: str
    name: str
    position: str
    unit: str
    role: str
    url: str

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(word[0] for word in words[:2]).upper() or "?"

    @property
    def hue(self) -> int:
        """One of eight avatar colours, steady for one person."""
        return self.id % 8


@dataclass(frozen=True, slots=True)
class ProfileTab:
    """A tab of a profile: its slug is what the address carries in `tab`."""

    slug: str
    label: str
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """`/profil/<username>`. `counts` holds the figure of each tab by its slug; `older` is the address of the next page.

    `moderates`: names of the boards that a limited moderator looks after, as far as the viewer may know them. `acts_url`: where
    moderators of all boards can act on the person, '' for everybody else.
    """

    person: Person
    joined_at: datetime
    unit_name: str
    is_active: bool
    counts: Mapping[str, int]
    tabs: tuple[ProfileTab, ...]
    tab: str
    entries: tuple[Contribution, ...]
    older: str | None
    is_self: bool
    moderates: tuple[str, ...]
    acts_url: str


def profile_url(username: str) -> str:
    return f"/profil/{username}"


def profile_page(viewer: Viewer, username: str, tab: str | None, cursor: str | None) -> ProfilePage:
    """The profile of a person, with one page of one tab. Raises NotFound for nobody, no such tab, or a bad cursor."""
    row = _profile_row(username)
    url = profile_url(row.username)
    offered = content.contribution_tabs()
    chosen = next((item for item in offered if item.slug == tab), None) if tab else next(iter(offered), None)
    if tab and chosen is None:
        raise NotFound
    counts = {item.slug: item.count(viewer, row.id) for item in offered}
    entries, after = chosen.page(viewer, row.id, cursor) if chosen else ((), None)
    slug = chosen.slug if chosen else ""
    return ProfilePage(
        person=Person(row.id, row.username, row.name, row.position, row.short_name or "", row.role, url),
        joined_at=row.created_at,
        unit_name=row.unit_name or "",
        is_active=row.is_active,
        counts=counts,
        tabs=tuple(
            ProfileTab(item.slug, str(item.label), f"{url}?tab={item.slug}", counts[item.slug], item is chosen)
            for item in offered
        ),
        tab=slug,
        entries=entries,
        older=f"{url}?tab={slug}&setelah={after}" if after else None,
        is_self=viewer.id == row.id,
        moderates=_moderates(viewer, row),
        acts_url=f"/moderasi/tindakan/user/{row.id}" if _may_act_on(viewer, row.id) else "",
    )


def _may_act_on(viewer: Viewer, user_id: int) -> bool:
    everywhere = viewer.is_admin or (viewer.is_moderator and viewer.moderated_boards is None)
    return everywhere and viewer.id != user_id


def _profile_row(username: str) -> Any:
    row = db.session.execute(
        select(
            User.id,
            User.username,
            User.name,
            User.position,
            User.role,
            User.moderated_boards,
            User.is_active,
            User.created_at,
            Unit.name.label("unit_name"),
            Unit.short_name,
        )
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.username == one_line(username))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _moderates(viewer: Viewer, row: Any) -> tuple[str, ...]:
    if row.role != Role.MODERATOR or row.moderated_boards is None:
        return ()
    return content.board_names(viewer, frozenset(row.moderated_boards))


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`/akun`: what only its owner sees. `nip` in the groups of the official form (8-6-1-3), '' without one."""

    name: str
    username: str
    email: str
    nip: str
    unit_name: str
    position: str
    status: Status


def settings_page(user_id: int) -> SettingsPage:
    row = db.session.execute(
        select(User.name, User.username, User.email, User.nip, Unit.name.label("unit_name"), User.position, User.status)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.id == user_id)
    ).one()
    return SettingsPage(
        name=row.name,
        username=row.username,
        email=row.email,
        nip=_in_groups(row.nip),
        unit_name=row.unit_name or "",
        position=row.position,
        status=Status(row.status),
    )


def _in_groups(nip: str | None) -> str:
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if nip else ""


@dataclass(frozen=True, slots=True)
class OwnPassword:
    """What changing one's password needs: the hash to prove the current one, and words the new one may not contain."""

    password_hash: str | None
    about: tuple[str, str, str]


def own_password(user_id: int) -> OwnPassword:
    row = db.session.execute(
        select(User.password_hash, User.username, User.email, User.name).where(User.id == user_id)
    ).one()
    return OwnPassword(row.password_hash, (row.username, row.email, row.name))


def sample_accounts_exist() -> bool:
    """Are there active sample accounts, whose password everybody knows? A production start is refused then."""
    return bool(db.session.scalar(select(exists().where(User.is_sample, User.is_active))))


def ids_of_usernames(names: Collection[str]) -> dict[str, int]:
    """Username -> id of those of `names` that there are, whether they are still active or not. One statement."""
    rows = db.session.execute(select(User.username, User.id).where(User.username.in_(names)))
    return {username: key for username, key in rows}
