"""Templates: every one compiles, every one that is named exists, and none undoes the Content-Security-Policy or the escaping."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())
HANDLER = re.compile(r"""\son[a-z]+\s*=""", re.IGNORECASE)
STYLE = re.compile(r"""\sstyle\s*=|<style\b""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)

# `|safe` and `Markup` switch escaping off. HTML of posts comes from the sanitiser as Markup, so no template needs it.
MAY_USE_SAFE: set[str] = set()


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles_and_what_it_includes_exists(app: Flask, name: str) -> None:
    app.jinja_env.get_template(name)
    tree = app.jinja_env.parse(source(name))
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        wanted = node.template  # type: ignore[attr-defined]
        if isinstance(wanted, nodes.Const):
            assert wanted.value in TEMPLATES, f"{name} wants {wanted.value}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_keeps_to_the_content_security_policy(name: str) -> None:
    text = source(name)
    assert not HANDLER.findall(text), "no inline handlers: the policy refuses them"
    assert not STYLE.findall(text), "no inline styles: the policy refuses them"
    for script in SCRIPT.findall(text):
        assert "nonce=" in script, f"without a nonce the browser will not run {script}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_does_not_switch_escaping_off(name: str) -> None:
    text = source(name)
    assert "autoescape" not in text
    if name not in MAY_USE_SAFE:
        assert not re.search(r"\|\s*safe\b", text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_form_that_posts_carries_a_token(name: str) -> None:
    for form in re.findall(r"<form\b.*?</form>", source(name), re.DOTALL | re.IGNORECASE):
        if re.search(r"""method=["']?post""", form.split(">", 1)[0] + ">", re.IGNORECASE):
            assert "csrf_field()" in form, f"{name}: {form[:80]}"


def rendered() -> Iterator[tuple[str, str]]:
    """Where code names a template by a literal: file and template."""
    for path in sorted((ROOT / "forum").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"\w[\w/]+\.html", node.value)
            ):
                yield str(path.relative_to(ROOT)), node.value


def test_every_template_that_code_names_exists() -> None:
    named = list(rendered())
    assert named
    assert [place for place in named if place[1] not in TEMPLATES] == []


def test_every_template_is_used() -> None:
    """A page by code, a part by another template, a mail by the name of its folder."""
    named = {name for _, name in rendered()}
    texts = " ".join(source(name) for name in TEMPLATES)
    code = " ".join(path.read_text() for path in (ROOT / "forum").rglob("*.py"))
    unused = []
    for name in TEMPLATES:
        quoted = f'"{name.split("/")[1]}"' if name.startswith("mail/") else f'"{name}"'
        if name not in named and quoted not in texts + code and quoted.replace('"', "'") not in texts:
            unused.append(name)
    assert unused == []
