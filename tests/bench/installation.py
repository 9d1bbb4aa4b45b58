"""A throw-away installation with sample content, and requests to it that bring their own numbers back."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from forum.app import create_app
from forum.core.db import db
from forum.demo.load import SAMPLE_PASSWORD, load_sample
from tests.conftest import make_settings, post

WARM, RUNS = 5, 30


@dataclass(frozen=True)
class Measured:
    """Medians over RUNS requests after WARM unmeasured ones. Times in milliseconds of process CPU, sizes in bytes."""

    statements: int
    cpu: float
    worst: float
    size: int
    compressed: int
    text: str


@contextmanager
def installation() -> Iterator[tuple[Flask, FlaskClient]]:
    """An application on an empty SQLite database (or the one of TEST_DATABASE_URL), with sample content, signed in as a member."""
    with tempfile.TemporaryDirectory(prefix="rembuk-bench-") as folder:
        app = create_app(make_settings(Path(folder)))
        with app.app_context():
            upgrade()
            load_sample()
            client = app.test_client()
            post(client, "/masuk", identifier="pegawai", password=SAMPLE_PASSWORD)
            yield app, client
            db.session.remove()
            db.engine.dispose()


def measure(client: FlaskClient, url: str) -> Measured:
    """Fetch `url` again and again; the numbers are those of its Server-Timing header."""
    cpu = []
    for turn in range(WARM + RUNS):
        answer = client.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        timing = answer.headers["Server-Timing"]
        if turn >= WARM:
            cpu.append(float(timing.split("cpu;dur=")[1].split(",")[0]))
    return Measured(
        statements=int(timing.split('sql;desc="')[1].split('"')[0]),
        cpu=statistics.median(cpu),
        worst=sorted(cpu)[int(len(cpu) * 0.95)],
        size=len(answer.data),
        compressed=len(brotli.compress(answer.data, quality=4)),
        text=answer.get_data(as_text=True),
    )
