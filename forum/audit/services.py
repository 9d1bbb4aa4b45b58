"""Writing the log. There is no verb for changing or removing an entry."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from forum.audit import chain
from forum.audit.chain import Content
from forum.audit.models import AuditEntry, AuditHead
from forum.core import clock
from forum.core.db import at_the_end, insert
from forum.core.privacy import mask
from forum.core.viewer import Viewer

MAX_REASON = 500
# Names of values that nobody must find in a log that is kept for ever and handed on.
_SECRET = re.compile(
    r"(^|_)(password|passwd|kata_sandi|secret|token|totp|otp|recovery|cookie|session_key|nip)(_|$)", re.IGNORECASE
)
HIDDEN = "(dirahasiakan)"


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
    """Note, in the caller's transaction, that `actor` did `action` ("thread.lock") to an object, with old and new values.

    It is written as the last thing before the commit. Values whose name is that of a secret are left out of it, and numbers of
    people masked: what is in the log stays there. Raises RuntimeError outside a transaction.
    """
    values = {
        "at": clock.now(),
        "actor_id": actor.id,
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "before": _kept(before),
        "after": _kept(after),
        "reason": mask(reason)[:MAX_REASON],
    }
    at_the_end(_append, values)


def _kept(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """The values as the database will give them back (keys are texts, tuples are lists), without secrets."""
    if values is None:
        return None
    plain: dict[str, Any] = _without_secrets(json.loads(json.dumps(values)))
    return plain


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return mask(value) if isinstance(value, str) else value
    return {
        # A yes or no tells that a secret is there, or was changed, and not which.
        name: HIDDEN if _SECRET.search(name) and not isinstance(item, bool | None) else _without_secrets(item)
        for name, item in value.items()
    }


def _append(session: Session, entries: list[dict[str, Any]]) -> None:
    """Put `entries` at the end of the chain. Whoever is here waits for whoever came before."""
    count, last = _hold_head(session)
    rows = []
    for number, entry in enumerate(entries, start=count + 1):
        last = chain.follow(last, Content(id=number, **entry))
        rows.append({"id": number, **entry, "hash": last})
    session.execute(insert(session, AuditEntry), rows)
    session.execute(
        sql_update(AuditHead)
        .where(AuditHead.id == 1)
        .values(length=count + len(rows), hash=last)
        .execution_options(synchronize_session=False)
    )


def _hold_head(session: Session) -> tuple[int, str]:
    """How many entries there are and the hash of the last, held until the end of the transaction (SQLite has one writer anyway)."""
    head = select(AuditHead.length, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    row = session.execute(head).one_or_none()
    if row is None:
        first = insert(session, AuditHead).values(id=1, length=0, hash=chain.START)
        session.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        row = session.execute(head).one()
    return row.length, row.hash
