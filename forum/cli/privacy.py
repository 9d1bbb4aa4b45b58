"""`flask privacy scan`: what in a text looks like personal data."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from forum.cli import lines
from forum.cli.progress import progress_bar
from forum.core.db import db, transaction
from forum.core.privacy import DETECTOR, find
from forum.privacy import sources
from forum.privacy.queries.findings import open_count
from forum.privacy.services import scanning

group = AppGroup("privacy", help="Personal data in texts.")


@group.command("scan")
@click.option("--jsonl", is_flag=True, help='Read {"id", "text"} and write {"id", "findings"} lines.')
def scan(jsonl: bool) -> None:
    """Tell, as JSON, what in the text of standard input looks like personal data: its kind, start and end (in characters).

    Exit status: 0, 2 if a line is not what --jsonl expects.
    """
    if not jsonl:
        print(json.dumps(_findings(sys.stdin.buffer.read().decode(errors="replace"))))
        return
    try:
        for name, text in lines.read(sys.stdin.buffer, "text"):
            # ASCII, because an id may hold what UTF-8 cannot: half of a surrogate pair.
            print(json.dumps({"id": name, "findings": _findings(text)}), flush=True)
    except lines.BadLine as fault:
        click.echo(str(fault), err=True)
        sys.exit(2)


@group.command("content")
@click.option("--again", is_flag=True, help="Look through everything, also what this version of the detector has seen.")
def content(again: bool) -> None:
    """Look for personal data in the posts, titles, guides and tags that are stored. Moderators decide about what is found.

    Prints, as JSON, how many were looked through, how many findings are new, and how many nobody has decided yet.
    """
    if again:
        with transaction():
            scanning.begin_again()
    scanned = new = 0
    with progress_bar("Looking", sum(source.count() for source in sources.all_sources())) as (progress, task):
        while batch := scanning.next_batch():
            db.session.rollback()
            with transaction():
                new += scanning.keep(batch)
            scanned += batch.scanned
            progress.advance(task, batch.scanned)
    click.echo(json.dumps({"detector": DETECTOR, "scanned": scanned, "new": new, "open": open_count()}))


def _findings(text: str) -> list[dict[str, Any]]:
    return [{"kind": finding.kind.value, "start": finding.start, "end": finding.end} for finding in find(text)]
