"""`flask audit verify` and `flask audit export`: does the log still say what was written into it, and all of it as JSON lines."""

from __future__ import annotations

import re
import sys
from typing import TextIO

import click
from flask.cli import AppGroup

from forum.audit import queries, services, verifying
from forum.audit.queries import Search
from forum.audit.verifying import Fault, Finding
from forum.cli.progress import progress_bar
from forum.core.db import transaction
from forum.core.viewer import SYSTEM

group = AppGroup("audit", help="The log of acts: verify its chain, export it.")

SENTENCES = {
    Fault.CHANGED: "{entries} changed: the content does not fit the hash and the entry before.",
    Fault.MISSING: "{entries} missing: the numbers leave a gap.",
    Fault.MISSING_AT_END: "{entries} missing at the end: the head record counts up to {last}.",
    Fault.SURPLUS: "{entries} too many: the head record counts up to {before}.",
    Fault.HEAD_MISSING: "The head record is missing, so nothing tells whether {first} is the last entry.",
    Fault.HEAD_DIFFERS: "The head record has another hash than entry {first}, the last: one of them was changed.",
    Fault.OTHER_HISTORY: "Entry {first} has another hash than the one that was kept: the log was written anew.",
}


def _kept(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, str] | None:
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,17}:[0-9a-f]{64}", value):
        raise click.BadParameter("write it as it was printed, NUMBER:HASH")
    number, _colon, last = value.partition(":")
    return int(number), last


@group.command("verify")
@click.option(
    "--kept",
    callback=_kept,
    metavar="NUMBER:HASH",
    help="What an earlier run printed last: has the log been rewritten since?",
)
def verify(kept: tuple[int, str] | None) -> None:
    """Read the whole log and tell which entry was changed or is missing. Exit status 1 when something is wrong."""
    with progress_bar("Reading", queries.head()[0]) as (progress, task):
        report = verifying.verify(kept, lambda done: progress.advance(task, done))
    for finding in report.found:
        click.echo(_sentence(finding))
    if not report.is_whole:
        sys.exit(1)
    click.echo(f"The log is whole: {report.count} entries.")
    if report.count:
        click.echo(f"Keep this elsewhere, for --kept: {report.count}:{report.hash}")


def _sentence(finding: Finding) -> str:
    first, last = finding.first, finding.last
    several = (
        f"Entries {first} to {last} are" if finding.fault is not Fault.CHANGED else f"Entries {first} to {last} were"
    )
    one = f"Entry {first} is" if finding.fault is not Fault.CHANGED else f"Entry {first} was"
    entries = one if first == last else several
    return SENTENCES[finding.fault].format(entries=entries, first=first, last=last, before=first - 1)


@group.command("export")
@click.option(
    "--output", type=click.File("w", encoding="utf-8", lazy=True), help="The file to write (default: standard output)."
)
def export(output: TextIO | None) -> None:
    """Write every entry as a line of JSON, the oldest first, with its hash. The export is itself in the log."""
    with transaction():
        services.record(SYSTEM, "audit.export", "audit_log", None)
    upto = queries.last_number()
    with progress_bar("Writing", upto) as (progress, task):
        for entries in queries.everything(Search(), upto):
            click.echo("\n".join(entry.as_json() for entry in entries), file=output)
            progress.advance(task, len(entries))
