"""The index, a guide, its history, its export, learning paths."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import clock, ratelimit
from forum.core.errors import NotFound
from forum.core.paging import parse_id, parse_page
from forum.core.printing.making import as_pdf, is_available
from forum.core.text import one_line
from forum.library.addresses import guide_url
from forum.library.queries import export, guides, history, lists, picking
from forum.search.documents import Kind, group_of
from forum.search.services.results import SimilarPage
from forum.search.views.similar import like


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/panduan", "index", view_func=index)
    blueprint.add_url_rule("/panduan/pilih", view_func=pick)
    blueprint.add_url_rule("/panduan/<slug>", view_func=guide)
    blueprint.add_url_rule("/panduan/<slug>/riwayat", "history", view_func=guide_history)
    blueprint.add_url_rule("/panduan/<slug>/serupa", view_func=similar)
    blueprint.add_url_rule("/panduan/<slug>/markdown", "markdown", view_func=as_markdown)
    blueprint.add_url_rule("/panduan/<slug>/pdf", view_func=guide_pdf)
    blueprint.add_url_rule("/jalur/<slug>", view_func=path)
    blueprint.add_url_rule("/jalur/<slug>/markdown", view_func=path_markdown)
    blueprint.add_url_rule("/jalur/<slug>/pdf", view_func=path_pdf)


def index() -> str:
    asked = lists.Asked(
        area=request.args.get("bidang", ""),
        unit=request.args.get("opd", ""),
        tag=request.args.get("tag", ""),
        state=request.args.get("keadaan", ""),
        sort=request.args.get("urut", "judul"),
        page=parse_page(request.args.get("hal")),
    )
    return render_template("library/index.html", page=lists.library_page(viewer(), asked))


def pick() -> Response:
    """Guides to cite for what is typed, as JSON for scripts."""
    actor = viewer()
    ratelimit.hit_here(ratelimit.SUGGEST, actor.id)
    found = picking.pick(actor, one_line(request.args.get("q", ""))[:80])
    return jsonify([{"title": one.title, "url": one.url, "state": one.badge_label, "area": one.area} for one in found])


def guide(slug: str) -> str | Response:
    try:
        page = guides.guide_page(viewer(), slug)
    except NotFound:
        moved = guides.address_of(viewer(), slug)
        if moved is None:
            raise
        return redirect(guide_url(moved), 301)
    return render_template("library/guide.html", page=page, has_pdf=is_available())


def guide_history(slug: str) -> str:
    """`versi`: the text that is looked at; `dari`: the one that it is compared with."""
    newer, older = request.args.get("versi"), request.args.get("dari")
    page = history.history_page(viewer(), slug, parse_id(older) if older else None, parse_id(newer) if newer else None)
    return render_template("library/history.html", page=page)


def similar(slug: str) -> str:
    """What is like a guide: a page of its own, which a script puts at the end of the guide's when a reader comes there."""
    actor = viewer()
    ratelimit.hit_here(ratelimit.SIMILAR, actor.id)
    page = guides.guide_page(actor, slug)
    hits = like(actor, page.title, without=group_of(Kind.GUIDE, page.id))
    return render_template("search/alike.html", page=SimilarPage(page.title, page.url, hits, "library"))


def as_markdown(slug: str) -> Response:
    return _markdown_file(export.as_markdown(viewer(), slug), slug)


def _markdown_file(text: str, name: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.md"'
    return response


def guide_pdf(slug: str) -> Response:
    page = guides.guide_page(viewer(), slug)
    return _pdf_file(slug, "library/print/guide.html", page=page)


def path_pdf(slug: str) -> Response:
    path, pages = export.path_guides(viewer(), slug)
    return _pdf_file(slug, "library/print/path.html", path=path, pages=pages, now=clock.now())


def _pdf_file(name: str, template: str, **values: Any) -> Response:
    ratelimit.hit_here(ratelimit.PDF, viewer().id)
    origin = current_app.config["SETTINGS"].own_address
    response = make_response(as_pdf(render_template(template, origin=origin, **values)))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def path_markdown(slug: str) -> Response:
    return _markdown_file(export.path_as_markdown(viewer(), slug), slug)


def path(slug: str) -> str:
    return render_template("library/path.html", page=lists.path_page(viewer(), slug), has_pdf=is_available())
