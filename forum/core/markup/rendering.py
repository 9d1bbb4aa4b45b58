"""The way in: Markdown to sanitised HTML, step by step, each of which may refuse."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from forum.core.markup.addresses import ID_PREFIX
from forum.core.markup.blocks import parse
from forum.core.markup.document import Document, Run
from forum.core.markup.inline import inline_html
from forum.core.markup.limits import POST, Limits, Refused, bound, check_length
from forum.core.markup.sanitiser import clean
from forum.core.markup.text import normalise

RENDERER_VERSION = 1
"""Moves whenever the same text may give other HTML. Stored beside the HTML, which is rendered again when it moved."""

_SCOPE = re.compile(r"[a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitised HTML and what it points at.

    `mentions` are lower-case user names, `references` thread numbers: each once, in order of appearance.
    """

    html: str
    mentions: tuple[str, ...]
    references: tuple[int, ...]
    version: int


def _prepare(text: str, limits: Limits) -> Document:
    check_length(text, limits)
    document = Document(normalise(text), limits)
    bound("too_long", len(document.source), limits.characters)
    parse(document)
    return document


def check_bounds(text: str, limits: Limits = POST) -> None:
    """Refuse a text that is too large or too deeply nested, before anything is rendered. Raises Refused.

    Linear in the length of the text. What only the rendered page shows (distinct mentions, size of the HTML) is
    bounded by `render`.
    """
    _prepare(text, limits)


def check_scope(scope: str) -> None:
    """Raise ValueError for a scope that could not be part of an id."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError(f"not a scope: {scope!r}")


def scope_of(text: str) -> str:
    """A scope made of the text itself, so that a post has the same HTML wherever it is rendered, before it has an id too."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def render(
    text: str,
    limits: Limits = POST,
    *,
    known: frozenset[str] | None = None,
    images: Mapping[str, tuple[int, int]] | None = None,
    scope: str = "",
) -> Rendered:
    """Markdown to sanitised HTML, in this process.

    `known` restricts which `@names` become links (lower case; None: all). `scope` (a-z, 0-9, -) goes into the ids of
    footnotes, so that several posts can stand on one page: use something that is fixed for the post, such as "p41".
    `images`: width and height of uploaded images, by token; what is not among them becomes a link (None: nothing is known of
    them, and all are shown). Raises Refused, and ValueError for a scope that is not one.
    """
    check_scope(scope)
    try:
        document = _prepare(text, limits)
        run = Run(document, known, f"{ID_PREFIX}{scope}-" if scope else ID_PREFIX, images)
        unsafe = inline_html(run)
    except RecursionError:
        raise Refused("too_complex") from None
    allowed = limits.html(len(document.source))
    bound("output_too_large", len(unsafe), allowed)
    html = clean(unsafe)
    bound("output_too_large", len(html), allowed)
    return Rendered(html, tuple(run.mentions), tuple(run.references), RENDERER_VERSION)
