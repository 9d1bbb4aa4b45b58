"""The thesaurus: list, new, edit with a preview, delete, bring back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid
from forum.core.forms import whole_number
from forum.core.i18n import _
from forum.core.paging import page_window, parse_page
from forum.core.web import flash, see_other
from forum.search import policy
from forum.search.documents import Unavailable
from forum.search.queries import thesaurus as queries
from forum.search.queries.thesaurus import EntriesPage, EntryRow, State
from forum.search.services import previewing
from forum.search.services import thesaurus as services
from forum.search.services.previewing import Preview
from forum.search.services.thesaurus import Change
from forum.search.thesaurus import BROADER, LONGEST_TERM, SYNONYMS
from forum.search.views.moderation import THESAURUS_PAGE, EntryForm, address, form_page
from forum.search.views.pages import PageLink, Paging

LONGEST_SAMPLE = 200


def add_routes(blueprint: Blueprint) -> None:
    both, post = ["GET", "POST"], ["POST"]
    blueprint.add_url_rule(THESAURUS_PAGE, view_func=thesaurus)
    blueprint.add_url_rule(f"{THESAURUS_PAGE}/baru", view_func=thesaurus_new, methods=both)
    blueprint.add_url_rule(f"{THESAURUS_PAGE}/<ref>", view_func=thesaurus_edit, methods=both)
    blueprint.add_url_rule(f"{THESAURUS_PAGE}/<ref>/hapus", view_func=thesaurus_delete, methods=post)
    blueprint.add_url_rule(f"{THESAURUS_PAGE}/<ref>/pulihkan", view_func=thesaurus_undelete, methods=post)
    blueprint.add_url_rule(f"{THESAURUS_PAGE}/<ref>/asal", view_func=thesaurus_reset, methods=post)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the preview has: `found`, or the reason why it has nothing."""

    found: Preview | None = None
    reason: str = ""


def thesaurus() -> str:
    """The entries, by their first word; `q` looks in all of their words, `status` for one state."""
    policy.require_curator(viewer())
    only = request.args.get("status", "")
    only = only if only in set(State) else ""
    page = queries.listing(request.args.get("q", "")[:LONGEST_TERM], only, parse_page(request.args.get("hal")))
    return render_template("search/moderation/thesaurus.html", page=page, paging=_paging(page))


def _paging(page: EntriesPage) -> Paging:
    def here(number: int) -> str:
        return address(
            THESAURUS_PAGE, [("q", page.query), ("status", page.only), ("hal", number if number > 1 else "")]
        )

    return Paging(
        pages=page.pages,
        previous=here(page.page - 1) if page.page > 1 else None,
        next=here(page.page + 1) if page.page < page.pages else None,
        links=tuple(
            None if number is None else PageLink(number, here(number), number == page.page)
            for number in page_window(page.page, page.pages)
        ),
    )


def thesaurus_new() -> BaseResponse:
    """A new entry; `kata` fills in a word that somebody searched for in vain."""
    actor = viewer()
    policy.require_curator(actor)
    form, looked = EntryForm(), None
    if form.is_submitted():
        ratelimit.hit(ratelimit.ACT, actor.id)
        with form.catching():
            if _is_preview():
                looked = _look(form, "")
            else:
                with transaction():
                    services.create(actor, _change(form))
                flash(_("Entri ditambahkan. Pencarian berikutnya sudah memakainya."))
                return see_other(THESAURUS_PAGE)
    else:
        word = request.args.get("kata", "")[:LONGEST_TERM]
        form.terms.data, form.sample.data = f"{word}\n" if word else "", word
    return _page(form, None, looked)


def thesaurus_edit(ref: str) -> BaseResponse:
    """One entry. Whoever was slower sees what it became meanwhile, and keeps what they typed."""
    actor = viewer()
    policy.require_curator(actor)
    row = queries.entry_row(ref)
    form, looked = EntryForm(), None
    if form.is_submitted():
        ratelimit.hit(ratelimit.ACT, actor.id)
        try:
            with form.catching():
                if _is_preview():
                    looked = _look(form, row.ref)
                else:
                    with transaction():
                        services.update(actor, ref, _change(form), _version(form))
                    flash(_("Perubahan tersimpan. Pencarian berikutnya sudah memakainya."))
                    return see_other(THESAURUS_PAGE)
        except Conflict as error:
            return _overtaken(form, ref, str(error))
    else:
        _fill(form, row)
    return _page(form, row, looked)


def thesaurus_delete(ref: str) -> BaseResponse:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        services.delete(actor, ref, _version(EntryForm()))
    flash(_("Entri dihapus."), undo=f"{THESAURUS_PAGE}/{ref}/pulihkan")
    return see_other(THESAURUS_PAGE)


def thesaurus_undelete(ref: str) -> BaseResponse:
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        services.undelete(actor, ref)
    flash(_("Entri dipulihkan."))
    return see_other(f"{THESAURUS_PAGE}/{ref}")


def thesaurus_reset(ref: str) -> BaseResponse:
    """As it came with the program."""
    actor = viewer()
    ratelimit.hit(ratelimit.ACT, actor.id)
    with transaction():
        services.restore_shipped(actor, ref)
    flash(_("Entri dikembalikan seperti bawaannya."))
    return see_other(f"{THESAURUS_PAGE}/{ref}")


def _is_preview() -> bool:
    return request.form.get("act") == "preview"


def _change(form: EntryForm) -> Change:
    return Change(
        relation=form.relation.data or "",
        head=form.head.data or "",
        terms=form.terms.data or "",
        weight=form.weight.data or "",
        note=form.note.data or "",
    )


def _version(form: EntryForm) -> int:
    """As of which version the form was opened; a mangled one is none that there was."""
    return whole_number(form.version.data, -1)


def _look(form: EntryForm, ref: str) -> Looked:
    """Raises Invalid."""
    sample = (form.sample.data or "").strip()[:LONGEST_SAMPLE]
    if not sample:
        raise Invalid(_("Tulis pencarian contoh yang ingin dicoba."), "sample")
    try:
        return Looked(previewing.preview(viewer(), _change(form), sample, ref))
    except Unavailable:
        return Looked(reason=_("Indeks pencarian sedang tidak dapat dibaca, jadi pratinjau belum bisa dibuat."))


def _overtaken(form: EntryForm, ref: str, what_happened: str) -> Response:
    """Somebody was faster: what they made of it, beside what was typed. Saving once more puts this in its place."""
    row = queries.entry_row(ref)
    form.form_errors = [*form.form_errors, what_happened]
    form.version.data = str(row.version)
    return _page(form, row, None, status=409, is_overtaken=True)


def _fill(form: EntryForm, row: EntryRow) -> None:
    entry = row.entry
    form.relation.data, form.head.data = entry.relation, entry.head
    form.terms.data, form.weight.data = "\n".join(entry.terms), str(entry.weight)
    form.note.data, form.version.data = row.note, str(row.version)
    form.sample.data = entry.head or entry.terms[0]


def _page(
    form: EntryForm, row: EntryRow | None, looked: Looked | None, status: int = 422, is_overtaken: bool = False
) -> Response:
    weights = [("0.8", _("Sama artinya (0,8)")), ("0.6", _("Hampir sama (0,6)")), ("0.4", _("Kadang-kadang (0,4)"))]
    if form.weight.data and form.weight.data not in dict(weights):
        weights.append((form.weight.data, form.weight.data[:12].replace(".", ",")))
    relations = (
        (SYNONYMS, _("Padanan"), _("Tiap kata menemukan semua yang lain: ktp, kartu tanda penduduk")),
        (BROADER, _("Kata umum"), _("Kata umum menemukan juga kata khususnya: pajak menemukan PBB")),
    )
    return form_page(
        "search/moderation/entry.html",
        form,
        status,
        row=row,
        looked=looked,
        weights=weights,
        relations=relations,
        is_overtaken=is_overtaken,
    )
