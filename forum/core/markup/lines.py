"""The marks that begin a block, and what else one line says about itself."""

from __future__ import annotations

import re

HEADING = re.compile(r"[ ]*(#{1,6})[ ]+(\S.*)")
HORIZONTAL_RULE = re.compile(r"[ ]*([-*_])(?:[ ]*\1){2,}[ ]*")
ITEM = re.compile(r"([ ]*)([-+*•]|([0-9]{1,9})[.)])(?:([ ]+)(.*))?")
FOOTNOTE = re.compile(r"[ ]{0,3}\[\^([^\]\s]{1,64})\]:[ ]*")


def indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def expand_leading_tabs(line: str) -> str:
    """Tabs before the first word become spaces, up to the next multiple of four."""
    body = line.lstrip(" \t")
    lead = line[: len(line) - len(body)]
    return lead.expandtabs(4) + body if "\t" in lead else line


def is_delimiter_row(line: str) -> bool:
    """Whether a line is the row of dashes below the header of a table."""
    return "|" in line and "-" in line and set(line) <= set("|:- \t")
