"""`flask search query`: what the search finds, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import click

from forum.accounts.queries import user_entry
from forum.cli import lines
from forum.cli.search import group
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.viewer import SYSTEM, Role, Viewer
from forum.search import backends, indexer
from forum.search.documents import Kind, Unavailable
from forum.search.services.results import MAX_PAGES, PER_PAGE, Hit, Part, Request, Results
from forum.search.services.searching import search

MOST_HITS = PER_PAGE * MAX_PAGES
# The rules let nobody read without an account; whoever may run commands here may read everything.
READS_ALL = replace(SYSTEM, id=0)
NAMES = {Kind.GUIDE: "panduan", Kind.THREAD: "diskusi", Kind.REPLY: "diskusi"}


@group.command("query")
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the hits as JSON.")
@click.option("--jsonl", is_flag=True, help='Read {"id", "query"} lines and write {"id", "hits"} lines.')
@click.option("--limit", type=click.IntRange(1, MOST_HITS), default=PER_PAGE, show_default=True, help="How many hits.")
@click.option("--as", "username", help="Search as this person; without it everything is found.")
@click.option("--as-typed", is_flag=True, help="Correct no typos.")
def query(text: str | None, as_json: bool, jsonl: bool, limit: int, username: str | None, as_typed: bool) -> None:
    """Search for TEXT, as the page does, after bringing the index up to date.

    Exit status: 0, 1 without an index or such a person, 2 if a line is not what --jsonl expects.
    """
    if jsonl == (text is not None):
        raise click.UsageError("Give either TEXT or --jsonl.")
    viewer = _viewer(username)
    try:
        with redirect_stdout(sys.stderr):  # where the log may go: standard output is for answers
            bring_up_to_date()
        if text is None:
            sys.exit(_answer_lines(viewer, limit, as_typed, sys.stdin.buffer))
        results = _search(viewer, text, limit, as_typed)
    except Unavailable as error:
        raise click.ClickException(f"There is no index that can be read ({error}). Run: flask search rebuild") from None
    click.echo(json.dumps({"query": text, **_as_json(results)}, indent=1) if as_json else _as_text(results))


def _viewer(username: str | None) -> Viewer:
    if username is None:
        return READS_ALL
    try:
        person = user_entry(username.strip().lower().removeprefix("@"))
    except NotFound:
        raise click.ClickException(f"There is no account with the username {username!r}.") from None
    boards = person.moderated_boards
    return Viewer(
        id=person.id,
        username=person.username,
        name=person.name,
        role=Role(person.role),
        unit_id=person.unit_id,
        moderated_boards=None if boards is None else frozenset(boards),
    )


def bring_up_to_date() -> None:
    """Index what waits, all of it where there is no index yet; unless another process is at it. Raises Unavailable."""
    backend = backends.current()
    with backend.lock(wait=False) as is_free:
        pass
    if not is_free or indexer.is_rebuilding():
        return
    if indexer.ensure() and backend.analysis_version() is None:
        indexer.rebuild()
    indexer.drain()


def _search(viewer: Viewer, text: str, limit: int, as_typed: bool) -> Results:
    """The first `limit` hits, from as many pages as that takes."""
    first = search(viewer, Request(text=text, as_typed=as_typed))
    hits = list(first.hits)
    for page in range(2, min(first.pages, -(-limit // PER_PAGE)) + 1):
        hits += search(viewer, Request(text=text, as_typed=as_typed, page=page)).hits
    db.session.rollback()  # the next search sees what has been committed by then
    return replace(first, hits=tuple(hits[:limit]))


def _answer_lines(viewer: Viewer, limit: int, as_typed: bool, source: Iterable[bytes]) -> int:
    try:
        for name, text in lines.read(source, "query"):
            results = _search(viewer, text, limit, as_typed)
            # ASCII, because an id may hold what UTF-8 cannot: half of a surrogate pair.
            click.echo(json.dumps({"id": name, **_as_json(results)}))
            sys.stdout.flush()
    except lines.BadLine as fault:
        click.echo(str(fault), err=True)
        return 2
    return 0


def _as_json(results: Results) -> dict[str, Any]:
    correction = results.correction
    return {
        "good": results.is_good,
        "total": results.total,
        "correction": {"words": correction.words, "applied": correction.applied} if correction else None,
        "notes": list(results.notes),
        "hits": [_hit(hit) for hit in results.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    """The thread or guide; `reply`: the reply in it that answers best, if it is not the opening post that does."""
    card = hit.card
    reply = {"id": int(card.key.partition(":")[2]), "url": card.url} if card.kind is Kind.REPLY else None
    return {
        "kind": NAMES[card.kind],
        "id": card.group // 2,
        "title": card.title,
        "url": card.head_url,
        "score": round(hit.score, 4),
        "good": hit.is_good,
        "reply": reply,
    }


def _as_text(results: Results) -> str:
    lines = list(results.notes)
    if results.correction:
        said = "Searched for" if results.correction.applied else "Did you mean"
        lines.append(f"{said}: {results.correction.words}")
    if not results.is_good:
        lines.append("Nothing good was found.")
    lines.append(f"{'More than ' if results.at_least else ''}{results.total} found in {results.seconds * 1000:.0f} ms.")
    for place, hit in enumerate(results.hits, start=1):
        mark = " " if hit.is_good else "?"
        lines.append(
            f"{place:3}{mark} [{NAMES[hit.card.kind]}] {hit.card.title}  ({hit.score:.2f})\n     {hit.card.url}"
        )
        lines.append("     " + "".join(map(_marked, hit.snippet_parts)))
    return "\n".join(lines)


def _marked(part: Part) -> str:
    text, is_marked = part
    return click.style(text, bold=True) if is_marked else text
