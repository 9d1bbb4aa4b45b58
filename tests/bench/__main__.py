"""`make bench`: every measurement, one after the other; `python -m tests.bench lists` only those named."""

from __future__ import annotations

import importlib
import sys

ALL = ("thread_pages", "lists", "render_bench")


def main(names: list[str]) -> None:
    """Run the benchmarks of these names, all of them when none is named."""
    for name in names or ALL:
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
