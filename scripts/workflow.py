"""Writes the table of docs/library.md from `forum/library/workflow.py`. `--write` replaces it, without it the text is printed."""

from __future__ import annotations

import sys
from pathlib import Path

from forum.library.workflow import NEEDS_REASON, TRANSITIONS, Action, State, Who

PATH = Path(__file__).resolve().parent.parent / "docs" / "library.md"
BEGIN, END = "<!-- workflow: made by python -m scripts.workflow --write -->", "<!-- end of workflow -->"


def table() -> str:
    """A line for each state and action that anybody may take, with the state that follows for each role."""
    lines = [f"| state | action | {' | '.join(Who)} | |", "|" + "---|" * (len(Who) + 3)]
    for state in State:
        for action in Action:
            after = [TRANSITIONS.get((state, action, who)) for who in Who]
            if any(after):
                cells = " | ".join(target or "-" for target in after)
                lines.append(f"| {state} | {action} | {cells} | {'needs a reason' if action in NEEDS_REASON else ''} |")
    return "\n".join(lines)


def document(text: str) -> str:
    """The file `text` with the table of today."""
    head, _, rest = text.partition(BEGIN)
    _old, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PATH.write_text(document(PATH.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())
