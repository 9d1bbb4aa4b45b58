"""What is searched for, and in vain; and for how long that is kept."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.i18n import _
from forum.core.options import SEARCH_LOG_DAYS
from forum.core.paging import parse_page
from forum.core.web import see_other
from forum.search import policy
from forum.search.queries import gaps as queries
from forum.search.queries.gaps import RANGES, Table
from forum.search.services import log
from forum.search.views.moderation import GAPS_PAGE, RetentionForm, address, form_page

USUAL_RANGE = 30


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(GAPS_PAGE, view_func=gaps)
    blueprint.add_url_rule(f"{GAPS_PAGE}/masa-simpan", view_func=search_retention, methods=["POST"])


def gaps() -> BaseResponse | str:
    """The beginning of the three tables, or with `tabel` one of them, page by page; `hari` is the range."""
    policy.require_curator(viewer())
    only = request.args.get("tabel", "")
    if only in set(Table):
        return _one(Table(only), _days(), parse_page(request.args.get("hal")))
    form = RetentionForm(formdata=None)
    return _overview(form)


def search_retention() -> BaseResponse:
    """For how many days searches are kept."""
    actor = viewer()
    form = RetentionForm()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with form.catching():
        with transaction():
            log.set_retention(actor, form.search_log_days.data or "")
        flash(_("Masa simpan tersimpan. Catatan yang lebih lama dihapus dalam sehari."), "success")
        return see_other(GAPS_PAGE)
    return _overview(form)


def _overview(form: RetentionForm) -> BaseResponse:
    days, kept_days = _days(), SEARCH_LOG_DAYS.get()
    if form.search_log_days.data is None:
        form.search_log_days.data = str(kept_days)
    return form_page(
        "search/moderation/gaps.html",
        form,
        days=days,
        ranges=RANGES,
        totals=queries.totals(days),
        tables=queries.overview(days),
        kept=SEARCH_LOG_DAYS,
        kept_days=kept_days,
        may_set_retention=policy.may_set_retention(viewer()),
        more={which: address(GAPS_PAGE, [("tabel", which.value), ("hari", days)]) for which in Table},
    )


def _one(which: Table, days: int, number: int) -> str:
    page = queries.table(which, days, number)

    def here(to: int) -> str:
        return address(GAPS_PAGE, [("tabel", which.value), ("hari", days), ("hal", to if to > 1 else "")])

    return render_template(
        "search/moderation/gaps_table.html",
        which=which,
        page=page,
        days=days,
        ranges=RANGES,
        newer=here(number - 1) if number > 1 else "",
        older=here(number + 1) if page.has_more else "",
    )


def _days() -> int:
    """The range that was asked for; anything else is the usual one."""
    text = request.args.get("hari", "")
    return int(text) if text in map(str, RANGES) else USUAL_RANGE
