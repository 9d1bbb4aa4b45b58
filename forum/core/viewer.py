"""Who asks: the one thing that every permission rule is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks, or nobody (`id` is None).

    `moderated_boards`: None = a moderator of every board; otherwise the ids of the boards to which a moderator is limited.
    `unread`: how many notices wait for them; no part of who they are.
    """

    id: int | None = None
    username: str = ""
    name: str = ""
    role: Role | None = None
    unit_id: int | None = None
    moderated_boards: frozenset[int] | None = None
    locale: str = "id"
    theme: str = "system"
    shortcuts: bool = True
    unread: int = field(default=0, compare=False)

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_moderator(self) -> bool:
        """Moderates at least something; admins moderate everything."""
        return self.role in (Role.MODERATOR, Role.ADMIN)

    def moderates(self, board_id: int) -> bool:
        if self.role is Role.ADMIN:
            return True
        return self.role is Role.MODERATOR and (self.moderated_boards is None or board_id in self.moderated_boards)


NOBODY = Viewer()
# The installation itself: commands and jobs, which whoever runs the server may do. Nobody's name is in the log then.
SYSTEM = Viewer(role=Role.ADMIN)
