"""Our pinned packages against the public lists of vulnerabilities. What is found fails; a list that cannot be reached is said, and passes.

A finding that does not concern us goes into `ACCEPTED`, with the reason and until when it was looked at, and into docs/security.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Identifier of the finding -> why it does not concern us.
ACCEPTED: dict[str, str] = {}


@dataclass(frozen=True)
class Finding:
    package: str
    identifier: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.package}: {self.identifier}, {self.remedy}"


@dataclass(frozen=True)
class Report:
    """What one list says. `unchecked`: packages that it could not look up."""

    packages: int
    findings: tuple[Finding, ...] = ()
    unchecked: int = 0
    trouble: str = ""


def read_pip(text: str) -> Report:
    """The JSON of pip-audit."""
    try:
        packages = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Report(0, trouble="no report")
    findings = tuple(
        Finding(
            f"{package['name']} {package['version']}",
            fault["id"],
            f"mended in {', '.join(fault['fix_versions']) or 'nothing yet'}",
        )
        for package in packages
        for fault in package.get("vulns", ())
    )
    return Report(len(packages), findings, sum("skip_reason" in package for package in packages))


def read_npm(text: str) -> Report:
    """The JSON of npm audit."""
    try:
        report = json.loads(text)
        known = report["vulnerabilities"]
        packages = int(report["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        return Report(0, trouble="no report")
    return Report(packages, tuple(_npm_findings(known)))


def _npm_findings(known: dict[str, Any]) -> Iterator[Finding]:
    for name, entry in known.items():
        remedy = "there is a fix" if entry.get("fixAvailable") else "there is no fix yet"
        for cause in entry.get("via", ()):
            if isinstance(cause, dict):  # a string names another package of this list
                yield Finding(name, str(cause.get("url") or cause.get("source")).rsplit("/", 1)[-1], remedy)


def judge(name: str, report: Report) -> bool:
    """Tell what was found; false for a finding that nobody has accepted."""
    if report.trouble:
        print(f"WARNING: {name}: not checked, the list could not be reached ({report.trouble})")
        return True
    if report.unchecked:
        print(f"WARNING: {name}: {report.unchecked} of {report.packages} packages could not be looked up")
    new = [finding for finding in report.findings if finding.identifier not in ACCEPTED]
    for finding in report.findings:
        print(f"{'FOUND' if finding in new else 'accepted'}: {finding} {ACCEPTED.get(finding.identifier, '')}".rstrip())
    print(f"{name}: {report.packages - report.unchecked} packages checked, {len(report.findings)} known faults")
    return not new


def python() -> bool:
    good = True
    for name in ("requirements.txt", "requirements-dev.txt"):
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "report.json"
            command = [
                str(BIN / "pip-audit"),
                "-r",
                name,
                "--no-deps",
                "--disable-pip",
                "--progress-spinner=off",
                "--timeout=10",
            ]
            done = subprocess.run(
                [*command, "--format=json", f"--output={answer}"], cwd=ROOT, capture_output=True, text=True
            )
            last = (done.stderr.strip().splitlines() or ["no answer"])[-1][:150]
            report = read_pip(answer.read_text()) if answer.exists() else Report(0, trouble=last)
        good = judge(name, report) and good
    return good


def node() -> bool:
    """What builds the front end. None of it runs where people are; it could change what is built."""
    try:
        command = ["npm", "audit", "--json", "--package-lock-only"]
        environment = {**os.environ, "npm_config_fetch_timeout": "10000", "npm_config_fetch_retries": "0"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        return judge("package-lock.json", Report(0, trouble=type(error).__name__))
    report = read_npm(done.stdout)
    if report.trouble and done.stderr.strip():
        lines = [
            line for line in done.stderr.strip().splitlines() if "audit" in line
        ] or done.stderr.strip().splitlines()
        report = Report(0, trouble=lines[0][:150])
    return judge("package-lock.json", report)


def main() -> bool:
    """Both, whatever the first says."""
    return all([python(), node()])
