"""`make test`: the whole suite on SQLite, then all of it but the browser's part on PostgreSQL.

PostgreSQL is that of TEST_DATABASE_URL (it is emptied), else one started for the purpose where it is installed. Arguments go to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext

from scripts import postgres


def required() -> set[str]:
    """The optional parts that REMBUK_REQUIRE names: what is missing of them is a failure."""
    return {part.strip() for part in os.environ.get("REMBUK_REQUIRE", "").split(",") if part.strip()}


def run_pytest(*arguments: str, **environment: str) -> int:
    print(f"\n=== {environment.pop('title')} ===", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env={**os.environ, **environment}).returncode


def postgresql() -> AbstractContextManager[str] | None:
    """The database of the second run, as a context that yields its address."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return nullcontext(given)
    return postgres.running() if postgres.binaries() else None


def main(arguments: list[str]) -> int:
    parts = required()
    first = run_pytest(
        *arguments, title="SQLite", TEST_DATABASE_URL="", REMBUK_REQUIRE=",".join(sorted(parts - {"postgresql"}))
    )
    database = postgresql()
    if database is None:
        print("\nPostgreSQL is not installed: the run on it was left out (apt-get install postgresql).")
        return first or ("postgresql" in parts)
    with database as url:
        second = run_pytest(
            *arguments, "-m", "not browser", title="PostgreSQL", TEST_DATABASE_URL=url, REMBUK_REQUIRE="postgresql"
        )
    if first:
        print("\nThe run on SQLite, further up, had failures.")
    return first or second


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
