"""Boards: make, change, put in order, archive. For admins."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from forum.accounts import policy as accounts
from forum.accounts.models import Unit
from forum.audit import services as audit
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy
from forum.core.text import one_line
from forum.core.viewer import Role, Viewer
from forum.discussions.models import Board, BoardAccess

NAME_LENGTH, DESCRIPTION_LENGTH, TEMPLATE_LENGTH, SLUG_LENGTH = 80, 300, 4000, 60
MAX_POSITION = 9999
COLOURS = ("red", "navy", "teal", "amber", "green", "rose", "violet", "blue", "slate", "orange", "indigo", "cyan")
# What frontend/icons/boards.json builds into the sprite of board icons; a test holds the two together.
ICONS = (
    "alert-triangle",
    "ambulance",
    "book",
    "briefcase",
    "building",
    "building-bridge",
    "building-community",
    "bulb",
    "bus",
    "calendar-event",
    "certificate",
    "chart-bar",
    "clipboard-list",
    "cloud-rain",
    "coin",
    "device-laptop",
    "droplet",
    "file-certificate",
    "flame",
    "gavel",
    "heart-handshake",
    "id",
    "info-circle",
    "leaf",
    "lock",
    "map-pin",
    "messages",
    "plant",
    "recycle",
    "road",
    "scale",
    "school",
    "shield-lock",
    "shopping-bag",
    "speakerphone",
    "stethoscope",
    "tool",
    "traffic-cone",
    "trees",
    "users",
)
RESERVED_SLUGS = frozenset({"baru"})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do it: everybody where nobody is named; otherwise those named, the board's moderators, and admins."""

    roles: tuple[str, ...] = ()
    units: tuple[int, ...] = ()

    @property
    def is_restricted(self) -> bool:
        return bool(self.roles or self.units)


def create_board(
    actor: Viewer,
    *,
    slug: str,
    name: str,
    description: str = "",
    position: int | None = None,
    icon: str = "messages",
    colour: str = "navy",
    template: str = "",
    read_roles: Collection[str] = (),
    read_units: Collection[int] = (),
    post_roles: Collection[str] = (),
    post_units: Collection[int] = (),
) -> int:
    """A new board; returns its id. Without a position it comes last. Raises Denied, or Invalid (with the field)."""
    accounts.require_admin(actor)
    board = Board(is_archived=False)
    if position is None:
        position = (db.session.scalar(select(func.max(Board.position))) or 0) + 1
    _describe(board, slug, name, description, position, icon, colour, template)
    readers, posters = _access(read_roles, read_units, "readers"), _access(post_roles, post_units, "posters")
    board.restricts_reading, board.restricts_posting = readers.is_restricted, posters.is_restricted
    db.session.add(board)
    db.session.flush()
    _set_access(board.id, readers, posters)
    audit.record(actor, "board.create", "board", board.id, after=_snapshot(board))
    return board.id


def update_board(
    actor: Viewer,
    board_id: int,
    *,
    slug: str,
    name: str,
    description: str,
    position: int,
    icon: str,
    colour: str,
    template: str,
    read_roles: Collection[str] = (),
    read_units: Collection[int] = (),
    post_roles: Collection[str] = (),
    post_units: Collection[int] = (),
    is_archived: bool = False,
) -> bool:
    """Change a board; tells whether anything was different. Raises Denied, NotFound, or Invalid (with the field).

    An archived board is read but not written to; nothing in it is lost.
    """
    accounts.require_admin(actor)
    board = db.session.get(Board, board_id, with_for_update=True)
    if board is None:
        raise NotFound
    before = _snapshot(board)
    readers, posters = _access(read_roles, read_units, "readers"), _access(post_roles, post_units, "posters")
    _describe(board, slug, name, description, position, icon, colour, template)
    board.restricts_reading, board.restricts_posting = readers.is_restricted, posters.is_restricted
    board.is_archived = is_archived
    db.session.flush()
    _set_access(board.id, readers, posters)
    after = _snapshot(board)
    if before == after:
        return False
    differing = [field for field in after if before[field] != after[field]]
    audit.record(
        actor,
        "board.update",
        "board",
        board.id,
        before={field: before[field] for field in differing},
        after={field: after[field] for field in differing},
    )
    return True


def _describe(
    board: Board, slug: str, name: str, description: str, position: int, icon: str, colour: str, template: str
) -> None:
    board.slug = _slug(slug, board.id)
    board.name = _name(name, board.id)
    board.description = _short(description, DESCRIPTION_LENGTH, "description")
    if not 0 <= position <= MAX_POSITION:
        raise Invalid(lazy("Urutan adalah angka dari 0 sampai %(most)d.", most=MAX_POSITION), "position")
    if icon not in ICONS:
        raise Invalid(lazy("Pilih salah satu ikon yang tersedia."), "icon")
    if colour not in COLOURS:
        raise Invalid(lazy("Pilih salah satu warna yang tersedia."), "colour")
    board.position, board.icon, board.colour = position, icon, colour
    board.template = _template(template)


def _slug(text: str, board_id: int | None) -> str:
    slug = one_line(text).lower()
    if not _SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH:
        raise Invalid(
            lazy("Alamat papan terdiri atas huruf kecil a-z, angka, dan tanda hubung, misalnya jalan-drainase."), "slug"
        )
    if slug in RESERVED_SLUGS:
        raise Invalid(lazy("Alamat ini dicadangkan untuk sistem. Pilih yang lain."), "slug")
    with db.session.no_autoflush:
        taken = db.session.scalar(select(Board.id).where(Board.slug == slug))
    if taken is not None and taken != board_id:
        raise Invalid(lazy("Alamat ini sudah dipakai papan lain."), "slug")
    return slug


def _name(text: str, board_id: int | None) -> str:
    name = _short(text, NAME_LENGTH, "name")
    if len(name) < 2:
        raise Invalid(lazy("Isi nama papan, sedikitnya dua huruf."), "name")
    with db.session.no_autoflush:
        taken = db.session.scalar(
            select(Board.id).where(func.lower(Board.name) == name.lower(), Board.id != (board_id or 0))
        )
    if taken is not None:
        raise Invalid(lazy("Nama ini sudah dipakai papan lain."), "name")
    return name


def _short(text: str, most: int, field: str) -> str:
    value = one_line(text)
    if len(value) > most:
        raise Invalid(lazy("Terlalu panjang: paling banyak %(most)d karakter.", most=most), field)
    return value


def _template(text: str) -> str:
    """Markdown of several lines, with plain line ends and without characters that cannot be stored or seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    value = "\n".join(
        "".join(char for char in line if char == "\t" or char.isprintable()).rstrip() for line in lines
    ).strip()
    if len(value) > TEMPLATE_LENGTH:
        raise Invalid(lazy("Terlalu panjang: paling banyak %(most)d karakter.", most=TEMPLATE_LENGTH), "template")
    return value


def _access(roles: Collection[str], units: Collection[int], field: str) -> Access:
    known = [role for role in Role if role.value in roles]
    if len(known) != len(set(roles)):
        raise Invalid(lazy("Peran harus salah satu dari: member, moderator, admin."), field)
    wanted = sorted(set(units))
    if wanted and len(db.session.scalars(select(Unit.id).where(Unit.id.in_(wanted))).all()) != len(wanted):
        raise Invalid(lazy("Perangkat daerah ini tidak dikenal."), field)
    return Access(tuple(role.value for role in known), tuple(wanted))


def _set_access(board_id: int, readers: Access, posters: Access) -> None:
    db.session.execute(delete(BoardAccess).where(BoardAccess.board_id == board_id))
    for verb, access in (("read", readers), ("post", posters)):
        db.session.add_all(BoardAccess(board_id=board_id, verb=verb, role=role) for role in access.roles)
        db.session.add_all(BoardAccess(board_id=board_id, verb=verb, unit_id=unit) for unit in access.units)
    db.session.flush()


def _snapshot(board: Board) -> dict[str, object]:
    rows = db.session.execute(
        select(BoardAccess.verb, BoardAccess.role, BoardAccess.unit_id).where(BoardAccess.board_id == board.id)
    )
    named: Sequence[tuple[str, str | int]] = [(row.verb, row.role if row.role else row.unit_id) for row in rows]
    fields = ("slug", "name", "description", "position", "icon", "colour", "template", "is_archived")
    return {field: getattr(board, field) for field in fields} | {
        "readers": sorted((who for verb, who in named if verb == "read"), key=str),
        "posters": sorted((who for verb, who in named if verb == "post"), key=str),
    }
