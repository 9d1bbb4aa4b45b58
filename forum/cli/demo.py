"""`flask demo`: sample content, and content for measuring."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from forum.cli.search import upkeep
from forum.core.errors import RembukError
from forum.core.i18n import number

group = AppGroup("demo", help="Sample content, and content for measuring.")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@group.command("load")
def load() -> None:
    """Load the sample content into an empty database."""
    from forum.demo import load as loader

    with _progress() as progress:
        task = progress.add_task("Sample content", total=loader.steps())
        try:
            threads = loader.load_sample(lambda _step: progress.advance(task))
        except RembukError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {threads} threads. Accounts: admin, kurator, pegawai; password: {loader.SAMPLE_PASSWORD}")


@group.command("scale")
@click.option("--threads", type=click.IntRange(min=1), required=True, help="How many threads to make.")
@click.option("--replies", type=click.IntRange(min=0), required=True, help="How many replies each thread gets.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same texts.")
@click.option("--index/--no-index", default=True, show_default=True, help="Rebuild the search index afterwards.")
def scale(threads: int, replies: int, seed: int, index: bool) -> None:
    """Make THREADS threads with REPLIES replies each, for measuring."""
    from forum.demo import scale as scaler

    started = time.perf_counter()
    with _progress() as progress:
        task = progress.add_task("Posts", total=threads * (replies + 1))
        try:
            made = scaler.scale(threads, replies, lambda posts: progress.advance(task, posts), seed)
        except RembukError as error:
            raise click.ClickException(str(error)) from error
    seconds = time.perf_counter() - started
    click.echo(
        f"{number(made.threads)} threads, {number(made.posts)} posts in {seconds:.1f} s "
        f"({number(round(made.posts / seconds))} posts/s): {made.first_url} … {made.last_url}"
    )
    if not index:
        click.echo("Search does not find them yet: flask search rebuild")
        return
    click.get_current_context().invoke(upkeep.rebuild, as_json=False, for_worker=False)
