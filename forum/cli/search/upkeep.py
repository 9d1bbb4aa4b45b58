"""`flask search rebuild` and `flask search verify`: the index made anew, and compared with the database."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import click

from forum.cli import processes
from forum.cli.progress import progress_bar
from forum.cli.search import group
from forum.core.i18n import number
from forum.search import backends, indexer
from forum.search.documents import Unavailable

SHOWN = 20
GENTLY = 10


@group.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--for-worker", is_flag=True, hidden=True, help="Step back for others, and end with the worker.")
def rebuild(as_json: bool, for_worker: bool) -> None:
    """Index everything anew, while searching goes on; the new index takes over when it is complete."""
    if for_worker:
        processes.end_with_parent()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        os.nice(GENTLY)
    started = time.perf_counter()
    with progress_bar("Indexing", indexer.total()) as (progress, task):
        try:
            documents = indexer.rebuild(lambda done: progress.advance(task, done))
        except (Unavailable, indexer.Superseded) as error:
            raise click.ClickException(str(error)) from None
    seconds = time.perf_counter() - started
    size = backends.current().size()
    if as_json:
        click.echo(json.dumps({"documents": documents, "seconds": round(seconds, 1), "bytes": size}))
        return
    click.echo(
        f"Indexed {number(documents)} documents in {seconds:.1f} s "
        f"({number(round(documents / seconds))} documents/s); the index takes {size / 1e6:.1f} MB."
    )


@group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def verify(as_json: bool) -> None:
    """Compare the index with the database, both ways. Exit status 1 when they differ."""
    with progress_bar("Comparing", indexer.total()) as (progress, task):
        try:
            report = indexer.verify(lambda done: progress.advance(task, done))
        except Unavailable as error:
            raise click.ClickException(
                f"There is no index that can be read ({error}). Run: flask search rebuild"
            ) from None
    if as_json:
        click.echo(json.dumps(_as_json(report)))
    else:
        _tell(report)
    sys.exit(0 if report.is_clean else 1)


def _as_json(report: indexer.Report) -> dict[str, object]:
    return {
        "clean": report.is_clean,
        "documents": report.documents,
        "waiting": report.waiting,
        "missing": report.missing,
        "surplus": report.surplus,
        "different": report.different,
        "more": report.more,
    }


def _tell(report: indexer.Report) -> None:
    waiting = f" {number(report.waiting)} changes are on their way." if report.waiting else ""
    if report.is_clean:
        click.echo(f"Index and database agree: {number(report.documents)} documents.{waiting}")
        return
    for what, keys in (
        ("missing in the index", report.missing),
        ("in the index, but not to be found", report.surplus),
        ("in the index as they were before a change", report.different),
    ):
        if keys:
            dots = " ..." if len(keys) > SHOWN else ""
            click.echo(f"{number(len(keys))} {what}: {', '.join(keys[:SHOWN])}{dots}")
    if report.more:
        click.echo(f"{number(report.more)} more differences.")
    click.echo(f"Index and database differ.{waiting} The index is made anew with: flask search rebuild")
