"""The scripts keep to the page's policy: text becomes elements in one place, and nothing is run that was not delivered."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "frontend" / "js").rglob("*.js"))
BUILT = sorted((ROOT / "static" / "dist").glob("*.js"))
# Places where a string would become code or elements (Trusted Types calls them sinks).
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|srcdoc"
    r"|\beval\(|new Function|setTimeout\(['\"`]|setInterval\(['\"`]|insertHTML|javascript:"
)
POLICY = "frontend/js/html.js"


def test_no_script_of_ours_makes_elements_of_text_but_through_the_policy() -> None:
    assert len(SOURCES) > 15
    found = {path.name: SINKS.findall(path.read_text()) for path in SOURCES if path != ROOT / POLICY}
    assert {name: sinks for name, sinks in found.items() if sinks} == {}


def test_one_policy_is_made_and_packages_go_through_it_too() -> None:
    made = re.findall(r"createPolicy\([\"'](\w+)", "".join(path.read_text() for path in BUILT))
    assert made == ["rembuk"]
    assert "trusted-types rembuk" in (ROOT / "forum" / "core" / "web.py").read_text()
    build = (ROOT / "frontend" / "build.mjs").read_text()
    assert "inject: ['js/html.js']" in build, "DOMParser of packages would bypass the policy"
    for path in BUILT:
        assert not re.search(r"new DOMParser\b|\.innerHTML\s*=[^=]", path.read_text()), path.name
