"""The English catalogue against the texts in code and templates (which are Indonesian, and are the message ids).

Alone it checks: nothing missing, fuzzy or left over, placeholders agree, the compiled file is up to date. `--write` collects and compiles.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "forum" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = {"forum": [("**.py", "python")], "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")]}
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}


def collected() -> Catalog:
    """Every text that code and templates ask to be translated."""
    catalog = Catalog(domain="messages", project="Rembuk", locale="en", fuzzy=False)
    for folder, methods in SOURCES.items():
        options = {pattern: {"silent": "false", "trimmed": "true"} for pattern, _ in methods}
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder,
            method_map=methods,
            options_map=options,
            keywords=KEYWORDS,
            directory_filter=lambda folder: True,  # else `_layout` and `_parts` are passed over
        ):
            catalog.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def stored() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en", domain="messages")


def compiled(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def faults() -> list[str]:
    """What is wrong, a line each."""
    if not PO.exists():
        return [f"{PO.relative_to(ROOT)} is missing"]
    have = stored()
    found = [*_untranslated(have), *_left_over(have)]
    found += [f"{error}: {message.id!r}" for message, errors in have.check() for error in errors]
    mo = PO.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(have):
        found.append(f"{mo.relative_to(ROOT)} is not what messages.po gives")
    return found


def _untranslated(have: Catalog) -> Iterator[str]:
    for message in collected():
        if not message.id:
            continue
        there = have.get(message.id)
        strings = () if there is None else (there.string,) if isinstance(there.string, str) else there.string
        if not strings or not all(strings):
            yield f"not translated: {message.id!r} ({message.locations[0][0]})"


def _left_over(have: Catalog) -> Iterator[str]:
    wanted = {message.id for message in collected()}
    for message in have:
        if message.id and message.id not in wanted:
            yield f"no longer used: {message.id!r}"
        if message.id and message.fuzzy:
            yield f"marked fuzzy: {message.id!r}"
    yield from (f"left over: {text!r}" for text in have.obsolete)


def complete() -> bool:
    """Whether the catalogue is as it should be; prints what is not."""
    found = faults()
    for fault in found:
        print(fault)
    if found:
        print("`make translations` collects and compiles; then fill in what is empty.")
    return not found


def write() -> None:
    """Bring messages.po to the texts of today, keeping what is translated, and compile it."""
    catalog = stored() if PO.exists() else Catalog(locale="en", domain="messages", project="Rembuk", fuzzy=False)
    catalog.update(collected(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    PO.with_suffix(".mo").write_bytes(compiled(stored()))


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    sys.exit(not complete())
