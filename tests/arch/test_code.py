"""Rules about the code that no tool of `make check` knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from forum.config import Settings
from forum.core.db import Base

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for path in (ROOT / "forum").rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """The public functions of a module."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def calls(tree: ast.AST) -> Iterator[str]:
    """Every call in `tree`, as it is written: `session.commit`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def layer(path: Path, name: str) -> bool:
    """Whether a module belongs to a layer: `services.py`, or a file of the package `services`."""
    return path.stem == name or name in path.parts


def test_every_module_says_what_it_is_for() -> None:
    trees = {name_of(path): ast.parse(path.read_text()) for path in CODE}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def test_every_rule_says_what_it_is_for() -> None:
    rules = [path for path in CODE if layer(path, "services") or layer(path, "policy")]
    assert rules
    silent = [(name_of(path), f.name) for path in rules for f in functions(path) if not ast.get_docstring(f)]
    assert silent == []


def test_only_entrances_open_and_end_transactions() -> None:
    for path in CODE:
        made = list(calls(ast.parse(path.read_text())))
        inner = any(layer(path, name) for name in ("services", "queries", "policy", "models", "forms"))
        if inner and name_of(path) not in MAY_OPEN:
            assert not {call for call in made if call.split(".")[-1] == "transaction"}, path
        if name_of(path) not in MAY_COMMIT and not name_of(path).startswith(INDEXES):
            assert not {call for call in made if call.endswith(".commit")}, path


# Renders between its transactions, since a slow text must not hold the database; the worker calls it.
MAY_OPEN = {"forum/discussions/services/upkeep.py"}
# The transaction itself; and, on connections of their own, bulk loading for benchmarks and indexes.
MAY_COMMIT = {"forum/core/db.py", "forum/demo/scale.py"}
INDEXES = ("forum/search/backends/", "forum/search/benchmark/")
# Whoosh pickles blocks of postings; who could change files of the index could change the program as well.
MAY_UNPICKLE = {"forum/search/backends/whoosh_segments.py"}


def test_only_the_clock_asks_what_time_it_is() -> None:
    for path in CODE:
        if name_of(path) != "forum/core/clock.py":
            made = set(calls(ast.parse(path.read_text())))
            assert not made & {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.today"}, path


def test_nothing_is_unpickled_or_evaluated() -> None:
    for path in CODE:
        if name_of(path) in MAY_UNPICKLE:
            continue
        made = set(calls(ast.parse(path.read_text())))
        assert not made & {"eval", "exec", "pickle.loads", "pickle.load", "yaml.load", "os.system"}, path
        assert "shell=True" not in path.read_text(), path


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    plain = {"host", "port", "instance_path"}
    names = [name.upper() if name in plain else f"REMBUK_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {f"REMBUK_{name.upper()}" for name in Settings.model_fields} | {"REMBUK_REQUIRE"}
    texts = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]
    found = {name for path in texts for name in re.findall(r"REMBUK_[A-Z0-9_]*[A-Z]", path.read_text())}
    assert found - known == set()


def test_every_table_name_is_a_plural_or_a_log() -> None:
    assert [name for name in Base.metadata.tables if not name.endswith(("s", "_log", "outbox", "board_access"))] == []


def test_import_contracts_hold() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_starting_imports_nothing_that_only_some_commands_need() -> None:
    """The start stays quick: what is slow to import waits until it is used."""
    late = ["gunicorn", "playwright", "pytest", "hypothesis", "whoosh", "httpx", "authlib", "joserfc"]
    code = f"import sys, wsgi; print([name for name in {late!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
