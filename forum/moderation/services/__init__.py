"""Cases, acts and appeals, as verbs."""

from forum.moderation.services.acting import carry_out, perform, undo
from forum.moderation.services.opening import open_case

__all__ = ["carry_out", "open_case", "perform", "undo"]
