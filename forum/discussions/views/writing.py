"""Asking, replying, editing, and the preview."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.attachments.limits import FORM_REQUEST
from forum.attachments.views.taking import FormFiles
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Denied, Invalid
from forum.core.forms import text_of, whole_number
from forum.core.i18n import _
from forum.core.paging import parse_id, with_query
from forum.core.text import one_line
from forum.core.web import flash, see_other, takes_files
from forum.discussions import policy
from forum.discussions.forms import EditForm, ReplyForm, ThreadForm
from forum.discussions.queries import boards, moves, presenting
from forum.discussions.queries.drafts import draft_at
from forum.discussions.queries.records import opening_post_id, post_for, thread_for
from forum.discussions.queries.shapes import FILES, BoardCard, ComposePage, DraftView, EditPage, ReplyPage, ThreadKind
from forum.discussions.services import changing, texts, writing
from forum.discussions.services.texts import MAX_TITLE
from forum.search.services.results import Hit
from forum.search.views.similar import like

# So many words of a title must be in another's before its writer is asked to look.
SHARED_WORDS = 2


def add_routes(blueprint: Blueprint) -> None:
    both = ["GET", "POST"]
    blueprint.add_url_rule("/diskusi/baru", view_func=compose, methods=both)
    blueprint.add_url_rule("/diskusi/<thread:ref>/balas", view_func=reply, methods=both)
    blueprint.add_url_rule("/kiriman/<id:post_id>/sunting", view_func=edit_post, methods=both)
    blueprint.add_url_rule("/pratinjau", view_func=preview, methods=["POST"])


@takes_files(FORM_REQUEST)
def compose() -> str | Response | tuple[str, int]:
    actor = viewer()
    form = ThreadForm()
    files = FormFiles(actor, form)
    similar: tuple[Hit, ...] = ()
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            if earlier := writing.sent_before(actor, text_of(form.key.data), text_of(form.body.data)):
                return see_other(earlier.url)
            if files.settle():
                similar = _not_seen_yet(form)
                if not similar:
                    return _open_thread(form, files)
    page = _compose_page(form, similar, files)
    form.renew_key()
    return render_template("discussions/compose.html", page=page, form=form), 422 if form.has_errors else 200


def _not_seen_yet(form: ThreadForm) -> tuple[Hit, ...]:
    """What is like the new title, unless the writer was shown it (by a script, or by this page the time before)."""
    if form.similar_seen.data == "1":
        return ()
    similar = like(viewer(), text_of(form.title.data))
    if not any(_shares_words(hit) for hit in similar):
        return ()
    form.similar_seen.data = "1"
    return similar


def _shares_words(hit: Hit) -> bool:
    """Alike enough to hold up somebody who sends: the titles themselves have words in common, not the texts alone."""
    return sum(is_marked for _, is_marked in hit.title_parts) >= SHARED_WORDS


def _open_thread(form: ThreadForm, files: FormFiles) -> Response:
    text = texts.post_text(text_of(form.body.data))
    with transaction():
        written = writing.open_thread(
            viewer(),
            board=text_of(form.board.data),
            kind=text_of(form.kind.data),
            title=text_of(form.title.data),
            tags=text_of(form.tags.data),
            text=text,
            key=text_of(form.key.data),
            files=files.chosen,
            override=form.override,
        )
    flash(_("Diskusi Anda sudah terbit."))
    return see_other(written.url)


def _compose_page(form: ThreadForm, similar: tuple[Hit, ...], files: FormFiles) -> ComposePage:
    actor = viewer()
    open_boards = tuple(card for card in boards.boards_for(actor) if card.may_post)
    draft = draft_at(actor, "new")
    other_title = ""
    if request.method == "GET":
        _prefill(form, open_boards)
        if draft:
            other_title = _take_draft_title(form, draft)
            form.body.data, form.tags.data = draft.body, draft.tags
            form.board.data = draft.board_slug or form.board.data
            form.kind.data = draft.kind or form.kind.data
    moderates = any(policy.may_moderate(actor, card.ref.id) for card in open_boards)
    kinds = tuple(ThreadKind) if moderates else (ThreadKind.QUESTION, ThreadKind.PRACTICE)
    form.offer([(card.ref.slug, card.ref.name) for card in open_boards], kinds)
    return ComposePage(
        boards=open_boards,
        kinds=tuple(kinds),
        tag_suggestions=boards.popular_tags(actor),
        draft=draft,
        similar=similar,
        files=files.page(text_of(form.body.data)),
        other_title=other_title,
        other_title_url=with_query(request.path, judul=other_title, pakai=1) if other_title else "",
    )


def _take_draft_title(form: ThreadForm, draft: DraftView) -> str:
    """The draft's title goes before the one in the address, which is given back then; `pakai=1` asks for that of the address."""
    asked = text_of(form.title.data)
    if not asked or request.args.get("pakai") == "1":
        form.title.data = asked or draft.title
        return ""
    form.title.data = draft.title or asked
    return asked if draft.title not in ("", asked) else ""


def _prefill(form: ThreadForm, open_boards: tuple[BoardCard, ...]) -> None:
    """A new question begins with title and board of the address, and that board's template."""
    form.title.data = one_line(request.args.get("judul", "")[: 4 * MAX_TITLE])[:MAX_TITLE]
    wanted = request.args.get("papan", "")
    for card in open_boards:
        if card.ref.slug == wanted:
            form.board.data = wanted
            form.body.data = card.template


@takes_files(FORM_REQUEST)
def reply(ref: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    form = ReplyForm()
    files = FormFiles(actor, form)
    asked = text_of(form.ke.data) if request.method == "POST" else request.args.get("ke", "")
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            if earlier := writing.sent_before(actor, text_of(form.key.data), text_of(form.body.data)):
                return see_other(earlier.url)
            ref = moves.thread_of(actor, ref, parse_id(asked) if asked else None)
            record = writing.thread_to_answer(actor, ref)
            if files.settle():
                return _send_reply(form, ref, parse_id(asked) if asked else opening_post_id(record.id), files)
    ref = moves.thread_of(actor, ref, parse_id(asked) if asked else None)
    parent_id = parse_id(asked) if asked else opening_post_id(thread_for(actor, ref).id)
    head, parent = presenting.post_view(actor, ref, parent_id)
    if not head.may.reply:
        raise Denied(head.may.reply_refusal)
    if parent.is_deleted:
        raise Conflict(
            _("Balasan yang Anda tanggapi sudah dihapus. Tanggapi kiriman lain atau pertanyaannya langsung.")
        )
    draft = draft_at(actor, f"reply:{parent_id}")
    form.ke.data = str(parent_id)
    if request.method == "GET" and draft:
        form.body.data = draft.body
    form.renew_key()
    page = ReplyPage(head, parent, draft, files.page(text_of(form.body.data)))
    return render_template("discussions/reply.html", page=page, form=form), 422 if form.has_errors else 200


def _send_reply(form: ReplyForm, ref: int, parent_id: int, files: FormFiles) -> Response:
    text = texts.post_text(text_of(form.body.data))
    with transaction():
        written = writing.post_reply(
            viewer(), ref, parent_id, text, text_of(form.key.data), files.chosen, form.override
        )
    flash(_("Balasan terkirim"))
    return see_other(written.url)


@takes_files(FORM_REQUEST)
def edit_post(post_id: int) -> str | Response | tuple[str, int]:
    actor = viewer()
    record, post = post_for(actor, post_id)
    if not policy.may_edit(actor, record, post):
        raise Denied(_("Hanya penulis dan moderator yang dapat menyunting kiriman ini."))
    form = EditForm()
    files = FormFiles(actor, form, (FILES, post_id))
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.WRITE, actor.id)
        form.mask_if_asked()
        with form.catching():
            try:
                if files.settle():
                    return _save_edit(form, post_id, files)
            except Conflict as conflict:
                status = conflict.status
                form.refuse(Invalid(str(conflict)))
    head, shown = presenting.post_view(actor, record.id, post_id)
    draft = draft_at(actor, f"edit:{post_id}")
    if request.method == "GET":
        form.body.data = draft.body if draft else post.body
        form.title.data = (draft.title if draft else "") or record.title
        form.tags.data = ", ".join(tag.name for tag in head.tags)
    if not files.only_files:
        form.version.data = str(post.version)
    if form.has_errors and status == 200:
        status = 422
    page = EditPage(head, shown, draft, files.page(text_of(form.body.data)))
    return render_template("discussions/edit.html", page=page, form=form), status


def _save_edit(form: EditForm, post_id: int, files: FormFiles) -> Response:
    text = texts.post_text(text_of(form.body.data))
    with transaction():
        url = changing.edit_post(
            viewer(),
            post_id,
            version=whole_number(form.version.data),
            text=text,
            title=form.title.data if "title" in request.form else None,
            tags=form.tags.data if "tags" in request.form else None,
            reason=text_of(form.reason.data),
            files=files.chosen,
            override=form.override,
        )
    flash(_("Suntingan tersimpan"))
    return see_other(url)


def preview() -> str | tuple[str, int]:
    """The HTML that a text would get, as a piece of a page; a refusal comes with 422 and its reason. `lihat`: the field, or `body`."""
    actor = viewer()
    ratelimit.hit(ratelimit.PREVIEW, actor.id)
    try:
        text = texts.render(request.form.get(request.form.get("lihat", "body"), ""))
    except Invalid as error:
        return render_template("discussions/_preview.html", html="", refusal=str(error)), error.status
    return render_template("discussions/_preview.html", html=text.markup, refusal="")
