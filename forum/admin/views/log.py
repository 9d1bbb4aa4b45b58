"""The audit log: search, and an export that is itself in the log."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, make_response, render_template, request, stream_with_context

from forum.accounts.login import viewer
from forum.admin import queries
from forum.admin.views.blueprint import blueprint
from forum.audit import queries as log
from forum.audit import services
from forum.audit.queries import Search
from forum.core import clock, ratelimit
from forum.core.db import transaction
from forum.core.i18n import local_date


@blueprint.get("/catatan")
def audit_log() -> Response:
    """Entries, the latest first; the address says which."""
    asked = queries.asked(request.args)
    page = queries.log_page(asked, request.args.get("setelah"))
    return make_response(render_template("admin/log.html", page=page), 422 if asked.faults else 200)


@blueprint.post("/catatan/ekspor")
def audit_export() -> Response:
    """What the form asks for as JSON lines, the oldest first, sent while it is read."""
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    asked = queries.asked(request.form)
    if asked.faults:
        return make_response(render_template("admin/log.html", page=queries.log_page(asked, None)), 422)
    with transaction():
        services.record(actor, "audit.export", "audit_log", None, after={"search": asked.filled()})
    name = f"catatan-{local_date(clock.now()).isoformat()}.jsonl"
    return Response(
        stream_with_context(_lines(asked.search)),
        mimetype="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(search: Search) -> Iterator[str]:
    for entries in log.everything(search, log.last_number()):
        yield "".join(f"{entry.as_json()}\n" for entry in entries)
