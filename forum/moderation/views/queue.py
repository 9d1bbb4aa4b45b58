"""The queue of cases."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from forum.accounts.login import viewer
from forum.core.forms import whole_number
from forum.core.paging import parse_page, with_query
from forum.moderation import policy, subjects
from forum.moderation.addresses import CASES
from forum.moderation.causes import CAUSES
from forum.moderation.queries import cases
from forum.moderation.queries.cases import Filters

STATES = {"terbuka": "open", "selesai": "closed"}
WHOSE = {"saya": "mine", "bebas": "free"}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(CASES, view_func=queue)


def queue() -> str:
    actor = viewer()
    policy.require_moderator(actor)
    filters = _filters()
    page = parse_page(request.args.get("halaman"))
    lines, has_more = cases.queue(actor, filters, page)
    return render_template(
        "moderation/queue.html",
        lines=lines,
        filters=filters,
        counts=cases.counts(actor),
        causes=CAUSES,
        kinds={kind.name: kind.label for kind in subjects.kinds()},
        boards=subjects.boards(actor),
        newer=_address(page - 1) if page > 1 else None,
        older=_address(page + 1) if has_more else None,
    )


def _filters() -> Filters:
    """What the address asks for; what it cannot mean is left out."""
    kind, cause = request.args.get("jenis", ""), request.args.get("sebab", "")
    return Filters(
        state=STATES.get(request.args.get("status", ""), "open"),
        whose=WHOSE.get(request.args.get("pegang", ""), ""),
        kind=kind if kind in {one.name for one in subjects.kinds()} else "",
        cause=cause if cause in set(CAUSES) else "",
        board=whole_number(request.args.get("papan", "")) or None,
    )


def _address(page: int) -> str:
    """This list on another page."""
    kept = {name: request.args.get(name) or None for name in ("status", "pegang", "jenis", "sebab", "papan")}
    return with_query(CASES, **kept, halaman=page if page > 1 else None)
