"""What can go wrong, as rules see it. `core.web` turns each into one HTTP status and one page."""

from __future__ import annotations


class RembukError(Exception):
    """Base of all refusals. `reason` is a sentence for the user (translated, or lazily so); `str()` gives it."""

    status = 400

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class NotFound(RembukError):
    """There is no such thing, or the viewer may not know that there is."""

    status = 404


class Denied(RembukError):
    """The viewer may see the thing but not do this with it."""

    status = 403


class Conflict(RembukError):
    """Something happened meanwhile; doing it would destroy another's work or contradict the state."""

    status = 409


class Gone(RembukError):
    """It was there, and the viewer might see it; it is no more."""

    status = 410


class TooLarge(RembukError):
    status = 413


class Invalid(RembukError):
    """Input breaks a rule. `field` names the input that it is about, '' for the whole."""

    status = 422

    def __init__(self, reason: object, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class Unavailable(RembukError):
    """What it needs is not there at the moment; nothing was lost."""

    status = 503


class TooMany(RembukError):
    """A rate limit is reached. `retry_after`: seconds until it is worth trying again."""

    status = 429

    def __init__(self, reason: object, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
