"""Why signing in by the provider came to nothing. `code` is for the log; it never holds anything that was sent."""

from __future__ import annotations

from forum.core.errors import RembukError


class Refused(RembukError):
    """What came back is not to be believed, or leads to no account. Nothing was stored."""

    status = 403

    def __init__(self, code: str, reason: object = "", status: int = 403) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


class Unreachable(RembukError):
    """The provider does not answer, answers too slowly or too much, or with what is no answer."""

    status = 503

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
