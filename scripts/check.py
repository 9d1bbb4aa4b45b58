"""`make check`: what can be said about the code without running the suite. All of it runs; the failures are named at the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scripts import audits, postgres, translations
from scripts.run_tests import run_pytest

BIN = Path(sys.executable).parent


def tool(*command: str) -> bool:
    return subprocess.run([str(BIN / command[0]), *command[1:]]).returncode == 0


def migrations() -> bool:
    """Models and migrations agree, on every database there is here."""
    tests = ("-q", "tests/arch/test_migrations.py")
    good = run_pytest(*tests, title="on SQLite", TEST_DATABASE_URL="", REMBUK_REQUIRE="") == 0
    if postgres.binaries() is None:
        print("not checked on PostgreSQL, which is not installed here")
        return good
    with postgres.running() as url:
        return run_pytest(*tests, title="on PostgreSQL", TEST_DATABASE_URL=url, REMBUK_REQUIRE="") == 0 and good


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff": lambda: tool("ruff", "check", "."),
    "format": lambda: tool("ruff", "format", "--check", "."),
    "templates: format": lambda: tool("djlint", "templates", "--check", "--quiet"),
    "templates: lint": lambda: tool("djlint", "templates", "--lint", "--quiet"),
    "types": lambda: tool("mypy"),
    "import contracts": lambda: tool("lint-imports"),
    "migrations": migrations,
    "translations": translations.complete,
    "known faults": audits.main,
}


def main() -> int:
    failed = []
    for name, check in CHECKS.items():
        print(f"\n--- {name}", flush=True)
        if not check():
            failed.append(name)
    print("\n" + ("FAILED: " + ", ".join(failed) if failed else "All checks passed."))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
