"""Writes docs/permissions.md from the permission table of the tests. `--write` replaces the file, without it the text is printed."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.policy.permissions import ROLES, SECTIONS, Row

PATH = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
HEAD = """# Who may do what

Made by `python -m scripts.permissions --write` from `tests/policy/permissions.py`; do not edit. Every cell is what a request gets,
and a test asks for each of them (`tests/web/test_access_walk.py`).

- **author**: wrote the thread, or the post, that the address is about. **moderator**: of the board in which it stands;
  **moderator elsewhere**: of another board only.
- 200 a page · 302, 303 done, or led on · 401 the session ended: the text is kept, and can be sent again · 403 not allowed ·
  404 not there for this person · 410, 422 see the note.
- A stranger who opens a page is led to the sign-in page (302).
- A POST without the CSRF token of one's own session is refused with 400 and changes nothing, whoever sends it; any other method gets 405.
- What stands in a board that one may not read is 404, for every address.
"""


def document() -> str:
    """The whole file."""
    return "\n".join([HEAD, *(_section(title, rows) for title, rows in SECTIONS.items())])


def _section(title: str, rows: tuple[Row, ...]) -> str:
    head = f"| method | address | {' | '.join(ROLES)} | |"
    rule = "|" + "---|" * (len(ROLES) + 3)
    return "\n".join([f"## {title}", "", head, rule, *(_line(row) for row in rows), ""])


def _line(row: Row) -> str:
    statuses = " | ".join(str(row.status(role)) for role in ROLES)
    return f"| {row.method} | `{row.path}` | {statuses} | {row.note} |"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PATH.write_text(document(), encoding="utf-8")
    else:
        print(document(), end="")
