"""Tags: list, rename, synonyms, merge."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts.login import viewer
from forum.admin.forms import MergeForm, TagForm, lines_of
from forum.admin.views.blueprint import blueprint, form_page
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.i18n import _, ngettext
from forum.discussions.queries import admin
from forum.discussions.services import tags as services


@blueprint.get("/tag")
def tags() -> str:
    """All tags, by name; `q` looks in names and synonyms."""
    return render_template(
        "admin/tags.html", page=admin.tags_page(request.args.get("q", ""), request.args.get("setelah"))
    )


@blueprint.route("/tag/<slug>", methods=["GET", "POST"])
def tag_edit(slug: str) -> BaseResponse:
    """One tag: its name and the words that lead to it."""
    page = admin.tag_entry(slug)
    form = TagForm()
    if form.is_submitted():
        with form.catching():
            with transaction():
                services.update_tag(viewer(), page.id, name=form.name.data or "", synonyms=lines_of(form.synonyms.data))
            flash(_("Perubahan tersimpan."), "success")
            return redirect(url_for("admin.tags"))
    else:
        form.name.data, form.synonyms.data = page.name, "\n".join(page.synonyms)
    return form_page("admin/tag.html", form, names=form, merge=MergeForm(formdata=None), page=page)


@blueprint.post("/tag/<slug>/gabung")
def tag_merge(slug: str) -> BaseResponse:
    """Give its threads another tag, and its words to that tag."""
    page = admin.tag_entry(slug)
    merge = MergeForm()
    with merge.catching():
        target = admin.tag_id_of(merge.target.data or "")
        if target is None:
            raise Invalid(_("Tidak ada tag dengan nama itu."), "target")
        with transaction():
            count = services.merge_tag(viewer(), page.id, target)
        flash(
            ngettext("Tag digabungkan: kini %(num)d diskusi.", "Tag digabungkan: kini %(num)d diskusi.", count),
            "success",
        )
        return redirect(url_for("admin.tags"))
    names = TagForm(formdata=None, data={"name": page.name, "synonyms": "\n".join(page.synonyms)})
    return form_page("admin/tag.html", merge, names=names, merge=merge, page=page)
