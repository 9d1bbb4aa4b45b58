"""`flask serve` as one process tree: what happens when parts of it end, and what it says when it cannot start."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")), reason="on a SQLite file of its own: done in the run on SQLite"
)


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for: {what}")
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(word) for word in found.stdout.split()]


def tree(process: subprocess.Popen[bytes] | None) -> list[int]:
    """The process, its children and theirs."""
    if process is None:
        return []
    below = children(process.pid)
    return [process.pid, *below, *(pid for child in below for pid in children(child))]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


class Serving:
    """A `flask serve` without sample content (its database has a user already)."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
        self.environment = {**kept, "INSTANCE_PATH": str(folder), "PORT": str(self.port), "HOST": "127.0.0.1"}
        self.output = folder.parent / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def flask(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**self.environment, **environment}, capture_output=True, text=True, timeout=60
        )

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        wait_for(self.answers, "an answer")
        wait_for(lambda: len(tree(self.process)) == 5, "supervisor, gunicorn, its two workers, the worker")
        return self.process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sehat", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def sql(self, statement: str) -> None:
        with sqlite3.connect(Path(self.environment["INSTANCE_PATH"]) / "rembuk.sqlite") as connection:
            connection.execute(statement)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with its schema and one account."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    serving = Serving(folder)
    serving.flask("db", "upgrade")
    created = serving.flask(
        *("users", "create", "--username", "sari", "--email", "sari@contoh.invalid"),
        *("--name", "Sari", "--role", "member", "--password", "panjang-dan-tidak-umum"),
    )
    assert created.returncode == 0, created.stderr
    return folder


@pytest.fixture
def serving(tmp_path: Path, prepared: Path) -> Iterator[Serving]:
    serving = Serving(Path(shutil.copytree(prepared, tmp_path / "instance")))
    yield serving
    if serving.process and serving.process.poll() is None:
        os.killpg(serving.process.pid, signal.SIGKILL)
        serving.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_with_status_0(serving: Serving, number: int) -> None:
    process = serving.start()
    everybody = tree(process)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 0
    assert [pid for pid in everybody if alive(pid)] == []
    assert "Traceback" not in serving.output.read_text()
    assert re.search(rf"http://127\.0\.0\.1:{serving.port}\b", serving.output.read_text())


def test_ctrl_c_reaches_the_whole_group_and_stops_quietly(serving: Serving) -> None:
    process = serving.start()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert "Traceback" not in serving.output.read_text()
    assert not serving.answers()


def test_a_dead_worker_is_started_again_while_the_site_answers(serving: Serving) -> None:
    process = serving.start()
    (worker,) = [pid for pid in children(process.pid) if not children(pid)]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: "starting it again" in serving.output.read_text(), "the notice")
    assert serving.answers()
    wait_for(lambda: len(children(process.pid)) == 2, "a new worker")
    assert worker not in children(process.pid)


def test_when_the_web_server_is_killed_all_ends_with_a_failure(serving: Serving) -> None:
    process = serving.start()
    (web,) = [pid for pid in children(process.pid) if children(pid)]
    os.kill(web, signal.SIGKILL)
    assert process.wait(PATIENCE) == 1
    wait_for(lambda: not serving.answers(), "silence")


def test_when_the_supervisor_is_killed_nothing_is_left_behind(serving: Serving) -> None:
    process = serving.start()
    everybody = tree(process)
    process.kill()
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in everybody), "the end of the tree")


def test_a_port_in_use_is_one_sentence(serving: Serving) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", serving.port))
        taken.listen()
        answer = serving.flask("serve")
    assert_one_sentence(answer, f"port {serving.port}: something else listens there")


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["db", "upgrade"], ["--help"]])
def test_a_broken_setting_is_one_sentence_from_any_command(serving: Serving, command: list[str]) -> None:
    assert_one_sentence(serving.flask(*command, REMBUK_WEB_WORKERS="banyak"), "REMBUK_WEB_WORKERS is not valid")


def test_an_instance_that_cannot_be_made_is_one_sentence(serving: Serving) -> None:
    assert_one_sentence(serving.flask("serve", INSTANCE_PATH="/proc/nowhere"), "INSTANCE_PATH")


def test_a_database_that_is_away_is_one_sentence(serving: Serving) -> None:
    answer = serving.flask("serve", REMBUK_DATABASE_URL="postgresql://127.0.0.1:1/rembuk")
    assert_one_sentence(answer, "The database cannot be used")


def test_a_database_of_a_newer_version_is_not_touched(serving: Serving) -> None:
    serving.sql("UPDATE alembic_version SET version_num = '9999'")
    assert_one_sentence(serving.flask("serve"), "written by a newer Rembuk")


def test_a_production_start_refuses_sample_accounts(serving: Serving) -> None:
    serving.sql("UPDATE users SET is_sample = 1")
    for command in ("serve", "worker"):
        answer = serving.flask(
            command, REMBUK_ENV="production", REMBUK_HTTPS="1", REMBUK_BASE_URL="https://rembuk.contoh.go.id"
        )
        assert_one_sentence(answer, "sample accounts")


def test_a_production_start_refuses_plain_http(serving: Serving) -> None:
    assert_one_sentence(serving.flask("serve", REMBUK_ENV="production"), "REMBUK_HTTPS=1")


def assert_one_sentence(answer: subprocess.CompletedProcess[str], part: str) -> None:
    assert answer.returncode == 1
    assert part in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
