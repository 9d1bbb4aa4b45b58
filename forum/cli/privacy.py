"""`flask privacy scan`: what in a text looks like personal data."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from forum.cli import lines
from forum.core.privacy import find

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


def _findings(text: str) -> list[dict[str, Any]]:
    return [{"kind": finding.kind.value, "start": finding.start, "end": finding.end} for finding in find(text)]
