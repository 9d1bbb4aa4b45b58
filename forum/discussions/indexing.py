"""Registers what this feature contributes to the others."""

from __future__ import annotations

from forum.core.content import ContributionTab, register_board_names, register_contributions
from forum.core.i18n import lazy
from forum.discussions.queries import contributions
from forum.discussions.queries.admin import board_names


def register() -> None:
    """The tabs of a profile, in their order, and the names of boards."""
    register_contributions(
        ContributionTab("diskusi", lazy("Diskusi"), contributions.thread_count, contributions.threads)
    )
    register_contributions(
        ContributionTab("balasan", lazy("Balasan"), contributions.reply_count, contributions.replies)
    )
    register_contributions(
        ContributionTab("solusi", lazy("Jawaban diterima"), contributions.solution_count, contributions.solutions)
    )
    register_board_names(board_names)
