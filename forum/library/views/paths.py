"""Making and changing learning paths, and who has read them."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Denied
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _
from forum.core.web import flash, see_other
from forum.library import policy
from forum.library.addresses import collection_url
from forum.library.forms import PathForm
from forum.library.queries import desk, paths
from forum.library.queries.paths import PathRecord
from forum.library.services import collecting


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/jalur/baru", "new_path", view_func=new_path, methods=both)
    blueprint.add_url_rule("/jalur/<slug>/sunting", "edit_path", view_func=edit_path, methods=both)
    blueprint.add_url_rule("/jalur/<slug>/pembaca", "path_readers", view_func=path_readers)


def _require_curator() -> None:
    if reason := policy.refuse_curating(viewer()):
        raise Denied(reason)


def new_path() -> str | Response | tuple[str, int]:
    _require_curator()
    return _edit(None)


def edit_path(slug: str) -> str | Response | tuple[str, int]:
    _require_curator()
    return _edit(paths.path_record(slug))


def _edit(path: PathRecord | None) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = PathForm()
    choices = desk.guide_choices(actor, 0)
    places = _places([key for key, _title in choices], path)
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        if path and request.form.get("aksi") == "hapus":
            with transaction():
                collecting.delete_path(actor, path.id)
            flash(_("Jalur belajar dihapus. Panduannya tetap ada."))
            return see_other("/panduan")
        ordered = sorted((place, int(key)) for key, place in places.items() if place)
        with form.catching():
            with transaction():
                slug = collecting.save_path(
                    actor,
                    path.id if path else None,
                    name=text_of(form.name.data),
                    description=text_of(form.description.data),
                    guides=[key for _place, key in ordered],
                )
            flash(_("Jalur belajar tersimpan."))
            return see_other(collection_url(slug))
    elif path:
        form.name.data, form.description.data = path.name, path.description
    body = render_template("library/path_edit.html", form=form, path=path, choices=choices, places=places)
    return body, 422 if form.has_errors else 200


def _places(keys: list[str], path: PathRecord | None) -> dict[str, int]:
    """The place of each guide in the path, 0 for those that are not in it."""
    if request.method == "POST":
        return {key: whole_number(request.form.get(f"urutan-{key}")) for key in keys}
    order = {str(guide_id): place for place, guide_id in enumerate(path.guides, start=1)} if path else {}
    return {key: order.get(key, 0) for key in keys}


def path_readers(slug: str) -> str:
    _require_curator()
    path = paths.path_record(slug)
    return render_template("library/readers.html", path=path, readers=paths.readers(path))
