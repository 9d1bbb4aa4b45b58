"""`make test`: the whole suite on SQLite, then all of it but the browser's part on PostgreSQL.

Two processes share the tests. Those that drive a browser or kill processes come after the others and one at a time, since they wait for
the clock.

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


# What pytest says when arguments (`-k ...`) leave no test of a run.
NOTHING_SELECTED = 5
ALONE = "browser or faults"
SHARED = ("-n", "2", "--dist", "worksteal")


def main(arguments: list[str]) -> int:
    parts = required()
    database = postgresql()
    sqlite = {"TEST_DATABASE_URL": "", "REMBUK_REQUIRE": ",".join(sorted(parts - {"postgresql"}))}
    results = [
        run_pytest(*arguments, "-m", ALONE, title="SQLite, browser and faults", **sqlite),
        run_pytest(*arguments, *SHARED, "-m", f"not ({ALONE})", title="SQLite", **sqlite),
    ]
    if database is None:
        print("\nPostgreSQL is not installed: the run on it was left out (apt-get install postgresql).")
        results.append(int("postgresql" in parts))
    else:
        with database as url:
            there = {
                "TEST_DATABASE_URL": url,
                "REMBUK_REQUIRE": ",".join(sorted((parts - {"browser"}) | {"postgresql"})),
            }
            results.append(run_pytest(*arguments, "-m", "faults", title="PostgreSQL, faults", **there))
            results.append(run_pytest(*arguments, *SHARED, "-m", f"not ({ALONE})", title="PostgreSQL", **there))
    failed = [result for result in results if result not in (0, NOTHING_SELECTED if arguments else 0)]
    if failed and not results[-1]:
        print("\nA run further up had failures.")
    return max(failed, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
