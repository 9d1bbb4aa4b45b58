"""The sample content as it lies in `data/`: read, checked for form, not yet in any database."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class SamplePost:
    key: str
    parent: str
    author: str
    after_hours: float
    body: str
    helpful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleThread:
    """`days_ago`: when it was opened. `solution`: key of the reply that solved it, '' for none."""

    id: str
    title: str
    board: str
    tags: tuple[str, ...]
    kind: str
    author: str
    days_ago: float
    solution: str
    summary: str
    body: str
    posts: tuple[SamplePost, ...] = field(default=())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def units() -> list[dict[str, Any]]:
    return list(_read("units.toml")["units"])


def people() -> list[dict[str, Any]]:
    return list(_read("people.toml")["people"])


def boards() -> list[dict[str, Any]]:
    return list(_read("boards.toml")["boards"])


def tag_synonyms() -> dict[str, list[str]]:
    """Tag name -> other words for it."""
    return dict(_read("tags.toml")["synonyms"])


def library() -> dict[str, Any]:
    """Service areas and learning paths."""
    return _read("library.toml")


def guides() -> list[dict[str, Any]]:
    """All sample guides, by their id."""
    return [_guide(_read(f"guides/{path.name}")) for path in sorted((DATA / "guides").glob("*.toml"))]


def _guide(raw: dict[str, Any]) -> dict[str, Any]:
    for part in (raw, raw.get("pending")):
        if part:
            part["sections"] = {name: body.strip() for name, body in part["sections"].items()}
    return raw


def threads() -> list[SampleThread]:
    """All sample threads, by their id."""
    return [_thread(_read(f"threads/{path.name}")) for path in sorted((DATA / "threads").glob("*.toml"))]


def _thread(raw: dict[str, Any]) -> SampleThread:
    posts = tuple(
        SamplePost(
            post["key"],
            post["parent"],
            post["author"],
            float(post["after_hours"]),
            post["body"].strip(),
            tuple(post["helpful"]),
        )
        for post in raw.pop("posts")
    )
    return SampleThread(
        **{**raw, "tags": tuple(raw["tags"]), "body": raw["body"].strip(), "summary": raw["summary"].strip()},
        posts=posts,
    )
