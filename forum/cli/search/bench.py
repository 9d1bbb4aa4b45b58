"""`flask search bench`: how fast the search is on this machine, beside other engines."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from forum.cli.search import group
from forum.core.i18n import number
from forum.search.benchmark import report
from forum.search.benchmark.measuring import Times
from forum.search.benchmark.report import Report, Step
from forum.search.services.highlighting import Marker


@group.command("bench")
@click.option(
    "--docs", type=click.IntRange(100, 5_000_000), default=10_000, show_default=True, help="How many documents."
)
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
@click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where to work; default: /tmp."
)
def bench(docs: int, as_json: bool, folder: Path | None) -> None:
    """Make documents, index and search them, and print what it took.

    Of 200 queries with two to four words each, any of which is enough: plan, search with facets, read the texts of twenty hits and
    mark them. Nothing of the site's own index or database is touched. 100,000 documents take some minutes and 1 GB of disk.
    """
    with tempfile.TemporaryDirectory(prefix="rembuk-bench-", dir=folder) as work, _steps() as step:
        measured = report.run(Path(work), docs, Marker, step)
    click.echo(json.dumps(measured.as_json(), indent=1) if as_json else _as_text(measured))


@contextmanager
def _steps() -> Iterator[Step]:
    """A bar for each step, on standard error; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def step(title: str, total: int) -> report.Progress:
            task = progress.add_task(title, total=total)
            return lambda done: progress.advance(task, done)

        yield step


def _as_text(measured: Report) -> str:
    rows = [
        ("warm", measured.warm),
        ("cold (every term read anew)", measured.cold),
        ("while the index was built", measured.while_building),
        ("while 10 posts/s arrived", measured.while_posts_arrive),
        *measured.others.items(),
    ]
    lines = [
        f"Documents          {number(measured.documents)}",
        f"Built in           {measured.build_seconds:.1f} s, {number(round(measured.rate))} documents/s",
        f"Index              {measured.index_bytes / 1e6:.1f} MB",
        f"Memory of a reader {measured.memory['resident'] / 1e6:.0f} MB, of it {measured.memory['own'] / 1e6:.0f} MB its own",
        "",
        f"{measured.queries} searches, ms of CPU        {'p50':>8} {'p95':>8} {'p99':>8} {'worst':>8}",
        *(_row(name, times) for name, times in rows if times),
        "",
        *([_row("A new post is found after, ms", measured.visible)] if measured.visible else []),
        *(f"At p95 {name} takes {measured.ratio(name):.2f} times as long." for name in measured.others),
    ]
    return "\n".join(lines)


def _row(name: str, times: Times) -> str:
    return f"{name:<33} {times.p50:8.2f} {times.p95:8.2f} {times.p99:8.2f} {times.worst:8.2f}"
