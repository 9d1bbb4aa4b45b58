"""Cases, acts and appeals, as verbs."""

from forum.moderation.services.acting import perform, undo
from forum.moderation.services.opening import open_case

__all__ = ["open_case", "perform", "undo"]
