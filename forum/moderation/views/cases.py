"""One case: read it, take it or hand it over, talk about it, decide."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.accounts.login import viewer
from forum.core import ratelimit
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.forms import Form, text_of, whole_number
from forum.core.i18n import _, message_id, translated
from forum.core.web import flash, see_other
from forum.moderation import acts, policy, subjects
from forum.moderation.acts import Act
from forum.moderation.addresses import CASES, case_url
from forum.moderation.causes import CAUSES, FLAG_REASONS
from forum.moderation.forms import HandOverForm, NoteForm, ReasonForm, act_form, values_of
from forum.moderation.queries import cases
from forum.moderation.queries.cases import CasePage
from forum.moderation.services import deciding
from forum.moderation.subjects import Subject

Page = Response | str | tuple[str, int]


def add_routes(blueprint: Blueprint) -> None:
    post, both = ["POST"], ["GET", "POST"]
    blueprint.add_url_rule(f"{CASES}/<id:case_id>", view_func=case)
    blueprint.add_url_rule(f"{CASES}/<id:case_id>/pegang", view_func=hand_over, methods=post)
    blueprint.add_url_rule(f"{CASES}/<id:case_id>/catatan", view_func=add_note, methods=post)
    blueprint.add_url_rule(f"{CASES}/<id:case_id>/putuskan", view_func=decide, methods=both)


def case(case_id: int) -> Page:
    policy.require_moderator(viewer())
    return _case_page(case_id, NoteForm(formdata=None))


def _case_page(case_id: int, form: Form, status: int = 422) -> Page:
    """The page of a case around a form that was not good; forms that were not sent start afresh."""
    page = cases.case_page(viewer(), case_id)
    notes = form if isinstance(form, NoteForm) else NoteForm(formdata=None)
    handing = form if isinstance(form, HandOverForm) else HandOverForm(formdata=None)
    handing.version.data = str(page.record.version)
    body = render_template(
        "moderation/case.html",
        page=page,
        form=form,
        notes=notes,
        handing=handing,
        choices=offered(page.subject) if _may_decide(page) else (),
        may_decide=_may_decide(page),
        causes=CAUSES,
        reasons=FLAG_REASONS,
    )
    return body, status if form.has_errors else 200


def _may_decide(page: CasePage) -> bool:
    """Open, not about the viewer's own text, and in nobody else's hands."""
    record = page.record
    return record.state == "open" and record.author_id != viewer().id and record.assignee_id in (None, viewer().id)


def offered(subject: Subject | None) -> tuple[tuple[object, tuple[Act, ...]], ...]:
    """The acts that make sense for a subject and what it is part of, under the name of what they are done to.

    An opening post is its thread, so what can be done to the thread is not offered a second time for the post.
    """
    groups, seen = [], set()
    for kind, number in (subject.parts if subject else {}).items():
        if found := tuple(act for act in acts.acts_for(kind) if _is_offered(act, number) and _verb(act) not in seen):
            groups.append((subjects.kind_of(kind).label, found))
        if subject and subject.kind == kind == "thread":
            seen = {_verb(act) for act in acts.acts_for(kind)}
    return tuple(groups)


def _is_offered(act: Act, number: int) -> bool:
    """People are for moderators of all boards alone."""
    if act.kind == "user" and not policy.may_moderate(viewer(), None):
        return False
    return act.offered is None or act.offered(viewer(), number)


def _verb(act: Act) -> str:
    return act.name.partition(".")[2]


def caught(form: Form, do: Callable[[], Response]) -> tuple[Response | None, int]:
    """What `do` answers; or None and the status of the page that shows what went wrong, above the form or beside its fields."""
    status = 422
    with form.catching():
        try:
            return do(), 303
        except Conflict as conflict:
            status = conflict.status
            form.refuse(Invalid(str(conflict)))
    return None, status


def hand_over(case_id: int) -> Page:
    actor = viewer()
    policy.require_moderator(actor)
    ratelimit.hit(ratelimit.ACT, actor.id)
    form = HandOverForm()
    to = actor.username if request.form.get("aksi") == "ambil" else text_of(form.to.data)

    def do() -> Response:
        with transaction():
            deciding.hand_over(actor, case_id, whole_number(form.version.data), to)
        if to == actor.username:
            flash(_("Kasus ini sekarang Anda pegang."))
        else:
            flash(_("Kasus ini diserahkan.") if to else _("Kasus ini dilepas."))
        return see_other(case_url(case_id))

    done, status = caught(form, do)
    return done or _case_page(case_id, form, status)


def add_note(case_id: int) -> Page:
    actor = viewer()
    policy.require_moderator(actor)
    ratelimit.hit(ratelimit.WRITE, actor.id)
    form = NoteForm()

    def do() -> Response:
        with transaction():
            deciding.add_note(actor, case_id, text_of(form.body.data))
        flash(_("Catatan tersimpan."))
        return see_other(f"{case_url(case_id)}#catatan")

    done, status = caught(form, do)
    return done or _case_page(case_id, form, status)


def decide(case_id: int) -> Page:
    """The page that asks for the reason, and what else an act needs, before it is done (`tindakan`: the act's name, or `none`)."""
    actor = viewer()
    policy.require_moderator(actor)
    record = cases.case_for(actor, case_id)
    subject = cases.subject_of(actor, record)
    act = chosen(request.args.get("tindakan", ""), subject)
    form = act_form(act)
    status = 200
    if request.method == "POST":
        ratelimit.hit(ratelimit.ACT, actor.id)
        done, status = caught(form, lambda: _decided(case_id, act, form))
        if done:
            return done
        record = cases.case_for(actor, case_id)
    else:
        form.version.data = str(record.version)
    body = render_template(
        "moderation/decide.html",
        record=record,
        subject=subject,
        act=act,
        form=form,
        fields=fields_of(act, subject, form),
        preview=told_about(act, subject),
        back=(record.title, record.url),
    )
    return body, status


def chosen(name: str, subject: Subject | None) -> Act | None:
    """The act of that name, if it is for something here; None for no action. Raises NotFound."""
    if name == deciding.NO_ACTION:
        return None
    act = acts.act_of(name)
    if act is None or subject is None or act.kind not in subject.parts:
        raise NotFound
    return act


def fields_of(act: Act | None, subject: Subject | None, form: ReasonForm) -> list[tuple[object, ...]]:
    """Each field of an act with its place in the form and the options that it offers."""
    if act is None or subject is None:
        return []
    number = subject.parts[act.kind]
    return [
        (field, form[field.name], tuple(field.options(viewer(), number)) if field.options else ())
        for field in act.fields
    ]


def told_about(act: Act | None, subject: Subject | None) -> str:
    """What those concerned will read, before they do."""
    return translated(message_id(act.told), {"title": subject.title}) if act and subject else ""


def _decided(case_id: int, act: Act | None, form: ReasonForm) -> Response:
    with transaction():
        deciding.decide(
            viewer(),
            case_id,
            whole_number(form.version.data),
            act.name if act else deciding.NO_ACTION,
            values_of(act, form) if act else {},
            text_of(form.reason.data),
        )
    flash(_("Kasus diputuskan, dan yang terkait sudah diberi tahu."))
    return see_other(CASES)
