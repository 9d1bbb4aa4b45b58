"""The check of known faults: a finding fails unless it is accepted with a reason; a list that cannot be reached does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts import audits
from scripts.audits import Finding, Report, judge, read_npm, read_pip

ROOT = Path(__file__).resolve().parents[2]
PIP = json.dumps({
    "dependencies": [
        {"name": "nh3", "version": "0.3.8", "vulns": []},
        {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": []}]},
        {"name": "rembuk", "skip_reason": "not found"},
    ]
})  # fmt: skip
NPM = json.dumps({
    "vulnerabilities": {
        "esbuild": {"via": [{"source": 1, "url": "https://github.com/advisories/GHSA-x"}], "fixAvailable": True},
        "other": {"via": ["esbuild"], "fixAvailable": False},
    },
    "metadata": {"dependencies": {"total": 41}},
})  # fmt: skip


def test_reports_are_read() -> None:
    assert read_pip(PIP) == Report(3, (Finding("jinja2 2.0", "PYSEC-1", "mended in 2.1"),), 1)
    assert read_npm(NPM) == Report(41, (Finding("esbuild", "GHSA-x", "there is a fix"),))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"message": "405 Method Not Allowed"}', "null", "<html>"])
def test_what_is_no_report_is_a_list_that_could_not_be_reached(text: str) -> None:
    assert read_pip(text).trouble
    assert read_npm(text).trouble


def test_a_finding_fails_an_accepted_one_and_silence_do_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge("x", Report(3))
    assert judge("x", Report(0, trouble="405"))
    assert "not checked" in capsys.readouterr().out
    assert not judge("x", read_pip(PIP))
    assert "FOUND: jinja2 2.0: PYSEC-1, mended in 2.1" in capsys.readouterr().out
    monkeypatch.setitem(audits.ACCEPTED, "PYSEC-1", "we never call it (2026-11)")
    assert judge("x", read_pip(PIP))


def test_what_is_accepted_is_explained_in_the_documents() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    assert [identifier for identifier in audits.ACCEPTED if identifier not in text] == []


def test_every_exception_from_the_security_rules_says_why() -> None:
    """ruff's S rules (those of bandit) are on for all that is the product."""
    settings = (ROOT / "pyproject.toml").read_text()
    assert '"S"' in settings.partition("select = [")[2].partition("]")[0]
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "forum").rglob("*.py"))
        if "versions" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"noqa: *S\d+", line) and not re.search(r"noqa: *S\d+[^-]*- \w", line)
    ]
    assert silent == []
