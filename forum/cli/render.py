"""`flask render`: what a text would look like as a post."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from forum.cli import lines
from forum.core.markup import GUIDE, POST, Limits, Refused, normalise, scope_of
from forum.core.sandbox import Renderer
from forum.discussions.queries.people import all_usernames
from forum.discussions.services.texts import mentioned

_AHEAD = 64
"""How many lines may be under way before the first of them is written."""


@click.command("render")
@click.option("--jsonl", is_flag=True, help='Read {"id", "text"} and write {"id", "html"} or {"id", "error"} lines.')
@click.option("--guide", is_flag=True, help="Allow the length of a guide instead of a post.")
@with_appcontext
def render(jsonl: bool, guide: bool) -> None:
    """Turn Markdown from standard input into the HTML that a post would get.

    Exit status: 0, 1 if the text is refused, 2 if a line is not what --jsonl expects.
    """
    renderer = Renderer()
    try:
        answer = _render_lines if jsonl else _render_text
        status = answer(_Post(renderer, GUIDE if guide else POST, _people()), sys.stdin.buffer, sys.stdout.buffer)
    finally:
        renderer.close()
    sys.exit(status)


def _people() -> frozenset[str] | None:
    """Who can be mentioned; None (anybody) where there is no database yet."""
    try:
        return all_usernames()
    except SQLAlchemyError:
        return None


@dataclass(frozen=True)
class _Post:
    """Renders as the services do when they store a post."""

    renderer: Renderer
    limits: Limits
    people: frozenset[str] | None

    def html(self, text: str) -> str:
        """Raises Refused."""
        body = normalise(text)
        known = None if self.people is None else self.people & mentioned(body)
        return self.renderer.render(body, self.limits, known=known, scope=scope_of(body)).html


def _render_text(post: _Post, source: BinaryIO, target: BinaryIO) -> int:
    try:
        html = post.html(source.read().decode(errors="replace"))
    except Refused as refusal:
        click.echo(str(refusal), err=True)
        return 1
    target.write(html.encode())
    target.flush()
    return 0


def _render_lines(post: _Post, source: BinaryIO, target: BinaryIO) -> int:
    """Answer each line in order, as soon as it can be: whoever sends one line and waits gets its answer."""

    def answer(name: Any, text: str) -> dict[str, Any]:
        try:
            return {"id": name, "html": post.html(text)}
        except Refused as refusal:
            return {"id": name, "error": {"code": refusal.code, "message": str(refusal)}}

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool, _Printer(target) as printer:
        try:
            for name, text in lines.read(source, "text"):
                printer.put(pool.submit(answer, name, text))
        except lines.BadLine as fault:
            printer.finish()
            click.echo(str(fault), err=True)
            return 2
    return 0


class _Printer:
    """Writes answers in the order in which they were asked for, in a thread of its own."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._waiting: queue.Queue[Future[dict[str, Any]] | None] = queue.Queue(_AHEAD)
        self._thread = threading.Thread(target=self._print)
        self._failure: OSError | None = None
        self.put: Callable[[Future[dict[str, Any]]], None] = self._waiting.put

    def __enter__(self) -> _Printer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Wait until everything is written. Raises OSError if the reader went away."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()
        if self._failure:
            raise self._failure

    def _print(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            try:
                # ASCII, because an id may hold what UTF-8 cannot: half of a surrogate pair.
                line = json.dumps(waiting.result()).encode() + b"\n"
                if not self._failure:
                    self._target.write(line)
                    self._target.flush()
            except OSError as failure:
                self._failure = failure
