"""Writing the log. There is no verb for changing or removing an entry."""

from __future__ import annotations

from typing import Any

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.viewer import Viewer


def record(
    actor: Viewer,
    action: str,
    object_kind: str,
    object_id: int | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note, in the caller's transaction, that `actor` did `action` ("thread.lock") to an object, with old and new values."""
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor.id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            before=before,
            after=after,
            reason=reason[:500],
        )
    )
