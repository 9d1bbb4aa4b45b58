"""A PostgreSQL that lives as long as a test run: own directory, own socket, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a crash would cost does not matter here; what a test run costs does.
OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, the newest version if there are several; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running() -> Iterator[str]:
    """Start a cluster; yields the address of its empty database. PostgreSQL refuses to run as root, so root uses `postgres`."""
    where = binaries()
    if where is None:
        raise RuntimeError("PostgreSQL is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="rembuk-pg-"))
    become: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        become = ["runuser", "-u", "postgres", "--"]

    def call(program: str, *arguments: str) -> None:
        command = [*become, str(where / program), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    data = folder / "data"
    try:
        call("initdb", "-D", str(data), "-U", "rembuk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        # The server must not hold the pipe that `call` reads from, so its output goes to a file.
        call("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", f"{OPTIONS} -k {folder}", "-w", "start")
        call("createdb", "-h", str(folder), "-U", "rembuk", "rembuk")
        yield f"postgresql+psycopg://rembuk@/rembuk?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            call("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
