"""`flask search evaluate`: how well the search ranks, on passages and questions that somebody else has judged."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateSchema, DropSchema

from forum.cli.progress import progress_bar
from forum.cli.search import group
from forum.core.db import db
from forum.core.i18n import number
from forum.search import evaluation
from forum.search.backends.postgres import PostgresBackend
from forum.search.backends.postgres_tables import metadata
from forum.search.backends.whoosh import WhooshBackend
from forum.search.documents import Backend, Unavailable
from forum.search.evaluation import BadData, Judged, Measured
from forum.search.services.thesaurus import current as current_thesaurus
from forum.search.thesaurus import Thesaurus, shipped


@group.command("evaluate")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--backend", type=click.Choice(["whoosh", "postgresql"]), default="whoosh", show_default=True)
@click.option("--no-thesaurus", is_flag=True, help="Plan without the thesaurus, to see what it does.")
def evaluate(folder: Path, as_json: bool, backend: str, no_thesaurus: bool) -> None:
    """Index the passages of DIR for the moment, ask its questions, and print MRR@10, nDCG@10 and Recall@10.

    DIR has passages.jsonl (objects with "id", "text" and maybe "title") and queries.tsv (qid, question, id of a relevant passage; a
    qid may repeat). Analysis, thesaurus and ranking are those of the site; its own index is not touched.
    """
    thesaurus = Thesaurus(()) if no_thesaurus else _thesaurus()
    try:
        judged = evaluation.read(folder)
        for warning in judged.warnings:
            click.echo(f"Warning: {warning}", err=True)
        measured = _run(backend, judged, thesaurus)
    except (BadData, Unavailable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(evaluation.as_json(measured)) if as_json else _as_text(measured))


def _thesaurus() -> Thesaurus:
    """That of the site; where there is no database yet, what comes with the program."""
    try:
        return current_thesaurus()
    except SQLAlchemyError:
        return Thesaurus(shipped())


def _run(backend: str, judged: Judged, thesaurus: Thesaurus) -> Measured:
    temporary = _on_postgresql if backend == "postgresql" else _on_disk
    with temporary() as index, progress_bar("Indexing", len(judged.passages)) as (bar, task):

        def progress(doing: str, done: int, total: int) -> None:
            bar.update(task, description=doing, completed=done, total=total)

        return evaluation.run(index, judged, thesaurus, progress)


@contextmanager
def _on_disk() -> Iterator[Backend]:
    with tempfile.TemporaryDirectory(prefix="rembuk-evaluate-") as folder:
        yield WhooshBackend(Path(folder))


@contextmanager
def _on_postgresql() -> Iterator[Backend]:
    """The tables of the index in a schema of their own, dropped afterwards."""
    if db.engine.dialect.name != "postgresql":
        raise click.UsageError("--backend postgresql: the database is not PostgreSQL.")
    schema = f"search_evaluation_{secrets.token_hex(4)}"
    engine = create_engine(db.engine.url, connect_args={"options": f"-csearch_path={schema}"})
    with db.engine.begin() as connection:
        connection.execute(CreateSchema(schema))
    try:
        metadata.create_all(engine)
        yield PostgresBackend(engine)
    finally:
        engine.dispose()
        with db.engine.begin() as connection:
            connection.execute(DropSchema(schema, cascade=True))


def _as_text(measured: Measured) -> str:
    numbers = evaluation.as_json(measured)
    return "\n".join(
        [
            f"{number(measured.passages)} passages indexed in {measured.index_seconds:.1f} s, "
            f"{number(measured.questions)} questions answered at {numbers['queries_per_second']} a second "
            f"({numbers['cpu_ms_per_query']} ms of CPU each).",
            f"MRR@10     {measured.scores.mrr:.4f}",
            f"nDCG@10    {measured.scores.ndcg:.4f}",
            f"Recall@10  {measured.scores.recall:.4f}",
        ]
    )
