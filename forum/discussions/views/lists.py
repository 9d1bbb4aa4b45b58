"""Home, all threads, boards, tags."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.web import back_to, flash, open_to_suspended, see_other
from forum.discussions.queries import boards, lists
from forum.discussions.queries.shapes import BoardsPage, ListName
from forum.discussions.services import reading

E = TypeVar("E", bound=StrEnum)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", view_func=home)
    blueprint.add_url_rule("/diskusi", view_func=threads)
    blueprint.add_url_rule("/papan", "boards", view_func=all_boards)
    blueprint.add_url_rule("/papan/<slug>", view_func=board)
    blueprint.add_url_rule("/tag/<slug>", view_func=tag)
    blueprint.add_url_rule("/dibaca", view_func=mark_all_read, methods=["POST"])


def choice(kind: type[E], name: str, default: E) -> E:
    """The member of `kind` that the address asks for in parameter `name`. Raises NotFound for what it does not know."""
    value = request.args.get(name)
    if not value:
        return default
    try:
        return kind(value)
    except ValueError:
        raise NotFound from None


def _asked() -> tuple[ListName, str | None]:
    return choice(ListName, "daftar", ListName.LATEST), request.args.get("setelah")


def home() -> str:
    return render_template("discussions/home.html", page=lists.home_page(viewer(), *_asked()))


def threads() -> str:
    return render_template("discussions/threads.html", page=lists.threads_page(viewer(), *_asked()))


def all_boards() -> str:
    return render_template("discussions/boards.html", page=BoardsPage(boards.boards_for(viewer())))


def board(slug: str) -> str:
    return render_template("discussions/board.html", page=lists.board_page(viewer(), slug, *_asked()))


def tag(slug: str) -> str | Response:
    page = lists.tag_page(viewer(), slug, *_asked())
    if page.tag and page.tag.slug != slug:
        query = request.query_string.decode("ascii", "ignore")
        return redirect(f"{page.tag.url}?{query}" if query else page.tag.url, 301)
    return render_template("discussions/tag.html", page=page)


@open_to_suspended
def mark_all_read() -> Response:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        reading.mark_all_read(actor)
    flash(_("Semua diskusi ditandai sudah dibaca."))
    return see_other(back_to("/"))
