"""Which rows are a person's own, and which only mention them. A test holds every reference to an account against this list.

`OWN`: columns by which rows belong to somebody: they are in the export. `ERASED`: of these, what goes when the account is erased.
`MENTIONS`: columns that name somebody in a row that is about another thing (who decided, who edited last): the row is not theirs.
A table that this installation does not have is passed over.
"""

from __future__ import annotations

OWN = (
    "users.id",
    "user_sessions.user_id",
    "one_time_links.user_id",
    "threads.author_id",
    "posts.author_id",
    "post_revisions.editor_id",
    "drafts.user_id",
    "votes.user_id",
    "read_marks.user_id",
    "read_horizons.user_id",
    "guide_revisions.author_id",
    "guide_comments.user_id",
    "guide_flags.user_id",
    "guide_votes.user_id",
    "acknowledgements.user_id",
    "guide_sketches.user_id",
    "attachments.uploader_id",
    "notices.user_id",
    "warnings.user_id",
    "moderation_flags.user_id",
    "moderation_appeals.user_id",
    "second_factors.user_id",
    "user_identities.user_id",
    "audit_log.actor_id",
)
ERASED = (
    "user_sessions.user_id",
    "one_time_links.user_id",
    "drafts.user_id",
    "read_marks.user_id",
    "read_horizons.user_id",
    "guide_sketches.user_id",
    "notices.user_id",
    "second_factors.user_id",
    "user_identities.user_id",
)
MENTIONS = (
    "threads.last_author_id",
    "threads.solved_by_id",
    "threads.summary_by_id",
    "posts.deleted_by_id",
    "guides.owner_id",
    "guides.validated_by_id",
    "guide_revisions.reviewer_id",
    "guide_flags.resolved_by_id",
    "site_options.updated_by_id",
    "thesaurus_entries.updated_by_id",
    "privacy_findings.decided_by_id",
    "breaches.opened_by_id",
    "posts.edited_by_id",
    "notices.actor_id",
    "warnings.by_id",
    "moderation_acts.actor_id",
    "moderation_acts.undone_by_id",
    "moderation_appeals.decided_by_id",
    "moderation_cases.assignee_id",
    "moderation_cases.author_id",
    "moderation_cases.decided_by_id",
    "moderation_concerns.user_id",
    "moderation_notes.author_id",
)
# Kept by the system for itself: what opens a session or a password, what a program made of a text.
LEFT_OUT = frozenset(
    {
        "password_hash",
        "token_hash",
        "idempotency_key",
        "html",
        "summary_html",
        "renderer_version",
        "fingerprint",
        "secret",
        "salt",
        "last_step",
    }
)
