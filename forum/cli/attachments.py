"""`flask attachments`: uploaded files, and whether the store has what the database names."""

from __future__ import annotations

import json
import sys

import click
from flask.cli import AppGroup

from forum.attachments import storage
from forum.attachments.services import keeping
from forum.cli.progress import progress_bar
from forum.core.db import transaction

group = AppGroup("attachments", help="Uploaded files.")
SHOWN = 20


@group.command("collect")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
def collect(as_json: bool) -> None:
    """Remove files that were uploaded and never posted, and contents that nothing names any more. The worker does it too."""
    rows = 0
    while True:
        with transaction():
            forgotten = keeping.forget_rows()
        rows += forgotten
        if not forgotten:
            break
    store = storage.current()
    contents = 0
    with progress_bar("Looking", len(storage.PREFIXES)) as (progress, task):
        unfinished = keeping.tidy(store)
        for prefix in storage.PREFIXES:
            contents += keeping.collect(store, prefix)
            progress.advance(task)
    if as_json:
        click.echo(json.dumps({"rows": rows, "contents": contents, "unfinished": unfinished}))
        return
    click.echo(
        f"Removed: {rows} files that were not posted, {contents} contents without a file, {unfinished} unfinished uploads."
    )


@group.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print what is wrong as JSON.")
def check(as_json: bool) -> None:
    """Read every content that a file needs and compare it with its hash. Exit status 1 when one is missing or has changed."""
    store = storage.current()
    wanted = keeping.wanted()
    faults: list[dict[str, object]] = []
    with progress_bar("Reading", len(wanted)) as (progress, task):
        for one in wanted:
            if fault := keeping.fault_of(store, one.digest):
                faults.append({"attachment": one.attachment_id, "digest": one.digest, "fault": fault})
            progress.advance(task)
    unnamed = keeping.unnamed(store)
    if as_json:
        click.echo(json.dumps({"contents": len(wanted), "faults": faults, "unnamed": unnamed}))
    else:
        for found in faults[:SHOWN]:
            click.echo(
                f"Attachment {found['attachment']}: its content {found['digest']} is {found['fault']}.", err=True
            )
        click.echo(f"{len(wanted)} contents, {len(faults)} missing or changed, {unnamed} that no file names.")
    sys.exit(1 if faults else 0)
