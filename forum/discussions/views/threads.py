"""Reading a thread, a branch, the history of a post."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import content, ratelimit
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.paging import parse_id, parse_page, with_query
from forum.core.web import flash, open_to_suspended, see_other, wants_json
from forum.discussions.forms import ReplyForm
from forum.discussions.queries import branches, moves, threads
from forum.discussions.queries import history as histories
from forum.discussions.queries.records import thread_for
from forum.discussions.queries.shapes import BranchPage, Sort, View
from forum.discussions.services import reading
from forum.discussions.views.lists import choice
from forum.search.documents import Kind, group_of
from forum.search.services.results import SimilarPage
from forum.search.views.similar import like


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/diskusi/<thread:ref>", view_func=thread)
    blueprint.add_url_rule("/diskusi/<thread:ref>/cabang/<id:post_id>", view_func=branch)
    blueprint.add_url_rule("/diskusi/<thread:ref>/serupa", view_func=similar)
    blueprint.add_url_rule("/diskusi/<thread:ref>/dibaca", view_func=mark_read, methods=["POST"])
    blueprint.add_url_rule("/kiriman/<id:post_id>/riwayat", view_func=history)


def optional_id(name: str) -> int | None:
    """The id that the address carries in parameter `name`, if any. Raises NotFound for what is no id."""
    value = request.args.get(name)
    return parse_id(value) if value else None


def thread(ref: int) -> str | Response:
    asked_sort = request.args.get("urut")
    target = optional_id("balasan")
    number = parse_page(request.args.get("halaman"))
    sort = choice(Sort, "urut", Sort.OLDEST) if asked_sort else None
    view = choice(View, "tampilan", View.NESTED)
    try:
        page = threads.thread_page(viewer(), ref, page=number, sort=sort, view=view, target_id=target)
    except NotFound:
        return redirect(moves.new_address(viewer(), ref, target), 301)
    if page.thread.original and not request.args:
        return redirect(with_query(page.thread.original[1], dari=ref), 302)
    if request.path != page.thread.url:
        return _led_to(page.thread.url)
    if isinstance(page, BranchPage):
        return render_template("discussions/branch.html", page=page)
    form = ReplyForm(formdata=None, ke=str(page.opening.id))
    if page.reply_draft:
        form.body.data = page.reply_draft.body
    came_from = optional_id("dari")
    return render_template("discussions/thread.html", page=page, form=form, came_from=came_from)


def _led_to(url: str) -> Response:
    """The same page under its own address, with the parameters that were asked for."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{url}?{query}" if query else url, 301)


def branch(ref: int, post_id: int) -> str | Response:
    number = parse_page(request.args.get("halaman"))
    try:
        page = branches.branch_page(viewer(), ref, post_id, number)
    except NotFound:
        return redirect(moves.new_address(viewer(), ref, post_id), 301)
    if request.path != page.root.branch_url:
        return _led_to(page.root.branch_url)
    return render_template("discussions/branch.html", page=page)


def history(post_id: int) -> str:
    page = histories.history_page(viewer(), post_id, optional_id("dari"), optional_id("ke"))
    return render_template("discussions/history.html", page=page)


def similar(ref: int) -> str | Response:
    """What is like a thread: a page of its own, which a script puts at the end of the thread's when a reader comes there."""
    actor = viewer()
    ratelimit.hit_here(ratelimit.SIMILAR, actor.id)
    record = thread_for(actor, ref)
    url = f"{record.url}/serupa"
    if request.path != url:
        return _led_to(url)
    hits = like(actor, record.title, without=group_of(Kind.THREAD, record.id))
    page = SimilarPage(record.title, record.url, hits, "threads", content.made_from(actor, record.id))
    return render_template("search/alike.html", page=page)


@open_to_suspended
def mark_read(ref: int) -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    number = request.form.get("number")
    with transaction():
        upto = parse_id(number) if number else thread_for(actor, ref).last_number
        record = reading.mark_read(actor, ref, upto)
    if wants_json():
        return jsonify(read=min(upto, record.last_number))
    flash(_("Diskusi ini ditandai sudah dibaca."))
    return see_other(record.url)
