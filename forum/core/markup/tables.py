"""Tables: rows of cells divided by `|`, with a row of dashes below the first."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree  # noqa: N813 (as Python-Markdown names it)

from forum.core.markup.container import Container
from forum.core.markup.limits import bound
from forum.core.markup.lines import is_delimiter_row

_CELL_EDGE = re.compile(r"\\.|(`+)[^`]+\1(?!`)|\|")


def table(container: Container, i: int) -> int:
    """A line with a `|` above a row of dashes, and every line with a `|` below."""
    if "|" not in container.lines[i] or i + 1 >= len(container.lines) or not is_delimiter_row(container.lines[i + 1]):
        return 0
    end = i + 2
    while end < len(container.lines) and "|" in container.lines[end]:
        bound("line_too_long", len(container.lines[end]), container.document.limits.line)
        end += 1
    rows = [_cells(line) for line in container.lines[i:end]]
    columns = max(map(len, rows))
    bound("table_too_wide", columns, container.document.limits.table_columns)
    bound("table_too_long", len(rows) - 2, container.document.limits.table_rows)
    _add_table(container, rows[0], rows[2:], [_alignment(cell) for cell in rows[1]], columns)
    return end


def _add_table(
    container: Container, head: list[str], body: list[list[str]], align: list[str | None], columns: int
) -> None:
    """Short rows are filled up; rows longer than the header widen it, so that no cell is lost."""
    # Keyboard users scroll a wide table by focusing its box (WCAG 2.1.1).
    box = container.add("div", {"class": "table-scroll", "tabindex": "0"})
    table = etree.SubElement(box, "table")
    _add_row(container, etree.SubElement(table, "thead"), "th", head, align, columns)
    if not body:
        return
    tbody = etree.SubElement(table, "tbody")
    for row in body:
        _add_row(container, tbody, "td", row, align, columns)


def _add_row(
    container: Container, parent: etree.Element, tag: str, cells: list[str], align: list[str | None], columns: int
) -> None:
    row = etree.SubElement(parent, "tr")
    for k in range(columns):
        side = align[k] if k < len(align) else None
        cell = etree.SubElement(row, tag, {"align": side} if side else {})
        if k < len(cells):
            container.document.text(cell, cells[k])


def _cells(row: str) -> list[str]:
    """The cells of one table row. A `|` that is escaped or inside code does not divide."""
    row = row.strip()
    cells, start = [], 0
    for edge in _CELL_EDGE.finditer(row):
        if edge.group() == "|":
            cells.append(row[start : edge.start()])
            start = edge.end()
    cells.append(row[start:])
    if row.startswith("|"):
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _alignment(delimiter: str) -> str | None:
    left, right = delimiter.startswith(":"), delimiter.endswith(":")
    return {(True, True): "center", (True, False): "left", (False, True): "right"}.get((left, right))
