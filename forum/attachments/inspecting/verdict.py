"""How the readers of the child say no."""

from __future__ import annotations


class No(Exception):
    """The file will not be taken: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
