"""The pins are complete: what is chosen, what that needs, nothing else; and each choice has its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> tuple[dict[str, Requirement], dict[str, Requirement]]:
    """The chosen packages of a file, and the others."""
    chosen, _, needed = (ROOT / file).read_text().partition("# Needed by those")
    both = []
    for part in (chosen, needed):
        lines = [line.split("#")[0].strip() for line in part.splitlines()]
        read = [Requirement(line) for line in lines if line and not line.startswith("-r")]
        both.append({canonical(requirement.name): requirement for requirement in read})
    return both[0], both[1]


def closure(chosen: Iterable[Requirement]) -> set[str]:
    """The names of `chosen` and of all that they need here."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = list(chosen)
    while todo:
        requirement = todo.pop()
        key = (canonical(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        for text in metadata.distribution(requirement.name).requires or []:
            inner = Requirement(text)
            extras = [*requirement.extras, ""]
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(inner)
    return {name for name, _ in seen}


def test_run_time_pins_are_complete_and_without_surplus() -> None:
    chosen, needed = pins("requirements.txt")
    assert closure(chosen.values()) == set(chosen) | set(needed)


def test_development_pins_are_complete_and_without_surplus() -> None:
    chosen, needed = pins("requirements-dev.txt")
    run_chosen, run_needed = pins("requirements.txt")
    run = set(run_chosen) | set(run_needed)
    assert closure(chosen.values()) - run - {"pip"} == (set(chosen) | set(needed)) - run


def test_every_pin_is_exact_and_names_no_registry() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / file).read_text()
        assert "://" not in text
        assert "--index" not in text
        for part in pins(file):
            for name, requirement in part.items():
                assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), name


def test_every_chosen_package_has_its_reason() -> None:
    text = canonical((ROOT / "docs" / "dependencies.md").read_text())
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert [name for name in pins(file)[0] if f"`{name}`" not in text] == []
