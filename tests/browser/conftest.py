"""A real Chromium in front of the real server, in an installation of its own with sample content and threads of odd shapes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from forum.demo import content
from tests.browser.visitor import DESK, PHONE, Visitor

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 90
STAFF = ("admin", "kurator", "pegawai")

NewVisitor = Callable[..., Visitor]


@dataclass(frozen=True)
class Site:
    """The running server. `seed`: where the threads of tests/browser/seed.py are."""

    url: str
    instance: Path
    seed: dict[str, Any]
    storages: dict[str, Any]

    @property
    def sample_thread(self) -> str:
        """The address of the first thread of the sample content."""
        return "/diskusi/1"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url + "/sehat", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("peramban")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REMBUK_", "TEST_DATABASE_URL"))}
    port = _free_port()
    environment = {**kept, "INSTANCE_PATH": str(folder / "instance"), "PORT": str(port), "HOST": "127.0.0.1"}
    url, log = f"http://127.0.0.1:{port}", folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait(server, url, log)
        seeded = subprocess.run(
            [sys.executable, "-m", "tests.browser.seed"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
        )
        yield Site(url, folder / "instance", json.loads(seeded.stdout), {})
        faults = [line for line in log.read_text().splitlines() if "Traceback" in line or '"crash"' in line]
        assert not faults, f"the server stumbled:\n{log.read_text()[-4000:]}"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(site: Site, browser: Any) -> Iterator[NewVisitor]:
    """Makes visitors: `visitor("pegawai", width=360, js=False)` is signed in already, `visitor()` is a stranger."""
    with ExitStack() as stack:

        def make(username: str = "", **how: Any) -> Visitor:
            storage = None
            if username:
                if username not in site.storages:
                    site.storages[username] = _signed_in(browser, site.url, username)
                storage = site.storages[username]
            return stack.enter_context(Visitor(browser, site.url, username=username, storage=storage, **how))

        yield make


def _signed_in(browser: Any, url: str, username: str) -> Any:
    """The cookies of a new session of `username`."""
    with Visitor(browser, url) as visitor:
        answer = visitor.post("/masuk", "/masuk", identifier=username, password="rembuk-contoh")
        assert "/masuk" not in answer.url, f"{username} could not sign in"
        return visitor.context.storage_state()


_members = cycle(
    [
        person["username"]
        for person in content.people()
        if person["role"] == "member" and person["username"] not in STAFF
    ]
)


@pytest.fixture
def member() -> str:
    """Somebody who has not written much in the last minute."""
    return next(_members)


@pytest.fixture(params=[PHONE, DESK])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=[False, True], ids=["tanpa-js", "js"])
def js(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
